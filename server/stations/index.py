"""The nearest places that fulfil a wish. Pure, in plain Python, over columns held in the process.

Rows lie in bands of latitude, inside a band by longitude, so that what is inside a box is one slice a band,
found by bisection. Everything a place simply has or has not (services, kind,
how one gets in) is one bit of one number. What depends on the clock or the area is decided once for each
group of places with the same hours and street and looked up by group number.

The circle starts as wide as the neighbourhood is thinly settled and grows until it holds enough: a common
wish looks at some dozen rows of 200,000, a rare one at those within the radius.
"""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from math import asin, cos, degrees, hypot, pi, radians, sin, sqrt
from typing import NamedTuple

from msgspec import Struct

from server.core.datum import EARTH_RADIUS_M, Point, distances_m

SMALLEST_REACH_M = 100.0
_BAND_HEIGHTS = (0.002, 0.5)
"""Degrees of latitude: from 200 m in a crowded directory to 55 km in a sparse one."""
_ROWS_IN_A_SQUARE = 8
"""How many rows a square as wide as a band is high should hold."""
_DEGREE_M = pi * EARTH_RADIUS_M / 180
_HALF_ROUND_M = pi * EARTH_RADIUS_M + 1


class Place(NamedTuple):
    """One row, in the order of its making. `record` is opaque here; `text` of it is what `q` looks in."""

    code: str
    position: Point
    bits: int
    group: int
    record: bytes


