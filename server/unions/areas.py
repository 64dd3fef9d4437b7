"""Districts, streets and communities: `config/areas`. Codes nest: a street's begins with its district's."""

import csv
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from msgspec import Struct

from server.core.datum import Point, distance_m

FOLDER = Path(__file__).parents[2] / "config" / "areas"
DISTRICT_DIGITS = 6
STREET_DIGITS = 9
NEAR_MIDDLE_M = 1_500
CLEARLY_NEARER_M = 1_000
"""How near to the middle of its street, and by how much nearer than to any other, a point has to be: middles are only
good to a kilometre, and borders do not run half-way between them. The phone asks by the same figures:
`miniprogram/src/rules/streets.ts`."""


class StreetKind(StrEnum):
    STREET = "street"
    ZONE = "zone"
    """A statistical zone without a street office."""
    FUNCTIONAL_AREA = "functional_area"
    """Counted under a district, served by other unions."""


class Area(Struct, frozen=True):
    """A district or a community."""

    code: str
    name: str


class Street(Struct, frozen=True):
    """A street, or what has a street's code."""

    code: str
    name: str
    kind: StreetKind

    @property
    def district_code(self) -> str:
        return self.code[:DISTRICT_DIGITS]


class Areas(Struct, frozen=True):
    """By code, in the order of the codes."""

    districts: Mapping[str, Area]
    streets: Mapping[str, Street]
    communities: Mapping[str, Area]

    def streets_of(self, district_code: str) -> list[Street]:
        """The streets that a district's unions serve."""
        return [
            street
            for street in self.streets.values()
            if street.district_code == district_code and street.kind is StreetKind.STREET
        ]

    def name_of(self, code: str) -> str:
        """A street or a community; the code itself where a later list no longer has it."""
        found = self.streets.get(code) or self.communities.get(code)
        return code if found is None else found.name

    def communities_of(self, street_code: str) -> list[Area]:
        """A street's communities."""
        return [area for area in self.communities.values() if area.code[:STREET_DIGITS] == street_code]


@cache
def areas() -> Areas:
    """All areas, read once."""
    return Areas(
        districts={row["code"]: Area(row["code"], row["name"]) for row in _rows("shenzhen_districts")},
        streets={
            row["code"]: Street(row["code"], row["name"], StreetKind(row["kind"])) for row in _rows("shenzhen_streets")
        },
        communities={row["code"]: Area(row["code"], row["name"]) for row in _rows("shenzhen_communities")},
    )


def is_area(code: str) -> bool:
    """Whether there is such a street or community."""
    return code in areas().communities or code in areas().streets


@cache
def street_middles() -> Mapping[str, Point]:
    """Middles of streets by code, in GCJ-02 and good to a kilometre; not of every district."""
    return {row["street_code"]: Point(float(row["lat"]), float(row["lng"])) for row in _rows("street_centroids")}


def street_around(point: Point, *, off_m: float = 0) -> str | None:
    """Code of the street that a point in GCJ-02 surely lies in, None near borders and where no middle is near.

    Args:
        off_m: by how much the point may be wrong.
    """
    away = sorted((distance_m(*point, *middle), code) for code, middle in street_middles().items())
    (nearest_m, nearest), (next_m, _) = away[:2]
    sure = nearest_m + off_m <= NEAR_MIDDLE_M and next_m - nearest_m >= CLEARLY_NEARER_M + 2 * off_m
    return nearest if sure else None


def area_around(point: Point, *, off_m: float = 0) -> str | None:
    """`street_around`; near a border inside of a district the code of the district. None where that is not sure either.

    Args:
        off_m: by how much the point may be wrong.
    """
    away = [(distance_m(*point, *middle), code) for code, middle in street_middles().items()]
    nearest_m = min(away)[0]
    within_m = nearest_m + CLEARLY_NEARER_M + 2 * off_m
    districts = {code[:DISTRICT_DIGITS] for metres, code in away if metres <= within_m}
    sure = nearest_m + off_m <= NEAR_MIDDLE_M and len(districts) == 1
    return street_around(point, off_m=off_m) or (districts.pop() if sure else None)


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: next(iter(row.values())))
