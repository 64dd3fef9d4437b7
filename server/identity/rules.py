"""Names, phones, masks and ages. Nothing here knows a database or a clock."""

import re
import unicodedata
from datetime import date
from itertools import pairwise

from server.core.said import Said

WORKING_AGE = 16
"""Years; 劳动法 art. 15."""
MAX_NAME = 50
"""Code points; 民委发〔2016〕33号."""
SEPARATOR = "·"
"""U+00B7, between the parts of a transcribed name."""

_LOOK_ALIKES = str.maketrans(dict.fromkeys("・•‧．﹒∙⋅･●", SEPARATOR))
_FULL_STOP = str.maketrans({".": SEPARATOR})
_SEPARATORS = re.compile(rf"\s*{SEPARATOR}[\s{SEPARATOR}]*")
_VARIATION_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_IN_LATIN_NAMES = frozenset(" .'’-")
_LAST_HAN_PLANES = range(0x20000, 0x3FFFE)
"""Planes 2 and 3 hold nothing but Han; the newest extensions are younger than Python's own tables."""

_PLAIN_HAN = re.compile(rf"[\u4e00-\u9fff]{{1,{MAX_NAME}}}")
"""Nearly all names, in which there is nothing to mend."""
_NOT_DIALLED = re.compile(r"[\s()\-]")
_MAINLAND = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})", re.ASCII)
_HONG_KONG = re.compile(r"(?:\+|00)?852([4-9]\d{7})", re.ASCII)
_MACAO = re.compile(r"(?:\+|00)?853(6\d{7})", re.ASCII)


class Invalid(ValueError):
    """What a person typed cannot be right; the text tells them what to do. It never repeats what they typed."""

    def __init__(self, sentence: str, code: str = "", *, limit: int | None = None) -> None:
        super().__init__(sentence)
        self.said = Said(sentence, code, limit=limit) if code else sentence


def normalise_name(typed: str) -> str:
    """The one spelling under which a name is shown and matched.

    Whatever stands for the separator of transcribed names becomes `·`; spaces around it and beside Han characters
    go; a Latin name keeps single spaces. One character, rare characters and Latin letters are all names.

    Raises:
        Invalid: empty, too long, or holding something that no name holds.
    """
    if _PLAIN_HAN.fullmatch(typed):
        return typed
    name = _VARIATION_SELECTOR.sub("", unicodedata.normalize("NFC", typed))
    name = "".join(character for character in name if unicodedata.category(character) != "Cf")
    name = " ".join(name.split()).translate(_LOOK_ALIKES)
    if not all(map(_is_latin, name)):
        name = name.replace(" ", "").translate(_FULL_STOP)
    name = unicodedata.normalize("NFC", _SEPARATORS.sub(SEPARATOR, name))
    if not name:
        raise Invalid("请填姓名", "required")
    if len(name) > MAX_NAME:
        raise Invalid(f"姓名不能超过 {MAX_NAME} 个字", "too_long", limit=MAX_NAME)
    if not _is_letter(name[0]) or name[-1] == SEPARATOR or not all(map(_stands_in_names, name)):
        raise Invalid("姓名里有不该有的字符，请照证件上的填", "name")
    return name


def name_key(name: str) -> str:
    """What two spellings of one normalised name have in common: capitals do not matter on a passport."""
    return name.casefold()


def mask_name(name: str) -> str:
    """张三丰 → 张*, without telling how long the name is."""
    return f"{name[0]}*"


def normalise_phone(typed: str) -> str:
    """A mobile number: 11 digits for the mainland, +852 or +853 and 8 digits for Hong Kong and Macao.

    Raises:
        Invalid: anything else.
    """
    dialled = _NOT_DIALLED.sub("", without_formatting(typed))
    for pattern, country in ((_MAINLAND, ""), (_HONG_KONG, "+852"), (_MACAO, "+853")):
        found = pattern.fullmatch(dialled)
        if found:
            return country + found.group(1)
    raise Invalid("请填 11 位手机号；香港、澳门的号码前面加 +852 或 +853", "phone")


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678, +85291234567 → +852 ****4567."""
    if phone.startswith("+"):
        return f"{phone[:4]} ****{phone[-4:]}"
    return f"{phone[:3]}****{phone[-4:]}"


def mask_id_number(number: str) -> str:
    """44030…789X → 4****X: enough to see which paper it was, for the person themselves."""
    return f"{number[0]}****{number[-1]}"


def age_on(day: date, *, born: date) -> int:
    """Completed years. Who was born on 29 February completes a year on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def of_working_age(*, born: date, today: date) -> bool:
    """Whether a person may work, and so be a union's member."""
    return age_on(today, born=born) >= WORKING_AGE


def without_formatting(typed: str) -> str:
    """Full-width digits and letters made plain; the invisible marks that come with copied numbers removed."""
    if typed.isascii():
        return typed
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(character for character in plain if unicodedata.category(character) != "Cf")


def _is_latin(character: str) -> bool:
    return character in _IN_LATIN_NAMES or character == SEPARATOR or "LATIN" in unicodedata.name(character, "")


def _is_letter(character: str) -> bool:
    return (
        character == "〇"
        or ord(character) in _LAST_HAN_PLANES
        # Co: what older systems put where they had no code for a rare character.
        or unicodedata.category(character)[0] == "L"
        or unicodedata.category(character) == "Co"
    )


def _stands_in_names(character: str) -> bool:
    return (
        _is_letter(character)
        or character == SEPARATOR
        or character in _IN_LATIN_NAMES
        or unicodedata.category(character)[0] == "M"
    )


def read_pin(typed: str) -> str:
    """Six digits that are not the first guess of whoever finds a phone.

    Raises:
        Invalid: says in Chinese what is wrong.
    """
    if not (len(typed) == 6 and typed.isascii() and typed.isdecimal()):
        raise Invalid("解锁码是 6 位数字", "pin")
    steps = {int(after) - int(before) for before, after in pairwise(typed)}
    if steps in ({0}, {1}, {-1}):
        raise Invalid("这个解锁码太好猜，换一个别人想不到的", "pin_easy")
    return typed
