"""The second in which a day or a year begins in Beijing, as a worker who files a case meets it."""

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.core.access import Level
from tests.cases.conftest import Submit
from tests.moments import Freeze, at
from tests.sign_in import SignIn


def clock(case: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in case["clocks"] if one["key"] == key)
    return found


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        ("2026-03-12T23:59:59", "2026-03-13T18:00:00"),
        ("2026-03-13T00:00:00", "2026-03-16T18:00:00"),  # Friday has begun: Monday is the next working day
        ("2026-03-13T17:59:59", "2026-03-16T18:00:00"),
        ("2026-03-13T18:00:01", "2026-03-16T18:00:00"),  # the hour of arrival moves nothing
    ],
)
def test_midnight_in_beijing_decides_the_day_and_six_o_clock_does_not(
    sign_in: SignIn, submit: Submit, freeze: Freeze, filed: str, due: str
) -> None:
    freeze(at(filed))
    shown = clock(submit("grievance", sign_in(Level.L1)), "sign")
    assert datetime.fromisoformat(shown["due_at"]) == at(due)
    assert not shown["provisional"]


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        ("2026-12-30T23:59:59", "2026-12-31T18:00:00"),
        ("2026-12-31T00:00:00", "2027-01-04T18:00:00"),
        ("2026-12-31T23:59:59", "2027-01-04T18:00:00"),
        ("2027-01-01T00:00:00", "2027-01-04T18:00:00"),
    ],
)
def test_a_year_without_a_table_stops_nobody_and_what_reaches_into_it_is_provisional(
    client: FlaskClient, sign_in: SignIn, submit: Submit, freeze: Freeze, filed: str, due: str
) -> None:
    freeze(at(filed))
    case = submit("grievance", sign_in(Level.L1))
    sign = clock(case, "sign")
    assert datetime.fromisoformat(sign["due_at"]) == at(due)
    assert sign["provisional"] == due.startswith("2027")
    assert clock(case, "answer")["provisional"]
    assert any("config/holidays/2027.csv" in warning for warning in client.get("/status").json["warnings"])