class Box(NamedTuple):
    """Degrees; edges belong to it. Does not cross the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lat: float, lng: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lng <= self.east

    def around(self, other: Box) -> bool:
        """Whether `other` lies inside."""
        return (
            self.west <= other.west
            and self.south <= other.south
            and self.east >= other.east
            and self.north >= other.north
        )

    def common(self, other: Box) -> Box:
        return Box(
            max(self.west, other.west),
            max(self.south, other.south),
            min(self.east, other.east),
            min(self.north, other.north),
        )

    @property
    def centre(self) -> Point:
        return Point((self.south + self.north) / 2, (self.west + self.east) / 2)


EVERYWHERE = Box(-180.0, -90.0, 180.0, 90.0)


class Wish(Struct, frozen=True):
    """What a place must fulfil.

    `groups` has one byte for each group, 1 where it passes; None passes all. `besides` are rows that pass
    although their group does not (reported open), `never` rows that do not pass although it does.
    `words` must all be in the place's text.
    """

    bits: int = 0
    groups: bytes | None = None
    besides: frozenset[int] = frozenset()
    never: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()
    box: Box | None = None


Hit = tuple[int, str, int]
"""A place found: whole metres from the origin (0 without one), its code, its row. Sorts as it is listed."""


class Index:
    """Immutable columns over the places; rows are numbered by band and longitude."""

    def __init__(self, places: Iterable[Place], *, text_of: Callable[[bytes], str] = lambda record: "") -> None:
        unsorted = list(places)
        self._height = height = _band_height([place.position for place in unsorted])
        rows = sorted(unsorted, key=lambda place: (place.position.lat // height, place.position.lng, place.code))
        self.codes = [row.code for row in rows]
        self.lats = array("d", (row.position.lat for row in rows))
        self.lngs = array("d", (row.position.lng for row in rows))
        self.groups = array("L", (row.group for row in rows))
        self.records = [row.record for row in rows]
        shared: dict[int, int] = {}
        self.bits = [shared.setdefault(row.bits, row.bits) for row in rows]
        self.row_of = {code: number for number, code in enumerate(self.codes)}
        self._text_of = text_of
        self._bands: list[float] = []
        self._starts: list[int] = []
        for number, row in enumerate(rows):
            band = row.position.lat // height
            if not self._bands or self._bands[-1] != band:
                self._bands.append(band)
                self._starts.append(number)
        self._starts.append(len(rows))

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def texts(self) -> list[str]:
        """What `q` looks in, made on first use."""
        return [plain(self._text_of(record)) for record in self.records]

    @cached_property
    def by_code(self) -> list[int]:
        """Rows in the order of their codes."""
        return sorted(range(len(self.codes)), key=self.codes.__getitem__)

    def slices(self, box: Box) -> Iterator[tuple[int, int]]:
        """Row ranges that cover the box; they may hold rows up to a band's height north or south of it."""
        first = bisect_left(self._bands, box.south // self._height)
        last = bisect_right(self._bands, box.north // self._height)
        for at in range(first, last):
            low = bisect_left(self.lngs, box.west, self._starts[at], self._starts[at + 1])
            high = bisect_right(self.lngs, box.east, low, self._starts[at + 1])
            if low < high:
                yield low, high

    def reach_m(self, origin: Point, count: int) -> float:
        """Metres around `origin` that hold about `count` rows, judged by its neighbours in its band."""
        at = min(bisect_left(self._bands, origin.lat // self._height), len(self._bands) - 1)
        if at < 0:
            return SMALLEST_REACH_M
        start, end = self._starts[at], self._starts[at + 1]
        middle = bisect_left(self.lngs, origin.lng, start, end)
        low, high = max(start, middle - 8), min(end - 1, middle + 8)
        width = (self.lngs[high] - self.lngs[low]) * cos(radians(origin.lat))
        area = max(width, 0.0) * self._height / max(1, high - low)
        return max(SMALLEST_REACH_M, sqrt(count * area / pi) * _DEGREE_M)


def plain(text: str) -> str:
    """Text as it is compared: width and case folded, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def search(
    index: Index,
    wish: Wish,
    *,
    limit: int,
    origin: Point | None = None,
    radius_m: float | None = None,
    after: tuple[int, str] | None = None,
) -> list[Hit]:
    """The first `limit` places of the wish after `after` = (metres, code) of the one listed last.

    With `origin` they come nearest first (whole metres, then code) and no farther than `radius_m`; without
    it in the order of their codes, and metres are 0.
    """
    if origin is None:
        return _by_code(index, wish, limit=limit, after=after[1] if after else "")
    bound = min(radius_m, _HALF_ROUND_M) if radius_m is not None else _HALF_ROUND_M
    limits = wish.box or EVERYWHERE
    reach = hypot(index.reach_m(origin, 3 * limit), after[0] if after else 0)
    while True:
        box = _box_around(origin, min(reach, bound))
        if reach >= bound or box.around(limits):
            reach = bound
        hits = _within(index, wish, origin, reach, box.common(limits), after)
        if reach == bound:
            return sorted(hits)[:limit]
        # Rows just outside the circle may round to the same metre as those on its rim.
        settled = [hit for hit in hits if hit[0] < reach - 1]
        if len(settled) >= limit:
            return sorted(settled)[:limit]
        reach *= min(4.0, max(1.5, 1.3 * sqrt(limit / (len(settled) + 0.5))))


def _within(
    index: Index, wish: Wish, origin: Point, reach: float, box: Box, after: tuple[int, str] | None
) -> list[Hit]:
    lats, lngs, codes = index.lats, index.lngs, index.codes
    rows = _passing(index, wish, box)
    distances = distances_m(*origin, [(lats[row], lngs[row]) for row in rows])
    hits = [(round(metres), codes[row], row) for row, metres in zip(rows, distances, strict=True) if metres <= reach]
    return hits if after is None else [hit for hit in hits if hit[:2] > after]


def _passing(index: Index, wish: Wish, box: Box) -> list[int]:
    """Rows inside the box that fulfil the wish."""
    wanted, groups, bits, group_of = wish.bits, wish.groups, index.bits, index.groups
    rows: list[int] = []
    for low, high in index.slices(box):
        if wanted:
            some: Iterable[int] = [row for row, has in enumerate(bits[low:high], low) if has & wanted == wanted]
        else:
            some = range(low, high)
        if groups is not None:
            some = [row for row in some if groups[group_of[row]]]
        rows.extend(some)
    if wish.never:
        rows = [row for row in rows if row not in wish.never]
    if groups is not None:
        rows.extend(row for row in wish.besides if bits[row] & wanted == wanted and not groups[group_of[row]])
    if wish.box is not None or wish.besides:
        lats, lngs = index.lats, index.lngs
        rows = [row for row in rows if box.holds(lats[row], lngs[row])]
    if wish.words:
        texts = index.texts
        rows = [row for row in rows if all(word in texts[row] for word in wish.words)]
    return rows


def _by_code(index: Index, wish: Wish, *, limit: int, after: str) -> list[Hit]:
    """Goes through the codes in order and stops at the limit."""
    order, codes = index.by_code, index.codes
    start = bisect_right(order, after, key=codes.__getitem__)
    box = wish.box or EVERYWHERE
    wanted, groups = wish.bits, wish.groups
    hits: list[Hit] = []
    for row in order[start:]:
        if index.bits[row] & wanted != wanted or row in wish.never:
            continue
        if groups is not None and not groups[index.groups[row]] and row not in wish.besides:
            continue
        if not box.holds(index.lats[row], index.lngs[row]):
            continue
        if wish.words and not all(word in index.texts[row] for word in wish.words):
            continue
        hits.append((0, codes[row], row))
        if len(hits) == limit:
            break
    return hits


def _box_around(origin: Point, metres: float) -> Box:
    """A box that holds the circle."""
    angle = metres / EARTH_RADIUS_M
    height = degrees(angle)
    south, north = max(-90.0, origin.lat - height), min(90.0, origin.lat + height)
    if south == -90.0 or north == 90.0 or angle >= pi / 2:
        return Box(-180.0, south, 180.0, north)
    width = degrees(asin(min(1.0, sin(angle) / cos(radians(origin.lat)))))
    if not -180.0 <= origin.lng - width <= origin.lng + width <= 180.0:
        return Box(-180.0, south, 180.0, north)
    return Box(origin.lng - width, south, origin.lng + width, north)


def _band_height(positions: Sequence[Point]) -> float:
    """Degrees, by how densely the middle half of the rows lies; a few far away do not count."""
    low, high = _BAND_HEIGHTS
    if len(positions) < 4 * _ROWS_IN_A_SQUARE:
        return high
    quarter = len(positions) // 4
    lats, lngs = sorted(place.lat for place in positions), sorted(place.lng for place in positions)
    area = (lats[3 * quarter] - lats[quarter]) * (lngs[3 * quarter] - lngs[quarter])
    return min(high, max(low, sqrt(_ROWS_IN_A_SQUARE * area / quarter)))
