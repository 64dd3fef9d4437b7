"""Content checks of the WeChat stand-in, version 2.

    POST /wxa/msg_sec_check         the verdict at once
    POST /wxa/media_check_async     a trace id; the verdict is pushed when the control side says so

Texts with 违规测试 are risky, those with 待审测试 are to be reviewed. As at WeChat, a text in \\u escapes is not
recognised and passes.

    POST /_control/media-results  {"trace_id", "suggest"?, "label"?, "errcode"?} → the callback's answer, as for a push
"""

import secrets
from dataclasses import dataclass
from typing import Any

SEEN_FOR = 7200.0
"""Seconds after a person's last sign-in in which WeChat judges what they write."""
LONGEST_TEXT = 2500
SCENES = {1, 2, 3, 4}


@dataclass(frozen=True)
class Checked:
    """A picture that waits for its verdict."""

    openid: str


class Checks:
    """Judges texts, and remembers the pictures that wait."""

    def __init__(self) -> None:
        self._waiting: dict[str, Checked] = {}
        self._urls: set[str] = set()

    def text(self, body: dict[str, Any], *, raw: bytes, seen: bool) -> dict[str, Any] | int:
        """The fields of the answer, or the errcode."""
        wrong = _wrong(body, seen=seen)
        if wrong is not None:
            return wrong
        content = body.get("content")
        if not isinstance(content, str) or not 1 <= len(content) <= LONGEST_TEXT:
            return 47001
        suggest, label = "pass", 100
        if b"\\u" not in raw:
            if "违规测试" in content:
                suggest, label = "risky", 20006
            elif "待审测试" in content:
                suggest, label = "review", 21000
        result = {"suggest": suggest, "label": label}
        detail = [{"strategy": "content_model", "errcode": 0, **result, "prob": 90}]
        return {"detail": detail, "trace_id": _trace_id(), "result": result}

    def media(self, body: dict[str, Any], *, seen: bool) -> dict[str, Any] | int:
        """The fields of the answer, or the errcode."""
        wrong = _wrong(body, seen=seen)
        if wrong is not None:
            return wrong
        url = body.get("media_url")
        if body.get("media_type") not in {1, 2}:
            return 40004
        if not isinstance(url, str) or not url.startswith("http"):
            return 40066
        if url in self._urls:
            return 87020
        self._urls.add(url)
        trace_id = _trace_id()
        self._waiting[trace_id] = Checked(str(body["openid"]))
        return {"trace_id": trace_id}

    def verdict(self, trace_id: str, *, app_id: str, suggest: str, label: int, errcode: int) -> dict[str, Any]:
        """The event that tells a picture's verdict; raises KeyError. WeChat writes the label as text."""
        checked = self._waiting.pop(trace_id)
        event: dict[str, Any] = {
            "Event": "wxa_media_check",
            "FromUserName": checked.openid,
            "appid": app_id,
            "trace_id": trace_id,
        }
        event |= {"version": 2, "errcode": errcode}
        if errcode == 0:
            event["result"] = {"suggest": suggest, "label": str(label)}
        return event


def _wrong(body: dict[str, Any], *, seen: bool) -> int | None:
    if body.get("version") != 2:
        return 40129
    if body.get("scene") not in SCENES:
        return 40129
    return None if seen else 61010


def _trace_id() -> str:
    return "-".join(secrets.token_hex(4) for _ in range(3))
