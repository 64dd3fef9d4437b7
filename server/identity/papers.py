"""Numbers of identity papers: GB 11643-1999 and the formats of the passes. Pure: the day comes in."""

import operator
import re
from datetime import date
from enum import StrEnum

from server.core.private import Private
from server.identity.rules import Invalid, without_formatting

SYNTHETIC_PREFIX = "990304"
"""No such division exists, so a number of a demonstration can never be a real person's."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_PROVINCES = frozenset(
    str(code)
    for codes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in codes
) | {"71", "81", "82", "83"}
"""The first two digits; the other four are not checked, since divisions are renamed and renumbered."""
_PERMIT_PREFIXES = ("810000", "820000", "830000")
_EARLIEST_YEAR = 1900

_EIGHTEEN = re.compile(r"\d{17}[\dX]", re.ASCII)
_FIFTEEN = re.compile(r"\d{15}", re.ASCII)
_HK_MO_PASS = re.compile(r"([HM]\d{8})(?:\d{2})?", re.ASCII)
_TW_PASS = re.compile(r"\d{8}", re.ASCII)
_OLD_FOREIGNER_ID = re.compile(r"[A-Z]{3}\d{12}", re.ASCII)
_PASSPORT = re.compile(r"[A-Z0-9]{5,17}", re.ASCII)


class IdType(StrEnum):
    """Papers that a worker can show."""

    RESIDENT_ID = "resident_id"
    RESIDENCE_PERMIT = "residence_permit"
    """港澳台居民居住证"""
    HK_MO_PASS = "hk_mo_pass"  # noqa: S105 - a paper, not a password
    """港澳居民来往内地通行证"""
    TW_PASS = "tw_pass"  # noqa: S105 - likewise
    """台湾居民来往大陆通行证"""
    FOREIGNER_ID = "foreigner_id"
    """外国人永久居留身份证"""
    PASSPORT = "passport"


PAPER_NAMES = {
    IdType.RESIDENT_ID: "居民身份证",
    IdType.RESIDENCE_PERMIT: "港澳台居民居住证",
    IdType.HK_MO_PASS: "港澳居民来往内地通行证",
    IdType.TW_PASS: "台湾居民来往大陆通行证",
    IdType.FOREIGNER_ID: "外国人永久居留身份证",
    IdType.PASSPORT: "护照",
}


class IdNumber(Private, frozen=True):
    """A number that can be right, in the one form in which it is stored."""

    id_type: IdType
    text: str
    born: date | None
    """None where the number does not tell."""

    @property
    def key(self) -> str:
        """What is digested for matching."""
        return match_key(self.id_type, self.text)


def match_key(id_type: IdType, text: str) -> str:
    """Numbers of eighteen are unique in the country, the others only among papers of their kind."""
    return text if _EIGHTEEN.fullmatch(text) else f"{id_type}:{text}"


def read_id_number(id_type: IdType, typed: str, *, today: date, allow_synthetic: bool) -> IdNumber:
    """Check a number as it was typed: spaces and lower case are forgiven, a wrong digit is not.

    Args:
        today: no one is born after this day.
        allow_synthetic: whether numbers of demonstrations (990304…) count.

    Raises:
        Invalid: with a sentence for the person who typed.
    """
    number = "".join(without_formatting(typed).split()).upper()
    match id_type:
        case IdType.RESIDENT_ID:
            if number.startswith(_PERMIT_PREFIXES):
                raise Invalid("这是港澳台居民居住证的号码，请把证件类型改成港澳台居民居住证", "paper_is_permit")
            if _FIFTEEN.fullmatch(number):
                raise Invalid("这是 15 位的旧号码，请填身份证上 18 位的新号码", "paper_old")
            known = number[:2] in _PROVINCES or (allow_synthetic and number.startswith(SYNTHETIC_PREFIX))
            return _read_eighteen(id_type, number, known_area=known, today=today)
        case IdType.RESIDENCE_PERMIT:
            if not number.startswith(_PERMIT_PREFIXES):
                raise Invalid(
                    "港澳台居民居住证的号码是 18 位，香港 810000、澳门 820000、台湾 830000 开头", "paper_permit"
                )
            return _read_eighteen(id_type, number, known_area=True, today=today)
        case IdType.FOREIGNER_ID:
            if _OLD_FOREIGNER_ID.fullmatch(number):
                return IdNumber(id_type, number, born=None)
            if not number.startswith("9"):
                raise Invalid(
                    "外国人永久居留身份证的号码是 18 位、9 开头；2023 年以前的旧证是 3 个字母加 12 位数字",
                    "paper_foreigner",
                )
            return _read_eighteen(id_type, number, known_area=True, today=today)
        case IdType.HK_MO_PASS:
            found = _HK_MO_PASS.fullmatch(number)
            if found is None:
                raise Invalid("通行证号码是 H 或 M 开头，后面 8 位数字；旧证多两位，也可以照填", "paper_hk_mo")
            # The last two digits of an old pass count its renewals; the rest stays a person's own.
            return IdNumber(id_type, found.group(1), born=None)
        case IdType.TW_PASS:
            if not _TW_PASS.fullmatch(number):
                raise Invalid("台胞证号码是 8 位数字，不用填括号里的换证次数", "paper_tw")
            return IdNumber(id_type, number, born=None)
        case IdType.PASSPORT:
            if not _PASSPORT.fullmatch(number):
                raise Invalid("护照号码是 5 到 17 位字母和数字", "paper_passport")
            return IdNumber(id_type, number, born=None)


def birth_of(number: str) -> date | None:
    """What a stored number tells of the day of birth; None where it does not."""
    return (
        date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}") if _EIGHTEEN.fullmatch(number) else None
    )


def check_character(first_seventeen: str) -> str:
    """The eighteenth character (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(map(operator.mul, map(int, first_seventeen), _WEIGHTS))
    return _CHECK_CHARACTERS[total % 11]


def _read_eighteen(id_type: IdType, number: str, *, known_area: bool, today: date) -> IdNumber:
    if not _EIGHTEEN.fullmatch(number):
        raise Invalid("证件号码是 18 位，最后一位可能是 X，请照证件上的填", "paper_eighteen")
    if not known_area:
        raise Invalid("号码开头的几位不对，请核对证件类型和号码", "paper_area")
    try:
        born = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        raise Invalid("号码里的出生日期不对，请照证件上的填", "paper_born") from None
    if born > today or born.year < _EARLIEST_YEAR:
        raise Invalid("号码里的出生日期不对，请照证件上的填", "paper_born")
    if number[17] != check_character(number[:17]):
        raise Invalid("号码有一位填错了，请照证件上的再核对一遍", "paper_check")
    return IdNumber(id_type, number, born=born)
