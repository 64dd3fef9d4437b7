"""When periods end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clocks.calendar import Calendar
from server.clocks.rules import (
    Basis,
    add_years,
    due,
    in_time,
    last_day,
    paused_between,
)
from server.clocks.tables import HOLIDAYS, load_calendar
from server.core.clock import SHANGHAI, day_of
from tests.moments import at

CALENDAR = load_calendar(HOLIDAYS)
INSTANTS = st.datetimes(
    datetime.fromisoformat("2023-06-01"), datetime.fromisoformat("2028-06-01"), timezones=st.just(UTC)
)
DAY_BASES = st.sampled_from([Basis.CALENDAR_DAYS, Basis.WORKING_DAYS])
PAUSABLE = st.sampled_from([Basis.CALENDAR_DAYS, Basis.WORKING_DAYS, Basis.HOURS])


def end(basis: Basis, amount: int, started: str, *, paused: int = 0) -> datetime:
    return due(CALENDAR, basis=basis, amount=amount, started_at=at(started), paused=paused).at.astimezone(SHANGHAI)


@pytest.mark.parametrize(
    ("amount", "started", "ends"),
    [
        (5, "2026-02-13 10:00", "2026-02-27 18:00"),
        (5, "2025-09-30 10:00", "2025-10-14 18:00"),
        (7, "2026-04-30 10:00", "2026-05-13 18:00"),
        (1, "2026-02-13 10:00", "2026-02-14 18:00"),  # a Saturday that is worked
    ],
)
def test_working_days_skip_holidays_and_end_at_six(amount: int, started: str, ends: str) -> None:
    assert end(Basis.WORKING_DAYS, amount, started) == at(ends)


@pytest.mark.parametrize("clock", ["00:00", "09:00", "17:59", "18:01", "23:59"])
def test_the_starting_day_does_not_count_whatever_the_hour(clock: str) -> None:
    assert end(Basis.WORKING_DAYS, 1, f"2026-03-09 {clock}") == at("2026-03-10 18:00")
    assert end(Basis.CALENDAR_DAYS, 3, f"2026-03-09 {clock}") == at("2026-03-13 00:00")


@pytest.mark.parametrize("started", ["2026-03-06 18:01", "2026-03-07 09:00", "2026-03-08 23:59"])
def test_after_six_or_on_a_rest_day_the_next_working_day_is_the_first(started: str) -> None:
    assert end(Basis.WORKING_DAYS, 1, started) == at("2026-03-09 18:00")
    assert end(Basis.WORKING_DAYS, 2, started) == at("2026-03-10 18:00")


def test_calendar_days_end_at_midnight_after_their_last_day() -> None:
    found = end(Basis.CALENDAR_DAYS, 7, "2026-03-02 10:00")
    assert found == at("2026-03-10 00:00")
    assert last_day(found) == date(2026, 3, 9)


def test_calendar_days_roll_over_the_whole_holiday() -> None:
    found = end(Basis.CALENDAR_DAYS, 7, "2026-02-10 10:00")
    assert last_day(found) == date(2026, 2, 24)


def test_calendar_days_roll_over_a_weekend_but_not_over_a_worked_saturday() -> None:
    assert last_day(end(Basis.CALENDAR_DAYS, 5, "2026-03-02 10:00")) == date(2026, 3, 9)
    assert last_day(end(Basis.CALENDAR_DAYS, 5, "2026-02-09 10:00")) == date(2026, 2, 14)


def test_shanghai_decides_the_day() -> None:
    late = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)  # half past midnight on the 10th in Shanghai
    assert due(CALENDAR, basis=Basis.WORKING_DAYS, amount=1, started_at=late).at == at("2026-03-11 18:00")


def test_hours_run_through_nights_and_holidays() -> None:
    assert end(Basis.HOURS, 24, "2026-02-16 23:30") == at("2026-02-17 23:30")


def test_years_end_on_the_same_date_and_do_not_roll() -> None:
    assert last_day(end(Basis.YEARS, 1, "2025-03-01 10:00")) == date(2026, 3, 1)  # a Sunday
    assert end(Basis.YEARS, 1, "2025-03-01 10:00") == at("2026-03-02 00:00")


def test_years_from_the_29th_of_february_end_on_the_28th() -> None:
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_finishing_at_the_stroke_is_in_time_and_a_second_later_is_not() -> None:
    six = end(Basis.WORKING_DAYS, 1, "2026-03-09 10:00")
    assert in_time(due_at=six, finished_at=at("2026-03-10 18:00"))
    assert not in_time(due_at=six, finished_at=at("2026-03-10 18:00:01"))
    midnight = end(Basis.CALENDAR_DAYS, 1, "2026-03-09 10:00")
    assert in_time(due_at=midnight, finished_at=at("2026-03-10 23:59:59"))
    assert not in_time(due_at=midnight, finished_at=at("2026-03-11 00:00:01"))


def test_a_pause_over_the_weekend_costs_no_working_day() -> None:
    paused = paused_between(
        CALENDAR, basis=Basis.WORKING_DAYS, since=at("2026-03-06 16:00"), until=at("2026-03-08 09:00")
    )
    assert paused == 0


def test_after_a_pause_the_day_of_the_answer_does_not_count() -> None:
    # Five working days from Monday the 2nd; asked on Tuesday (one used), answered on Friday.
    paused = paused_between(
        CALENDAR, basis=Basis.WORKING_DAYS, since=at("2026-03-03 11:00"), until=at("2026-03-06 20:00")
    )
    assert paused == 3
    assert end(Basis.WORKING_DAYS, 5, "2026-03-02 10:00", paused=paused) == at("2026-03-12 18:00")


def test_years_cannot_be_paused() -> None:
    with pytest.raises(ValueError, match="not paused"):
        end(Basis.YEARS, 1, "2026-03-02 10:00", paused=1)
    with pytest.raises(ValueError, match="not paused"):
        paused_between(CALENDAR, basis=Basis.YEARS, since=at("2026-03-03 11:00"), until=at("2026-03-06 20:00"))


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone"):
        day_of(datetime(2026, 3, 9, 10))  # noqa: DTZ001 - naive on purpose


def test_a_period_into_a_year_without_a_table_is_provisional() -> None:
    def provisional(basis: Basis, amount: int, started: str) -> bool:
        return due(CALENDAR, basis=basis, amount=amount, started_at=at(started)).provisional

    assert provisional(Basis.WORKING_DAYS, 5, "2026-12-30 10:00")
    assert not provisional(Basis.WORKING_DAYS, 1, "2026-12-30 10:00")
    assert provisional(Basis.CALENDAR_DAYS, 7, "2026-12-30 10:00")
    assert not provisional(Basis.HOURS, 72, "2026-12-30 10:00")
    assert not provisional(Basis.YEARS, 1, "2026-12-30 10:00")


@given(st.sampled_from(Basis), st.integers(1, 60), INSTANTS)
def test_a_period_always_ends_after_its_starting_moment(basis: Basis, amount: int, started: datetime) -> None:
    assert due(CALENDAR, basis=basis, amount=amount, started_at=started).at > started


@given(st.sampled_from(Basis), st.integers(1, 59), INSTANTS, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_starting_later_or_taking_longer_never_ends_earlier(
    basis: Basis, amount: int, started: datetime, later: timedelta
) -> None:
    base = due(CALENDAR, basis=basis, amount=amount, started_at=started).at
    assert due(CALENDAR, basis=basis, amount=amount, started_at=started + later).at >= base
    assert due(CALENDAR, basis=basis, amount=amount + 1, started_at=started).at >= base


@given(DAY_BASES, st.integers(1, 45), INSTANTS)
def test_every_day_period_agrees_with_stepping_day_by_day(basis: Basis, amount: int, started: datetime) -> None:
    day, left = day_of(started), amount
    while left:
        day += timedelta(days=1)
        left -= 1 if basis is Basis.CALENDAR_DAYS else CALENDAR.is_workday(day)
    while not CALENDAR.is_workday(day):
        day += timedelta(days=1)
    assert last_day(due(CALENDAR, basis=basis, amount=amount, started_at=started).at) == day


@given(
    PAUSABLE, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=20)), st.timedeltas(timedelta(0), timedelta(days=20))
)
def test_two_pauses_end_to_end_count_like_one(
    basis: Basis, since: datetime, first: timedelta, second: timedelta
) -> None:
    first, second = timedelta(seconds=int(first.total_seconds())), timedelta(seconds=int(second.total_seconds()))
    middle = since + first

    def count(a: datetime, b: datetime) -> int:
        return paused_between(CALENDAR, basis=basis, since=a, until=b)

    assert count(since, middle) + count(middle, middle + second) == count(since, middle + second)


@given(PAUSABLE, st.integers(1, 20), INSTANTS, st.timedeltas(timedelta(0), timedelta(days=10)), st.integers(0, 20))
def test_a_pause_gives_back_exactly_what_was_left(
    basis: Basis, amount: int, started: datetime, before: timedelta, days: int
) -> None:
    paused_at = started + timedelta(seconds=int(before.total_seconds()))
    resumed_at = paused_at + timedelta(days=days)

    def count(a: datetime, b: datetime) -> int:
        return paused_between(CALENDAR, basis=basis, since=a, until=b)

    used = count(started, paused_at)
    whole = amount * 3600 if basis is Basis.HOURS else amount
    if used >= whole:
        return
    found = due(CALENDAR, basis=basis, amount=amount, started_at=started, paused=count(paused_at, resumed_at)).at
    if basis is Basis.HOURS:
        assert found == resumed_at + timedelta(seconds=whole - used)
    else:
        assert found == due(CALENDAR, basis=basis, amount=whole - used, started_at=resumed_at).at


def test_without_any_table_the_arithmetic_still_works() -> None:
    empty = Calendar.of({})
    found = due(empty, basis=Basis.WORKING_DAYS, amount=5, started_at=at("2030-09-30 10:00"))
    assert found.provisional
    assert last_day(found.at) == date(2030, 10, 10)  # the 1st to the 3rd are fixed holidays
