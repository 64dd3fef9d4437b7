"""Pure: what in a text tells who it is from, word for word or by a detail that few others share."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

COPIED = 12
"""So many characters in a row that are the worker's own are no chance."""
TELLING = 2
"""A name of fewer characters is in too many words."""
SENTENCE_END = re.compile(r"[。！？!?；;\n]+")
DETAILS = (
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}[日号號]",
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}",
    r"\d{1,2}[:：]\d{2}(?: ?[ap]m)?",
    r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜裡|半夜|昨晚|今晚|当晚|當晚|早|晚)\d{1,2}[点點](?:半|整|[钟鐘]|多|\d{1,2}分?)?",
    r"\d{1,2}[点點](?:半|整|[钟鐘]|多|\d{1,2}分)",
    r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜裡|半夜|昨晚|今晚|当晚|當晚)[一二两兩三四五六七八九十]{1,3}[点點]半?",
    r"[一二两兩三四五六七八九十]{1,3}[点點](?:半|[钟鐘]|整)",
    r"\d{1,2} ?[ap]m",
    r"(?:早|中|大夜|晚|夜|白|第[一二三四五\d])班(?![车車长長])",
    r"(?:early|morning|late|night) shift",
    r"(?:订单|訂單|运单|運單|工单|工單|单号|單號)[号號码碼]{0,2}[ :：是为為#]{0,3}[a-z]{0,4}\d{4,}",
    r"order(?: no\.?| number)?[ :#]{0,3}\d{4,}",
    r"[a-z]{2}\d{6}-\d{4,}(?:-[a-z])?",
    r"\d{10,}",
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][ ·]?[a-z0-9]{5,6}",
    r"[一-龥]{1,4}(?![的个個们們在到从從去是和跟本该該各每回司某])[一-龥](?:配送站|站[点點]|[网網][点點]|[门門]店|分店|站站[长長])",
)
"""Exact times and shifts, numbers of orders and cases, plates, the one shop or station. The phone has the same."""

LEFT_OUT = "[…]"
_BETWEEN = r"(?:[^\S\n]|[\-－–—·]){0,3}"
MARKS = (
    # Cases, phones, cards, papers, orders: six digits and more, however spaced, with letters before and behind.
    rf"[a-z]{{0,4}}\d(?:{_BETWEEN}\d){{5,}}(?:{_BETWEEN}[a-z](?![a-z]))?",
    # The same with dots: two of them at least, or it is an amount.
    r"\d{2,}(?:[.．。]\d{2,}){2,}",
    r"[零〇一二三四五六七八九幺]{7,}",
    # Mail, and accounts of chats: letters with a digit or a line among them.
    r"[a-z0-9_.\-]+@[a-z0-9.\-]+",
    r"(?<![a-z0-9])[a-z](?=[a-z\-]*[0-9_])[a-z0-9_\-]{4,}",
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][ ·]?[a-z0-9]{5,6}",
)
"""What tells who somebody is by itself."""


def copies(text: str, own_words: Iterable[str]) -> str | None:
    """The first passage of the worker's own words that a text repeats; punctuation and spaces do not hide it."""
    written = _plain(text)
    for words in own_words:
        plain = _plain(words)
        for start in range(len(plain) - COPIED + 1):
            if plain[start : start + COPIED] in written:
                return plain[start : start + COPIED]
    return None


def points_to(text: str, *, names: Iterable[str | None], numbers: Iterable[str | None]) -> bool:
    """Whether a text holds a name, or the digits of a phone or an identity number, however they are spaced."""
    plain = _plain(text).upper()
    return any(len(name or "") >= TELLING and _plain(str(name)).upper() in plain for name in names) or any(
        number and _plain(number).upper().removeprefix("86") in plain for number in numbers
    )


def sentence_that(text: str, points: Callable[[str], bool]) -> int | None:
    """Which sentence it is of which something holds, counted from one; None where it only holds of the whole text."""
    said = [part for part in SENTENCE_END.split(text) if part.strip()]
    return next((number for number, part in enumerate(said, start=1) if points(part)), None)


def without_marks(text: str, *, names: Iterable[str | None]) -> str:
    """A text in which nobody is found by a number, a plate or one of these names: `[…]` stands there instead."""
    for name in sorted({name for name in names if name and len(name) >= TELLING}, key=len, reverse=True):
        text = text.replace(name, LEFT_OUT)
    return _marks().sub(LEFT_OUT, text)


def details_in(text: str) -> list[str]:
    """Passages that may tell whose day, round or shop it was, in their order; a hint, no proof."""
    return list(dict.fromkeys(found.group() for found in _details().finditer(text)))


@cache
def _marks() -> re.Pattern[str]:
    return re.compile("|".join(MARKS), re.IGNORECASE)


@cache
def _details() -> re.Pattern[str]:
    return re.compile("|".join(DETAILS), re.ASCII | re.IGNORECASE)


def _plain(text: str) -> str:
    """Letters and digits only, of full width or not."""
    return "".join(character for character in unicodedata.normalize("NFKC", text) if character.isalnum())
