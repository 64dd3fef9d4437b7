"""What is counted and by which formula: `config/figures.yaml`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, convert

from server.core.documents import DocumentError, read_yaml

FILE = Path(__file__).resolve().parents[3] / "config" / "figures.yaml"


class Dated(StrEnum):
    """By which date something was in time."""

    CURRENT = "current"
    """The one that stands now: with what pauses and an extension added."""
    ORIGINAL = "original"
    """The one that was promised first."""


class Annulled(StrEnum):
    """What becomes of a promise that was missed and does not count as missed."""

    LEFT_OUT = "left_out"
    MISSED = "missed"


class Counted(Struct, frozen=True, forbid_unknown_fields=True):
    """What counts of a service."""

    promise: str
    """Key of the clock."""
    refused: tuple[str, ...]
    """States in which a case was refused."""
    not_refused: Mapping[str, str] = {}
    """States in which it was decided and not refused, and why not."""


class Satisfied(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is satisfied: the least marks, and whether it has to be solved."""

    attitude: int
    result: int
    solved: bool


class Version(Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """A formula, from a day on."""

    version: int
    since: date
    dated: Dated
    annulled: Annulled
    satisfied: Satisfied
    says: str


class Formula(Struct, frozen=True, forbid_unknown_fields=True):
    """What a rate means, by version; the oldest first."""

    key: str
    name: str
    versions: tuple[Version, ...]

    def at(self, day: date) -> Version:
        """The version that holds on a day; of days before the first one, that one."""
        return next((one for one in reversed(self.versions) if one.since <= day), self.versions[0])


class Figures(Struct, frozen=True, forbid_unknown_fields=True):
    """The file."""

    services: Mapping[str, Counted]
    not_counted: Mapping[str, str]
    """Services that are left out, and why."""
    formulas: tuple[Formula, ...]

    def formula(self, key: str | None) -> Formula:
        """The one of this key, else the first."""
        return next((one for one in self.formulas if one.key == key), self.formulas[0])


class Segment(Struct, frozen=True):
    """Months that go by one version."""

    version: Version
    months: tuple[date, ...]
    """First days, the earliest first."""


@cache
def figures() -> Figures:
    """The file, read once.

    Raises:
        DocumentError: it is not of its shape.
    """
    read: Any = read_yaml(FILE)
    try:
        found = convert(read, Figures)
    except ValueError as error:
        raise DocumentError(f"{FILE.name}: {error}") from None
    for formula in found.formulas:
        days = [one.since for one in formula.versions]
        if not days or days != sorted(set(days)):
            raise DocumentError(f"{FILE.name}: {formula.key} needs versions, each from a later day than the one before")
    return found


def segments(formula: Formula, months: Sequence[date]) -> Iterator[Segment]:
    """The months by the version that holds on their last day."""
    by_version: dict[int, list[date]] = {}
    for month in months:
        by_version.setdefault(formula.at(next_month(month) - timedelta(days=1)).version, []).append(month)
    known = {one.version: one for one in formula.versions}
    for number, held in by_version.items():
        yield Segment(known[number], tuple(held))


def next_month(month: date) -> date:
    """The first day of the next."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """First days of months, both ends included."""
    found = [first.replace(day=1)]
    while found[-1] < last.replace(day=1):
        found.append(next_month(found[-1]))
    return found
