"""What WeChat lets stand in a field of a subscribe message, by the kind that is in the field's name. Pure.

One value that breaks a rule fails the whole message (47003), so texts are cut to fit, and what cannot be cut without
saying something else is refused here, before anybody is asked.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from server.core.clock import SHANGHAI

Value = str | int | datetime

LONGEST_THING = 20
LONGEST_PHRASE = 5


class FieldInvalid(ValueError):
    """A value that WeChat would not take; names the field, never the value."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def fitted(data: Mapping[str, Value]) -> dict[str, dict[str, str]]:
    """`{"thing1": "…"}` as WeChat wants it: `{"thing1": {"value": "…"}}`.

    Raises:
        FieldInvalid
    """
    return {key: {"value": _fit(key, value)} for key, value in data.items()}


def _fit(key: str, value: Value) -> str:
    named = re.fullmatch(r"([a-z_]+?)\d+", key, re.ASCII)
    fit = KINDS.get(named[1]) if named else None
    if fit is None:
        raise FieldInvalid(key)
    text = _moment(value, with_time=key.startswith("time")) if isinstance(value, datetime) else str(value)
    found = fit(_plain(text))
    if not found:
        raise FieldInvalid(key)
    return found


def _plain(text: str) -> str:
    """Without line breaks and control characters, which no kind takes."""
    return re.sub(r"\s+", " ", "".join(letter if letter.isprintable() else " " for letter in text)).strip()


def _moment(value: datetime, *, with_time: bool) -> str:
    local = value.astimezone(SHANGHAI)
    day = f"{local.year}年{local.month}月{local.day}日"
    return f"{day} {local:%H:%M}" if with_time else day


def _thing(text: str) -> str:
    """Whatever may be said in 20 characters; the end of a longer one is left out and shown to be."""
    return text if len(text) <= LONGEST_THING else f"{text[: LONGEST_THING - 1]}…"


def _phrase(text: str) -> str:
    """Chinese characters only."""
    return text if len(text) <= LONGEST_PHRASE and re.fullmatch(r"[\u4e00-\u9fff]+", text) else ""


def _name(text: str) -> str:
    """10 characters with a Chinese one among them, else 20."""
    longest = 10 if re.search(r"[\u4e00-\u9fff]", text) else 20
    return text[:longest].strip()


def _matching(pattern: str) -> Callable[[str], str]:
    """A kind that cannot be cut: half a number is another number."""
    form = re.compile(pattern, re.ASCII)
    return lambda text: text if form.fullmatch(text) else ""


_CLOCK = r"([01]?\d|2[0-3]):[0-5]\d"
_DAY = r"\d{4}(年\d{1,2}月\d{1,2}日|-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2})"
_TIME = rf"({_DAY} )?{_CLOCK}"
_DATE = rf"{_DAY}( {_CLOCK})?"

KINDS: Mapping[str, Callable[[str], str]] = {
    "thing": _thing,
    "phrase": _phrase,
    "name": _name,
    "number": _matching(r"(?=.{1,32}$)-?\d+(\.\d+)?"),
    "letter": _matching(r"[A-Za-z]{1,32}"),
    "symbol": _matching(r"[!-/:-@\[-`{-~]{1,5}"),
    "character_string": _matching(r"[!-~]([ -~]{0,30}[!-~])?"),
    "time": _matching(rf"{_TIME}( ?~ ?{_TIME})?"),
    "date": _matching(rf"{_DATE}( ?~ ?{_DATE})?"),
    "amount": _matching(r"[¥￥$€£]?\d{1,10}(\.\d{1,2})?元?"),
    "phone_number": _matching(r"[\d+() -]{1,17}"),
    "car_number": lambda text: text if len(text) <= 8 else "",
    "enum": lambda text: text,
}
"""Kind → what becomes of a value; an empty result is none. Which values an `enum` has, only WeChat knows."""
