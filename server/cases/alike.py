"""Whether two cases are about the same thing. Pure; `likeness.py` looks for them."""

import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from math import floor
from typing import Any

import orjson
from msgspec import Struct

from server.cases.forms.fields import Answers, Condition, PlaceSource
from server.core.datum import distance_m

CELL = 20
"""Sides of a cell, in distances within which two things may be one."""
METRES_OF_A_DEGREE = 111_195
"""Of latitude."""
SURE_TO_METRES = 100
"""A point that is less sure says nothing about what is near it."""


class Near(Struct, frozen=True):
    """How near to each other two things are that may be one."""

    field: str | None
    """The field with the place; None for the place that came with the case."""
    metres: int


class Matter(Struct, frozen=True):
    """What a case is about."""

    answers: Answers
    place: str | None
    """`lat,lng`, as it came with the case."""


class AlikeRule(Struct, frozen=True):
    """One way in which two cases of a service are about the same thing."""

    same: tuple[str, ...]
    """Fields with the same answer in both."""
    near: Near | None
    hours: int
    """How long before the later one the earlier one was sent at most."""
    condition: Condition | None
    joins: bool
    """A new case joins the earlier one by itself."""
    told_from: int | None
    """Who is about to send one is told of the other, once so many reported it together; None: only staff are."""

    @property
    def since(self) -> timedelta:
        return timedelta(hours=self.hours)

    def fits(self, one: Matter, other: Matter) -> bool:
        """Whether both are about the same."""
        if self.condition is not None and not self.condition.holds(one.answers):
            return False
        for key in self.same:
            answer = plain(one.answers.get(key))
            if answer is None or answer != plain(other.answers.get(key)):
                return False
        return self.near is None or self._is_near(self.near, one, other)

    def marks(self, matter: Matter) -> set[str]:
        """Words of which two matters that fit each other have one in common; none where nothing fits this one."""
        answers = [plain(matter.answers.get(key)) for key in self.same]
        if None in answers or (self.condition is not None and not self.condition.holds(matter.answers)):
            return set()
        mark = orjson.dumps([self.same, answers], option=orjson.OPT_SORT_KEYS).decode()
        if self.near is None:
            return {mark}
        point = point_of(matter, self.near)
        return set() if point is None else {f"{mark}{cell}" for cell in _cells(*point, self.near.metres)}

    @staticmethod
    def _is_near(near: Near, one: Matter, other: Matter) -> bool:
        here, there = point_of(one, near), point_of(other, near)
        return here is not None and there is not None and distance_m(*here, *there) <= near.metres


def _cells(lat: float, lng: float, metres: int) -> set[tuple[int, int]]:
    """The cells of a grid that lie within half of so many metres, most often one, four at most: of two points that are
    so near to each other these have one in common, on whichever side of a border each of them lies.

    A degree of longitude is at least half as long as one of latitude up to 60° north.
    """
    high = (metres + 1) / METRES_OF_A_DEGREE
    wide = 2 * high
    return {
        (floor((lat + north * high / 2) / (CELL * high)), floor((lng + east * wide / 2) / (CELL * wide)))
        for north in (-1, 1)
        for east in (-1, 1)
    }


def plain(answer: Any) -> Any:
    """An answer without what two people write differently: width, case, spaces."""
    if isinstance(answer, str):
        return "".join(unicodedata.normalize("NFKC", answer).casefold().split()) or None
    return answer


def point_of(matter: Matter, near: Near) -> tuple[float, float] | None:
    """Where it is, if that is known well enough to say what is near."""
    if near.field is None:
        if matter.place is None:
            return None
        lat, lng = matter.place.split(",")
        return float(lat), float(lng)
    answer = matter.answers.get(near.field)
    if not isinstance(answer, Mapping) or answer["source"] == PlaceSource.STREET:
        return None
    return None if answer.get("accuracy", 0) > SURE_TO_METRES else (answer["lat"], answer["lng"])
