"""Who is on duty on a day. Pure: members of the staff are numbers here."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct, structs

from server.unions.duty.vocabulary import DutyKind


class Duty(Struct, frozen=True):
    """Who, for which union, from when to when."""

    staff_no: str
    union_id: uuid.UUID
    kind: DutyKind
    first_day: date
    last_day: date | None

    def covers(self, day: date) -> bool:
        """Whether it is this day's."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class Absence(Struct, frozen=True):
    """Who is away from when to when, and who stands in."""

    staff_no: str
    first_day: date
    last_day: date
    delegate_no: str | None


class Roster(Struct, frozen=True):
    """All duties and absences, and the tree they are read against."""

    duties: Sequence[Duty]
    absences: Sequence[Absence]
    parents: Mapping[uuid.UUID, uuid.UUID | None]
    """Union → the one above."""
    tops: Collection[uuid.UUID]
    """Unions of districts."""
    firms: Collection[uuid.UUID]
    """Employers' own unions."""
    of_firms: Collection[str]
    """Numbers of those who work for one."""

    def without_firms(self) -> "Roster":
        """The same without employers' own unions and their people: for what is none of the employer's business."""
        return structs.replace(
            self,
            duties=[one for one in self.duties if one.union_id not in self.firms and one.staff_no not in self.of_firms],
            absences=[
                structs.replace(one, delegate_no=None) if one.delegate_no in self.of_firms else one
                for one in self.absences
            ],
        )

    def on_duty(self, kind: DutyKind, *, union_id: uuid.UUID | None, day: date) -> list[str]:
        """Staff numbers of those on duty for a union: its own, else those of the nearest union above that has any.

        For what belongs to no union it is nobody, not those of every district.
        """
        for one in self._lineage(union_id):
            found = {
                present
                for duty in self.duties
                if duty.kind is kind and duty.union_id == one and duty.covers(day)
                if (present := self.present(duty.staff_no, day)) is not None
            }
            if found:
                return sorted(found)
        return []

    def district_of(self, union_id: uuid.UUID | None) -> uuid.UUID | None:
        """The district above a union, or itself; None where there is none."""
        return next((one for one in self._lineage(union_id) if one in self.tops), None)

    def present(self, staff_no: str, day: date) -> str | None:
        """Whoever stands in for somebody on a day, perhaps over several; None when nobody does."""
        return present(self.absences, staff_no, day)

    def _lineage(self, union_id: uuid.UUID | None) -> Iterator[uuid.UUID]:
        return lineage(self.parents, union_id)


class Reach(Struct, frozen=True):
    """Cases that somebody may work on: of which services, in the subtree of which union."""

    union_id: uuid.UUID
    services: frozenset[str] | None
    """None: of all."""


def present(absences: Collection[Absence], staff_no: str, day: date) -> str | None:
    """Whoever stands in for somebody on a day, perhaps over several; themselves where they are there; None: nobody."""
    seen: set[str] = set()
    while staff_no not in seen:
        seen.add(staff_no)
        away = next(
            (one for one in absences if one.staff_no == staff_no and one.first_day <= day <= one.last_day), None
        )
        if away is None:
            return staff_no
        if away.delegate_no is None:
            return None
        staff_no = away.delegate_no
    return None


def covers(held: Collection[Reach], needed: Collection[Reach], parents: Mapping[uuid.UUID, uuid.UUID | None]) -> bool:
    """Whether somebody may work on everything that another may.

    Args:
        parents: union → the one above.
    """

    def covered(one: Reach) -> bool:
        above = set(lineage(parents, one.union_id))
        there = [other.services for other in held if other.union_id in above]
        if one.services is None or None in there:
            return None in there
        return one.services <= {key for services in there if services is not None for key in services}

    return all(covered(one) for one in needed)


def lineage(parents: Mapping[uuid.UUID, uuid.UUID | None], union_id: uuid.UUID | None) -> Iterator[uuid.UUID]:
    """A union and those above it, the nearest first."""
    seen: set[uuid.UUID] = set()
    while union_id is not None and union_id not in seen:
        seen.add(union_id)
        yield union_id
        union_id = parents.get(union_id)
