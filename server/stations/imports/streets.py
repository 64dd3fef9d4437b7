"""Middles of streets, good to a kilometre: to notice a point in the wrong place or a list in the wrong datum."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import hypot
from statistics import fmean

from msgspec import Struct

from server.core.datum import Datum, Point, convert
from server.unions.areas import areas, street_middles

ENOUGH_POINTS = 20
ENOUGH_STREETS = 5
"""Streets and points over which the errors of drafted middles average out against a shift of 600 m."""
HALF_THE_SHIFT = 0.0029
"""Degrees: half of what lies between WGS-84 and GCJ-02 in Shenzhen."""


class Street(Struct, frozen=True):
    """A street office's area. `middle` in GCJ-02."""

    code: str
    name: str
    district_name: str
    middle: Point


@cache
def streets() -> dict[str, Street]:
    """By code."""
    known = areas()
    return {
        code: Street(code, known.streets[code].name, known.districts[known.streets[code].district_code].name, middle)
        for code, middle in street_middles().items()
    }


def districts() -> dict[str, str]:
    """Name → code of the districts that the streets are in."""
    return {street.district_name: code[:6] for code, street in streets().items()}


def likelier_datum(points: Iterable[tuple[str, Point]], *, said: Datum) -> Datum | None:
    """Another datum, if with it the points as a whole lie much better around the middles of their streets.

    Args:
        points: street code and position as given.
        said: the datum that the positions are said to be in.
    """
    by_street: dict[str, list[Point]] = defaultdict(list)
    for code, point in points:
        if code in streets():
            by_street[code].append(point)
    if len(by_street) < ENOUGH_STREETS or sum(map(len, by_street.values())) < ENOUGH_POINTS:
        return None
    off = {datum: _mean_offset(by_street, datum) for datum in Datum}
    best = min(off, key=off.__getitem__)
    return best if off[said] - off[best] > HALF_THE_SHIFT else None


def _mean_offset(by_street: Mapping[str, Sequence[Point]], datum: Datum) -> float:
    """Degrees from the middles to the points, read in `datum`: each street counts as much as any other."""
    lats, lngs = [], []
    for code, points in by_street.items():
        middle = streets()[code].middle
        read = [convert(point, datum, Datum.GCJ02) for point in points]
        lats.append(fmean(point.lat for point in read) - middle.lat)
        lngs.append(fmean(point.lng for point in read) - middle.lng)
    return hypot(fmean(lats), fmean(lngs))
