"""How long an offer stands, and who is served."""

from datetime import UTC, date, datetime, time, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from server.core.clock import SHANGHAI
from server.seats.rules import fitting, offer_until

LONG = timedelta(days=9)
MINUTES = st.integers(0, 60 * 24 * 400).map(lambda count: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=count))
BEGINNINGS = st.integers(1, 60 * 24 * 30).map(lambda count: timedelta(minutes=count))


def shanghai(clock: str) -> datetime:
    """A time on 2026-03-10, or `+` on the day after."""
    day = 11 if clock.startswith("+") else 10
    return datetime.combine(date(2026, 3, day), time.fromisoformat(clock.lstrip("+")), SHANGHAI)


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("07:00", "09:00"),
        ("12:15", "14:15"),
        ("19:59:59", "21:59:59"),
        ("20:00", "+07:00"),  # 22:00 is the night's already
        ("20:30", "+07:30"),
        ("21:59", "+08:59"),
        ("22:00", "+09:00"),
        ("23:30", "+09:00"),
        ("00:00", "09:00"),
        ("06:59", "09:00"),
    ],
)
def test_two_hours_by_day_and_the_night_does_not_count(asked: str, until: str) -> None:
    at = shanghai(asked)
    assert offer_until(at, begins_at=at + LONG) == shanghai(until)


@pytest.mark.parametrize(
    ("begins_in", "stands"),
    [
        (timedelta(hours=24), timedelta(hours=2)),
        (timedelta(hours=24, microseconds=-1), timedelta(minutes=30)),
        (timedelta(minutes=31), timedelta(minutes=30)),
        (timedelta(minutes=20), timedelta(minutes=20)),
    ],
)
def test_half_an_hour_when_it_begins_in_less_than_a_day_and_never_beyond_the_beginning(
    begins_in: timedelta, stands: timedelta
) -> None:
    at = shanghai("12:00")
    assert offer_until(at, begins_at=at + begins_in) - at == stands


def test_a_short_offer_of_the_late_evening_ends_in_the_morning() -> None:
    assert offer_until(shanghai("21:45"), begins_at=shanghai("+14:00")) == shanghai("+07:15")


def test_what_begins_at_night_ends_the_offer_at_night() -> None:
    assert offer_until(shanghai("21:50"), begins_at=shanghai("23:00")) == shanghai("23:00")


@given(MINUTES, BEGINNINGS)
def test_no_offer_ends_at_night_unless_with_the_beginning(at: datetime, begins_in: timedelta) -> None:
    begins_at = at + begins_in
    until = offer_until(at, begins_at=begins_at)
    assert at < until <= begins_at
    assert until.tzinfo is at.tzinfo
    local = until.astimezone(SHANGHAI).time()
    assert until == begins_at or time(7) <= local < time(22)


@given(MINUTES, BEGINNINGS)
def test_an_offer_gives_its_whole_time_by_day(at: datetime, begins_in: timedelta) -> None:
    begins_at = at + begins_in
    until = offer_until(at, begins_at=begins_at)
    span = int((until - at) / timedelta(minutes=1))
    by_day = sum(7 <= (at + timedelta(minutes=count)).astimezone(SHANGHAI).hour < 22 for count in range(span))
    assert until == begins_at or by_day == (30 if begins_in < timedelta(hours=24) else 120)


@given(st.integers(0, 12), st.lists(st.integers(1, 3)))
def test_everybody_who_fits_is_served_and_nobody_else(free: int, sizes: list[int]) -> None:
    served = fitting(free, sizes)
    for place, size in enumerate(sizes):
        left = free - sum(sizes[earlier] for earlier in served if earlier < place)
        assert (place in served) == (size <= left)
