"""The services a place can offer: `config/amenities.csv`, codes S01–S30."""

from __future__ import annotations

import csv
from enum import StrEnum
from functools import cache

from msgspec import Struct

from server.stations.policy import CONFIG


class AmenityState(StrEnum):
    """What is known of a service at a place."""

    OK = "ok"
    BROKEN = "broken"
    UNKNOWN = "unknown"


class Amenity(Struct, frozen=True):
    """`live`: it can be out of order from one hour to the next. `bit`: its bit in the index."""

    code: str
    name: str
    short: str
    group: str
    live: bool
    bit: int


@cache
def amenities() -> dict[str, Amenity]:
    """By code, in the order of the file."""
    with (CONFIG / "amenities.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Amenity(row["code"], row["name"], row["short"], row["group"], row["live"] == "1", 1 << number)
            for number, row in enumerate(csv.DictReader(file))
        }


def offered(bits: int) -> list[Amenity]:
    """The services whose bits are set, in the order of the file."""
    return [amenity for amenity in amenities().values() if bits & amenity.bit]
