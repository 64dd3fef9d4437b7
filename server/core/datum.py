"""Conversion between the coordinate systems in use in China. Pure.

- WGS-84: what GPS receivers and browsers give.
- GCJ-02: what Chinese maps (WeChat, 高德, 腾讯) draw; a smooth shift of 300–700 m. Ours.
- BD-09: what 百度 draws; GCJ-02 shifted once more.

GCJ-02 has no published inverse. The forward series is the one in general use since 2010; the inverse
iterates it until it moves by less than 1e-10 degrees (0.01 mm). Outside China nothing is shifted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from math import asin, atan2, cos, hypot, pi, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8
"""Mean earth radius (IUGG), metres."""

_KRASOVSKY_AXIS = 6_378_245.0
_KRASOVSKY_E2 = 0.006_693_421_622_965_943
_BD_PERIOD = pi * 3000.0 / 180.0
_ENOUGH = 1e-10


class Datum(StrEnum):
    """Coordinate system of a point."""

    GCJ02 = "gcj02"
    WGS84 = "wgs84"
    BD09 = "bd09"


class Point(NamedTuple):
    """Degrees, latitude first."""

    lat: float
    lng: float


def convert(point: Point, source: Datum, target: Datum) -> Point:
    """`point` given in `source`, expressed in `target`."""
    if source is target:
        return point
    return _from_gcj02(_to_gcj02(point, source), target)


def in_china(point: Point) -> bool:
    """Whether the shift applies: the box every implementation uses, generous at the borders."""
    return 0.8293 <= point.lat <= 55.8271 and 72.004 <= point.lng <= 137.8347


def distance_m(lat: float, lng: float, other_lat: float, other_lng: float) -> float:
    """Great-circle distance in metres between two points in degrees."""
    return distances_m(lat, lng, ((other_lat, other_lng),))[0]


def distances_m(lat: float, lng: float, others: Iterable[tuple[float, float]]) -> list[float]:
    """Great-circle distances in metres from one point to each of `others`, (latitude, longitude) in degrees.

    Haversine on the mean sphere, within 0.5 % of the ellipsoid. All points in one datum.
    """
    half, whole, diameter = pi / 360, pi / 180, 2 * EARTH_RADIUS_M
    cosine = cos(lat * whole)
    found = []
    for other_lat, other_lng in others:
        north, east = sin((other_lat - lat) * half), sin((other_lng - lng) * half)
        square = north * north + cosine * cos(other_lat * whole) * east * east
        # Between antipodes rounding can carry it beyond one.
        found.append(diameter * asin(sqrt(square) if square < 1.0 else 1.0))
    return found


def _to_gcj02(point: Point, source: Datum) -> Point:
    match source:
        case Datum.GCJ02:
            return point
        case Datum.WGS84:
            return _gcj02_of_wgs84(point)
        case Datum.BD09:
            return _inverse(_bd09_of_gcj02, point)


def _from_gcj02(point: Point, target: Datum) -> Point:
    match target:
        case Datum.GCJ02:
            return point
        case Datum.WGS84:
            return _inverse(_gcj02_of_wgs84, point)
        case Datum.BD09:
            return _bd09_of_gcj02(point)


def _gcj02_of_wgs84(point: Point) -> Point:
    if not in_china(point):
        return point
    x, y = point.lng - 105.0, point.lat - 35.0
    root = sqrt(abs(x))
    ripple = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    latitude = radians(point.lat)
    w2 = 1 - _KRASOVSKY_E2 * sin(latitude) ** 2
    w = sqrt(w2)
    meridian = _KRASOVSKY_AXIS * (1 - _KRASOVSKY_E2) / (w2 * w)
    parallel = _KRASOVSKY_AXIS / w * cos(latitude)
    return Point(point.lat + north * 180.0 / (meridian * pi), point.lng + east * 180.0 / (parallel * pi))


def _bd09_of_gcj02(point: Point) -> Point:
    if not in_china(point):
        return point
    radius = hypot(point.lng, point.lat) + 0.000_02 * sin(point.lat * _BD_PERIOD)
    angle = atan2(point.lat, point.lng) + 0.000_003 * cos(point.lng * _BD_PERIOD)
    return Point(radius * sin(angle) + 0.006, radius * cos(angle) + 0.0065)


def _inverse(forward: Callable[[Point], Point], wanted: Point) -> Point:
    """The point that `forward` moves to `wanted`. Converges by a factor of about 1,000 a round."""
    guess = wanted
    for _ in range(12):
        reached = forward(guess)
        error = Point(wanted.lat - reached.lat, wanted.lng - reached.lng)
        guess = Point(guess.lat + error.lat, guess.lng + error.lng)
        if abs(error.lat) < _ENOUGH and abs(error.lng) < _ENOUGH:
            break
    return guess
