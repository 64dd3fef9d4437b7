"""Test persons. Their values are marked, so that the whole run's output can be searched for leaks.

Identity numbers begin with 990304 (no such division exists), phones with 199000, names with 测小.
"""

import re
from dataclasses import dataclass
from datetime import date

MARKS = re.compile(rb"990304\d{11}[\dXx]|(?<!\d)199000\d{5}(?!\d)|" + "测小".encode())
_GIVEN = "蜂桥灯雨风石林舟星禾"


def id_number(sequence: int, *, birthday: date = date(1990, 3, 7)) -> str:
    """An 18-character resident number with the right check character (GB 11643-1999)."""
    body = f"990304{birthday:%Y%m%d}{sequence:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


@dataclass(frozen=True)
class Person:
    """One synthetic worker."""

    name: str
    phone: str
    id_number: str


def person(number: int) -> Person:
    """The test person of this number (0–999), always the same."""
    digits = "".join(_GIVEN[int(digit)] for digit in str(number))
    return Person(name=f"测小{digits}", phone=f"199000{number:05d}", id_number=id_number(number))
