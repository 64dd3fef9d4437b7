"""A stand-in for an SMS provider. Nothing is sent anywhere; the texts are listed for whoever tests.

    python -m dev.standins.sms --port 8101

    POST /                the shapes of Aliyun and Tencent Cloud, signed with the same key: see `sms_clouds.py`
    POST /v1/messages   Authorization: Bearer <key>
                        {"to": "199…", "template": "login_code", "params": {"code": "123456", "minutes": "5"}}
        200 {"message_id"}
        401 {"error": {"code": "bad_key", "message"}}          422 invalid_number, unknown_template
        429 rate_limited (with Retry-After)                    402 no_balance

Control side: see `serving.py`. A fault's `errcode` is one of the codes above. GET /_control/messages lists
{"id", "at", "phone", "template", "params", "code", "text"}, the newest last.
"""

import argparse
import os
import re
import secrets
from collections import deque
from dataclasses import replace
from typing import Any

from dev.standins.serving import Answer, Asked, StandIn, run
from dev.standins.sms_clouds import aliyun, tencent

TEMPLATES = {
    "login_code": "【暖蜂】验证码 {code}，{minutes} 分钟内有效。请勿告诉他人。",
    "notice": "【暖蜂】{line}。请打开“暖蜂”小程序，在“消息”里看。",
    "receipt": "【暖蜂】你在工会办的事已登记，编号 {no}。用这个手机号登录“暖蜂”，凭编号认领，就能看进展。",
    "date": "【暖蜂】你在工会办的事 {no} 有个日子快到了。"
    "用这个手机号登录“暖蜂”，凭编号认领，看是哪天；也可以到工会问。",
    "said": "【暖蜂】你在工会办的事 {no}，工会刚按你说的记下了。不是你说的，请马上告诉工会。",
    "invited": "【暖蜂】有单位把你报进了工会会员名单。是不是你、愿不愿意，请打开“暖蜂”小程序，实名认证后说一声。"
    "不是你，或者不愿意，不用理会。",
}
GAPS: dict[str, tuple[str, ...]] = {
    "login_code": ("code", "minutes"),
    "notice": ("line",),
    "receipt": ("no",),
    "date": ("no",),
    "said": ("no",),
    "invited": (),
}
"""As Tencent Cloud numbers them. Both clouds know the templates by our names."""
STATUS = {"bad_key": 401, "no_balance": 402, "invalid_number": 422, "unknown_template": 422, "rate_limited": 429}
PER_MINUTE = 30
"""Messages to one number. Providers allow one or two; a tester wants to try again."""

_MAINLAND = re.compile(r"(\+86)?1[3-9]\d{9}")
_ABROAD = re.compile(r"\+(?!86)[1-9]\d{6,14}")


class SmsStandIn(StandIn):
    """The provider."""

    def __init__(self, *, key: str) -> None:
        super().__init__()
        self.routes |= {"/v1/messages": self._send, "/": self._cloud}
        self._key = key
        self._sent: dict[str, deque[float]] = {}

    def error(self, errcode: int | str) -> Answer:
        """`{"error": {"code", "message"}}` with the code's status."""
        body = {"error": {"code": errcode, "message": str(errcode).replace("_", " ")}}
        headers = {"Retry-After": "60"} if errcode == "rate_limited" else {}
        return replace(Answer.json(body, status=STATUS.get(str(errcode), 400)), headers=headers)

    def unknown(self, asked: Asked) -> Answer:
        """404."""
        return Answer.json({"error": {"code": "not_found", "message": "not found"}}, status=404)

    def _send(self, asked: Asked) -> Answer:
        if asked.method != "POST":
            return Answer.json({"error": {"code": "method", "message": "POST only"}}, status=405)
        if asked.headers.get("Authorization") != f"Bearer {self._key}":
            return self.error("bad_key")
        try:
            message = asked.json()
            fault = self._accept(message["to"], message["template"], message["params"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return Answer.json({"error": {"code": "bad_request", "message": "to, template, params"}}, status=400)
        return self.error(fault) if fault else Answer.json({"message_id": self.messages[-1]["id"]})

    def _cloud(self, asked: Asked) -> Answer:
        try:
            if "X-TC-Action" in asked.headers:
                return tencent(asked, key=self._key, now=self.now(), accept=self._accept)
            return aliyun(asked, key=self._key, accept=self._accept)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return Answer.json({"error": {"code": "bad_request"}}, status=400)

    def _accept(self, phone: Any, template: str, params: dict[str, str]) -> str | None:
        """Note a message, or say why not. Gaps are named, or numbered from 1."""
        if template not in TEMPLATES:
            return "unknown_template"
        named = {name: params.get(name) or params[str(number)] for number, name in enumerate(GAPS[template], start=1)}
        text = TEMPLATES[template].format_map(named)
        if not isinstance(phone, str) or not (_MAINLAND.fullmatch(phone) or _ABROAD.fullmatch(phone)):
            return "invalid_number"
        if not self._within_limit(phone):
            return "rate_limited"
        self.messages.append(
            {
                "id": secrets.token_hex(12),
                "at": self.local_time(),
                "phone": phone,
                "template": template,
                "params": named,
                "code": named.get("code"),
                "text": text,
            }
        )
        return None

    def _within_limit(self, phone: str) -> bool:
        sent = self._sent.setdefault(phone, deque())
        while sent and sent[0] <= self.now() - 60:
            sent.popleft()
        if len(sent) >= PER_MINUTE:
            return False
        sent.append(self.now())
        return True


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m dev.standins.sms", description="Stand-in for an SMS provider.")
    parser.add_argument("--port", type=int, default=8101)
    key = os.environ.get("SMS_API_KEY") or "demo-sms-key"
    run(lambda _: SmsStandIn(key=key), parser, name="SMS stand-in")


if __name__ == "__main__":
    main()
