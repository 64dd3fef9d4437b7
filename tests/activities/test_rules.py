"""What an activity's state is called, and when; what who waits may hope for."""

from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from server.activities.rules import (
    Chance,
    Likelihood,
    PastList,
    Status,
    Times,
    chance_of,
    is_for,
    may_give_up,
    priority_of,
    status_at,
)
from server.activities.words import when

START = datetime(2026, 3, 1, tzinfo=UTC)
TIMES = Times(
    opens_at=START,
    closes_at=START + timedelta(hours=10),
    cancel_until=START + timedelta(hours=8),
    ends_at=START + timedelta(hours=20),
)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("instant", "status"),
    [
        (START - TICK, Status.SOON),
        (START, Status.OPEN),
        (TIMES.closes_at - TICK, Status.OPEN),
        (TIMES.closes_at, Status.CLOSED),
        (TIMES.ends_at - TICK, Status.CLOSED),
        (TIMES.ends_at, Status.PAST),
    ],
)
def test_a_status_begins_at_its_bound(instant: datetime, status: Status) -> None:
    assert status_at(instant, times=TIMES, cancelled=False) is status


@given(st.integers(-100, 100))
def test_called_off_stays_called_off_at_any_time(hours: int) -> None:
    assert status_at(START + timedelta(hours=hours), times=TIMES, cancelled=True) is Status.CANCELLED


@given(st.integers(0, 40), st.integers(0, 40))
def test_time_never_leads_back(first: int, second: int) -> None:
    order = [Status.SOON, Status.OPEN, Status.CLOSED, Status.PAST]
    early, late = sorted((first, second))
    statuses = [status_at(START + timedelta(hours=hour - 10), times=TIMES, cancelled=False) for hour in (early, late)]
    assert order.index(statuses[0]) <= order.index(statuses[1])


def test_a_seat_can_be_given_up_until_the_announced_instant() -> None:
    assert may_give_up(TIMES.cancel_until - TICK, times=TIMES)
    assert not may_give_up(TIMES.cancel_until, times=TIMES)


def test_seats_for_certain_work_are_not_for_others() -> None:
    riders = frozenset({"food_delivery", "courier"})
    assert is_for("courier", worker_groups=riders)
    assert not is_for("freight", worker_groups=riders)
    assert not is_for(None, worker_groups=riders)
    assert is_for(None, worker_groups=None)


def test_whose_work_comes_first_comes_first_and_of_whom_nothing_is_known_does_not() -> None:
    riders = {"food_delivery", "courier"}
    assert [priority_of(work, waiting_first=riders) for work in ("courier", "freight", None)] == [0, 1, 1]
    assert {priority_of(work, waiting_first=None) for work in ("courier", None)} == {0}


def test_times_are_said_in_shanghai() -> None:
    assert when(datetime(2026, 2, 28, 17, 5, tzinfo=UTC)) == "3月1日（周日）01:05"


def lists(*moved: tuple[int, int]) -> list[PastList]:
    return [PastList(came_up, left) for came_up, left in moved]


@pytest.mark.parametrize(
    ("history", "said"),
    [
        ([], Chance(Likelihood.UNKNOWN, 0, 0)),
        (lists((9, 1), (9, 1)), Chance(Likelihood.UNKNOWN, 2, 2)),
        (lists((9, 1), (3, 1), (2, 1)), Chance(Likelihood.LIKELY, 2, 3)),
        (lists((9, 1), (2, 1), (3, 1), (0, 5)), Chance(Likelihood.OPEN, 2, 4)),
        (lists((9, 1), (2, 1), (0, 5)), Chance(Likelihood.UNLIKELY, 1, 3)),
        (lists((9, 1), (2, 0), (1, 0), (3, 0)), Chance(Likelihood.UNKNOWN, 2, 2)),
    ],
)
def test_a_chance_counts_the_lists_that_moved_so_far(history: list[PastList], said: Chance) -> None:
    """From the third place; lists that ran empty before it say nothing."""
    assert chance_of(history, position=3) == said
