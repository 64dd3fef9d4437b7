"""WGS-84, GCJ-02 and BD-09."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.datum import Datum, Point, convert, distance_m

FUTIAN = Point(22.541, 114.0596)
CHINA = st.builds(Point, st.floats(18.0, 53.0), st.floats(74.0, 134.0))


def test_the_shift_in_futian_is_as_known() -> None:
    moved = convert(FUTIAN, Datum.WGS84, Datum.GCJ02)
    assert moved.lng - FUTIAN.lng == pytest.approx(0.0051, abs=5e-5)
    assert moved.lat - FUTIAN.lat == pytest.approx(-0.0027, abs=5e-5)


def test_bd09_lies_north_east_of_gcj02_by_about_a_kilometre() -> None:
    moved = convert(FUTIAN, Datum.GCJ02, Datum.BD09)
    assert (moved.lat - FUTIAN.lat, moved.lng - FUTIAN.lng) == pytest.approx((0.0058, 0.0065), abs=4e-4)


@given(CHINA, st.sampled_from(Datum), st.sampled_from(Datum))
def test_there_and_back_again_is_the_same_point(point: Point, source: Datum, target: Datum) -> None:
    again = convert(convert(point, source, target), target, source)
    assert again == pytest.approx(point, abs=1e-8)


@given(CHINA)
def test_a_way_over_a_third_system_makes_no_difference(point: Point) -> None:
    direct = convert(point, Datum.WGS84, Datum.BD09)
    detour = convert(convert(point, Datum.WGS84, Datum.GCJ02), Datum.GCJ02, Datum.BD09)
    assert detour == pytest.approx(direct, abs=1e-9)


@pytest.mark.parametrize("place", [Point(35.68, 139.77), Point(1.35, 150.8), Point(-33.9, 151.2), Point(51.5, -0.1)])
def test_outside_china_nothing_is_shifted(place: Point) -> None:
    assert convert(place, Datum.WGS84, Datum.GCJ02) == place
    assert convert(place, Datum.BD09, Datum.WGS84) == place


def test_distances_are_those_of_the_globe() -> None:
    assert distance_m(22.5, 114.0, 22.5, 114.0) == 0
    assert distance_m(0, 0, 1, 0) == pytest.approx(111_195, abs=1)
    assert distance_m(0, 0, 0, 180) == pytest.approx(20_015_115, abs=10)
    # One degree of longitude at Shenzhen's latitude: 111.2 km × cos 22.5°.
    assert distance_m(22.5, 113.5, 22.5, 114.5) == pytest.approx(102_731, abs=10)
