"""Until when every deadline of `config/deadlines.csv` runs, against ends counted by hand.

`data/ends.csv` has a row for each version of a rule: from when it was counted (`starts`, and for what is owed before
an event the `event`), when it is due, on Shanghai's clock (24:00 is 00:00 of the day after), and in `counted` how one
gets there with a pencil and the holiday table. No row was computed by the code that it is held against. `CIVIL_DAY1` is
the rule of 民法典 art. 201 and 203 itself, shown on a period of one day.
"""

import csv
from pathlib import Path

import pytest
from flask import Flask

from server.clocks.deadlines import DEADLINES, deadline_of, load_deadlines
from server.clocks.models import OwnerKind
from server.clocks.rules import Basis, due
from server.clocks.service import start_clock
from server.clocks.tables import calendar
from server.core.clock import SHANGHAI, day_of
from server.core.db import new_id
from tests.moments import at

Row = dict[str, str]
CIVIL_DAY1 = "CIVIL_DAY1"
with (Path(__file__).parent / "data" / "ends.csv").open(encoding="utf-8", newline="") as file:
    ENDS: list[Row] = list(csv.DictReader(file))
OF_DEADLINES = [row for row in ENDS if row["code"] != CIVIL_DAY1]


def test_every_version_of_every_rule_has_an_end_that_was_counted_by_hand() -> None:
    shipped = {(rule.code, rule.version) for versions in load_deadlines(DEADLINES).values() for rule in versions}
    counted = {(row["code"], deadline_of(row["code"], on=day_of(at(row["starts"]))).version) for row in OF_DEADLINES}
    assert sorted(shipped - counted) == [], "count an end of these by hand, in tests/clocks/data/ends.csv"
    assert all(row["counted"] for row in ENDS)


@pytest.mark.parametrize("row", OF_DEADLINES, ids=lambda row: str(row["code"]))
def test_a_deadline_is_due_when_a_person_who_counts_says_so(app: Flask, row: Row) -> None:
    started = at(row["starts"])
    clock = start_clock(
        owner_kind=OwnerKind.CASE,
        owner_id=new_id(),
        key="counted",
        deadline=row["code"],
        at=started,
        ruled_on=day_of(started),
        event_at=at(row["event"]) if row["event"] else None,
    )
    assert clock.due_at.astimezone(SHANGHAI) == at(row["due"]), row["counted"]
    assert clock.original_due_at == clock.due_at
    assert not clock.provisional  # all of it in years that have a holiday table
    assert deadline_of(row["code"], on=day_of(started)).confidence == row["confidence"]


def test_the_first_day_does_not_count_and_a_last_day_of_rest_moves_on() -> None:
    (row,) = [row for row in ENDS if row["code"] == CIVIL_DAY1]
    found = due(calendar(), basis=Basis.CALENDAR_DAYS, amount=1, started_at=at(row["starts"]))
    assert found.at.astimezone(SHANGHAI) == at(row["due"])
