"""The line below which a household is in deep hardship, by the day from which it holds: `config/hardship_lines.csv`."""

import csv
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from msgspec import Struct

FILE = Path(__file__).parents[3] / "config" / "hardship_lines.csv"


class Line(Struct, frozen=True):
    """What a person has to have a month, in 分."""

    since: date
    monthly: int


def line_of(day: date) -> Line:
    """The line that holds on a day; before the first one, the first."""
    lines = _lines()
    return next((one for one in reversed(lines) if one.since <= day), lines[0])


@cache
def _lines() -> Sequence[Line]:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [Line(date.fromisoformat(row["from"]), int(row["monthly"])) for row in csv.DictReader(file)]
    return sorted(rows, key=lambda one: one.since)
