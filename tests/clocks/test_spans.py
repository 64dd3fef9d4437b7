"""Open time, against walking through it minute by minute."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.clocks.calendar import Calendar
from server.clocks.rules import Basis, due, due_before, last_day
from server.clocks.spans import HOURS, add_open, count_open
from server.clocks.tables import HOLIDAYS, load_calendar
from server.core.clock import SHANGHAI, day_of
from tests.moments import at

CALENDAR = load_calendar(HOLIDAYS)
MINUTE = timedelta(minutes=1)
INSTANTS = st.datetimes(
    datetime.fromisoformat("2025-09-20"), datetime.fromisoformat("2027-01-20"), timezones=st.just(UTC)
).map(lambda instant: instant.replace(second=0, microsecond=0))
BASES = st.sampled_from([Basis.WORKING_HOURS, Basis.DAY_HOURS])


def is_open(basis: Basis, instant: datetime) -> bool:
    """Whether the minute that begins now counts: written as one would say it."""
    here = instant.astimezone(SHANGHAI)
    if basis is Basis.DAY_HOURS:
        return 7 <= here.hour < 22
    return CALENDAR.is_workday(here.date()) and (9 <= here.hour < 12 or 14 <= here.hour < 18)


def walked(basis: Basis, since: datetime, minutes: int) -> datetime:
    """The instant at which that many open minutes are over."""
    instant = since
    while minutes:
        minutes -= is_open(basis, instant)
        instant += MINUTE
    return instant


@settings(max_examples=60)
@given(basis=BASES, since=INSTANTS, minutes=st.integers(1, 1500))
def test_open_time_is_added_as_if_walked_through(basis: Basis, since: datetime, minutes: int) -> None:
    assert add_open(CALENDAR, HOURS[basis], since=since, seconds=minutes * 60) == walked(basis, since, minutes)


@settings(max_examples=60)
@given(basis=BASES, since=INSTANTS, minutes=st.integers(0, 6000))
def test_open_time_is_counted_as_if_walked_through(basis: Basis, since: datetime, minutes: int) -> None:
    until = since + minutes * MINUTE
    counted = count_open(CALENDAR, HOURS[basis], since=since, until=until)
    assert counted == 60 * sum(is_open(basis, since + n * MINUTE) for n in range(minutes))


@given(basis=BASES, since=INSTANTS, hours=st.integers(1, 60), seconds=st.integers(0, 100_000))
def test_a_pause_gives_back_exactly_what_it_took(basis: Basis, since: datetime, hours: int, seconds: int) -> None:
    plain = due(CALENDAR, basis=basis, amount=hours, started_at=since).at
    paused = due(CALENDAR, basis=basis, amount=hours, started_at=since, paused=seconds).at
    assert count_open(CALENDAR, HOURS[basis], since=plain, until=paused) == seconds


@pytest.mark.parametrize(
    ("started", "ends"),
    [
        ("2026-03-13 09:00", "2026-03-13 15:00"),
        ("2026-03-13 17:59", "2026-03-16 14:59"),  # over a weekend: a minute today, the rest on Monday
        ("2026-03-13 18:01", "2026-03-16 15:00"),
        ("2026-03-13 12:30", "2026-03-13 18:00"),  # over noon, to the stroke of six
        ("2026-02-14 16:00", "2026-02-24 11:00"),  # a Saturday that is worked, then the Spring Festival
    ],
)
def test_four_working_hours_end_while_somebody_is_there(started: str, ends: str) -> None:
    found = due(CALENDAR, basis=Basis.WORKING_HOURS, amount=4, started_at=at(started))
    assert found.at == at(ends)
    assert not found.provisional


@pytest.mark.parametrize(
    ("started", "ends"),
    [("2026-02-17 20:00", "2026-02-18 09:00"), ("2026-02-17 23:30", "2026-02-18 11:00")],
)
def test_day_hours_stand_still_at_night_and_run_on_holidays(started: str, ends: str) -> None:
    assert due(CALENDAR, basis=Basis.DAY_HOURS, amount=4, started_at=at(started)).at == at(ends)


def test_working_hours_over_a_year_without_a_table_are_provisional() -> None:
    found = due(CALENDAR, basis=Basis.WORKING_HOURS, amount=8, started_at=at("2026-12-31 15:00"))
    assert found.provisional
    assert found.at == at("2027-01-04 16:00")


# ── periods before an event

HEARING = at("2026-03-18 09:30")
EARLY = at("2026-02-01 10:00")


@pytest.mark.parametrize(
    ("basis", "amount", "last"),
    [
        (Basis.CALENDAR_DAYS, 5, date(2026, 3, 13)),
        (Basis.CALENDAR_DAYS, 4, date(2026, 3, 13)),  # the 14th is a Saturday: earlier, not later
        (Basis.PLAIN_DAYS, 4, date(2026, 3, 14)),
        (Basis.WORKING_DAYS, 3, date(2026, 3, 13)),
    ],
)
def test_what_is_owed_before_a_hearing_is_due_before_it(basis: Basis, amount: int, last: date) -> None:
    found = due_before(CALENDAR, basis=basis, amount=amount, event_at=HEARING, started_at=EARLY)
    assert last_day(found.at) == last


def test_the_event_itself_is_due_when_it_is() -> None:
    assert due_before(CALENDAR, basis=Basis.PLAIN_DAYS, amount=0, event_at=HEARING, started_at=EARLY).at == HEARING


def test_nobody_is_late_at_once_for_a_hearing_that_was_told_too_late() -> None:
    told = at("2026-03-17 16:00")
    assert due_before(CALENDAR, basis=Basis.WORKING_DAYS, amount=3, event_at=HEARING, started_at=told).at == HEARING


@given(day=st.dates(date(2024, 3, 1), date(2026, 12, 31)), amount=st.integers(1, 40))
def test_working_days_before_are_counted_as_one_counts_on_fingers(day: date, amount: int) -> None:
    counted = day
    for _ in range(amount):
        counted -= timedelta(days=1)
        while not CALENDAR.is_workday(counted):
            counted -= timedelta(days=1)
    assert CALENDAR.subtract_workdays(day, amount) == counted
    assert CALENDAR.count_workdays(counted - timedelta(days=1), day - timedelta(days=1)) == amount


@given(start=INSTANTS, amount=st.integers(1, 60))
def test_there_and_back_again(start: datetime, amount: int) -> None:
    begun = day_of(start)
    if CALENDAR.is_workday(begun):
        assert CALENDAR.subtract_workdays(CALENDAR.add_workdays(begun, amount), amount) == begun


def test_a_period_back_over_a_year_without_a_table_is_provisional() -> None:
    found = due_before(Calendar.of({}), basis=Basis.WORKING_DAYS, amount=3, event_at=HEARING, started_at=EARLY)
    assert found.provisional
