"""Districts, streets, communities."""

import re
from pathlib import Path

import pytest

from server.core.datum import Point
from server.unions.areas import CLEARLY_NEARER_M, NEAR_MIDDLE_M, areas, street_around, street_middles


def test_futian_and_longgang_have_the_streets_that_their_unions_serve() -> None:
    assert [street.name for street in areas().streets_of("440304")] == [
        *("南园街道", "园岭街道", "福田街道", "沙头街道", "香蜜湖街道"),
        *("梅林街道", "莲花街道", "华富街道", "福保街道", "华强北街道"),
    ]
    longgang = [street.name for street in areas().streets_of("440307")]
    assert len(longgang) == 11
    assert "大鹏街道" not in longgang


def test_every_code_lies_within_the_one_above_it() -> None:
    found = areas()
    assert all(street.district_code in found.districts for street in found.streets.values())
    assert all(code[:9] in found.streets for code in found.communities)


def test_a_street_knows_its_communities() -> None:
    futian = [area for street in areas().streets_of("440304") for area in areas().communities_of(street.code)]
    assert len(futian) >= 90


@pytest.mark.parametrize(
    ("code", "other"), [("440304009", "440304011"), ("440304004", "440304010"), ("440304001", "440304011")]
)
def test_near_a_border_a_point_is_in_neither_street(code: str, other: str) -> None:
    here, there = street_middles()[code], street_middles()[other]

    def along(share: float) -> Point:
        return Point(here.lat + share * (there.lat - here.lat), here.lng + share * (there.lng - here.lng))

    assert [street_around(along(share)) for share in (0, 1)] == [code, other]
    assert {street_around(along(share)) for share in (0.35, 0.5, 0.65)} == {None}


def test_no_street_without_a_middle_nearby_and_none_for_what_was_measured_badly() -> None:
    middle = street_middles()["440304007"]
    assert street_around(middle, off_m=400) == "440304007"
    assert street_around(middle, off_m=900) is None
    assert street_around(Point(middle.lat + 0.02, middle.lng)) is None


def test_the_phone_knows_the_same_middles() -> None:
    known = (Path(__file__).parents[2] / "miniprogram" / "src" / "rules" / "streets.ts").read_text("utf-8")
    told = {
        code: Point(float(lat), float(lng))
        for code, lat, lng in re.findall(r"code: '(\d{9})'.*lat: ([\d.]+), lng: ([\d.]+)", known)
    }
    assert told == dict(street_middles())
    assert f"NEAR = {NEAR_MIDDLE_M}\n" in known
    assert f"CLEARLY_NEARER = {CLEARLY_NEARER_M}\n" in known
