"""Until when a worker may go to arbitration."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clocks.limitation import Urgency, earliest_limit, limitation, limitation_date


def wages(**given_: object) -> date | None:
    defaults: dict[str, object] = {"still_working": False, "last_day_of_work": None, "known_on": None}
    return limitation_date(unpaid_wages=True, **(defaults | given_))  # type: ignore[arg-type] - test shorthand


def other(**given_: object) -> date | None:
    defaults: dict[str, object] = {"still_working": False, "last_day_of_work": None, "known_on": None}
    return limitation_date(unpaid_wages=False, **(defaults | given_))  # type: ignore[arg-type] - test shorthand


def test_unpaid_wages_may_be_claimed_for_a_year_after_the_last_day() -> None:
    assert wages(last_day_of_work=date(2026, 3, 1)) == date(2027, 3, 1)


def test_unpaid_wages_have_no_limit_while_one_still_works_there() -> None:
    assert wages(still_working=True, last_day_of_work=date(2026, 3, 1)) is None


def test_other_matters_count_from_the_day_one_learned_of_it() -> None:
    assert other(still_working=True, known_on=date(2026, 1, 31)) == date(2027, 1, 31)
    assert other(last_day_of_work=date(2026, 3, 1)) is None


def test_whoever_was_dismissed_knew_on_the_last_day_at_the_latest() -> None:
    last = {"dismissed": True, "last_day_of_work": date(2026, 3, 1)}
    assert other(**last) == date(2027, 3, 1)
    assert other(**last, known_on=date(2026, 2, 1)) == date(2027, 2, 1)
    assert other(**last, known_on=date(2026, 5, 1)) == date(2027, 3, 1)
    assert other(dismissed=True, still_working=True, known_on=date(2026, 5, 1)) == date(2027, 5, 1)


def test_where_the_day_that_counts_is_missing_the_earliest_stands_for_it() -> None:
    assert earliest_limit([None, date(2026, 3, 1), date(2025, 12, 1)]) == date(2026, 12, 1)
    assert earliest_limit([None]) is None


def test_the_limit_is_not_rolled_over_rest_days() -> None:
    assert other(known_on=date(2025, 2, 17)) == date(2026, 2, 17)  # inside the spring festival


def test_a_leap_day_ends_on_the_28th() -> None:
    assert wages(last_day_of_work=date(2024, 2, 29)) == date(2025, 2, 28)


def test_a_demand_in_time_starts_the_year_anew() -> None:
    assert other(known_on=date(2026, 1, 10), demanded_on=date(2026, 6, 1)) == date(2027, 6, 1)


@pytest.mark.parametrize("demanded", [date(2027, 1, 11), date(2026, 1, 1)])
def test_a_demand_after_the_limit_or_before_the_start_changes_nothing(demanded: date) -> None:
    assert other(known_on=date(2026, 1, 10), demanded_on=demanded) == date(2027, 1, 10)


def test_prior_aid_turns_on_with_fewer_than_seven_days_left() -> None:
    limit = date(2027, 3, 1)
    assert not limitation(limit, today=date(2027, 2, 22)).prior_aid
    assert limitation(limit, today=date(2027, 2, 23)).prior_aid
    assert limitation(limit, today=limit).prior_aid
    assert not limitation(limit, today=date(2027, 3, 2)).prior_aid


@pytest.mark.parametrize(
    ("left", "urgency"),
    [
        (91, Urgency.FAR),
        (90, Urgency.AHEAD),
        (31, Urgency.AHEAD),
        (30, Urgency.NEAR),
        (16, Urgency.NEAR),
        (15, Urgency.CLOSE),
        (0, Urgency.CLOSE),
        (-1, Urgency.PASSED),
    ],
)
def test_the_urgency_goes_by_the_days_left(left: int, urgency: Urgency) -> None:
    limit = date(2027, 3, 1)
    seen = limitation(limit, today=date.fromordinal(limit.toordinal() - left))
    assert (seen.urgency, seen.days_left) == (urgency, left)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_limit_lies_a_year_ahead(day: date) -> None:
    limit = wages(last_day_of_work=day)
    assert limit is not None
    assert (limit - day).days in {365, 366}
