"""Subscribe messages of the WeChat stand-in.

    POST /cgi-bin/message/subscribe/send

Its templates are those of `config/notices.yaml`. What a person allowed in WeChat's dialog it cannot see, so everybody
allows everything until the control side says otherwise; from then on every message is counted off:

    POST /_control/subscriptions  {"openid", "template_id", "left"}
"""

import re
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TEMPLATES = Path(__file__).parents[2] / "config" / "notices.yaml"

_CLOCK = r"([01]?\d|2[0-3]):[0-5]\d"
_DAY = r"\d{4}(年\d+月\d+日|-\d+-\d+|/\d+/\d+|\.\d+\.\d+)"
_RULES = {
    "thing": r".{1,20}",
    "number": r"[\d.-]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "time": rf"({_DAY} )?{_CLOCK}( ?~ ?({_DAY} )?{_CLOCK})?",
    "date": rf"{_DAY}( {_CLOCK})?( ?~ ?{_DAY}( {_CLOCK})?)?",
    "amount": r"\D?\d{1,10}(\.\d+)?元?",
    "phone_number": r"[\d\W]{1,17}",
    "car_number": r".{1,8}",
    "name": r"[\u4e00-\u9fff]{1,10}|[^\u4e00-\u9fff]{1,20}|.{1,10}",
    "phrase": r"[\u4e00-\u9fff]{1,5}",
    "enum": r".+",
}
_STATES = {"formal", "trial", "developer"}


@cache
def templates() -> Mapping[str, frozenset[str]]:
    """Template id → the keys of its fields."""
    declared = yaml.safe_load(TEMPLATES.read_text(encoding="utf-8"))["templates"]
    return {one["id"]: frozenset(one["fields"]) for one in declared}


class Subscriptions:
    """What people allow, where the control side said so."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, str], int] = {}

    def allow(self, openid: str, template_id: str, left: int) -> None:
        """From now on this person takes `left` more messages of this template."""
        self._left[openid, template_id] = left

    def send(self, body: dict[str, Any], *, known: bool) -> dict[str, Any] | tuple[int, str]:
        """What was accepted, or the errcode with its text; `known` is whether there is such a person."""
        openid, template_id = str(body.get("touser")), str(body.get("template_id"))
        if not known:
            return 40003, "invalid openid"
        fields = templates().get(template_id)
        if fields is None:
            return 40037, "invalid template_id"
        if body.get("miniprogram_state", "formal") not in _STATES:
            return 40097, "invalid args"
        data = body.get("data")
        given = data if isinstance(data, dict) else {}
        for key in sorted(fields | given.keys()):
            value = given.get(key)
            text = value.get("value") if isinstance(value, dict) else None
            if key not in fields or not isinstance(text, str) or not _fits(key, text):
                return 47003, f"argument invalid! data.{key}.value invalid"
        left = self._left.get((openid, template_id))
        if left == 0:
            return 43101, "user refuse to accept the msg"
        if left is not None:
            self._left[openid, template_id] = left - 1
        return {
            "id": str(secrets.randbelow(10**18) + 10**18),
            "openid": openid,
            "template_id": template_id,
            "page": body.get("page"),
            "data": {key: value["value"] for key, value in given.items()},
        }


def _fits(key: str, text: str) -> bool:
    rule = _RULES.get(re.sub(r"\d+$", "", key))
    return rule is not None and re.fullmatch(rule, text) is not None
