"""Deadline arithmetic: pure, every time comes in.

How a period is counted (民法典 art. 200-204):

- The day on which it starts does not count (art. 201). Whatever arrives after 18:00 or on a rest day is received at
  that instant, and the next working day is the first of its working days.
- Working days end at 18:00 of the last one, when the offices close (art. 203). Calendar days end at 24:00 of the last
  one, and roll forward over rest days.
- 24:00 is stored as 00:00 of the day after, the same instant. Show `last_day`, not the date part of that instant.
- In time means `finished_at <= due_at`.
- Hours run through nights and rest days. Years end on the same date, 29 February on the 28th, at 24:00, and do not
  roll: a worker must not rely on the roll.

Days are Shanghai's, which has no daylight saving time; instants may come in any zone and go out in UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from server.clocks.calendar import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOSE_OF_BUSINESS = time(18)
MIDNIGHT = time(0)


class Basis(StrEnum):
    """What a period is counted in."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    HOURS = "hours"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a period."""

    at: datetime
    """UTC. 24:00 of a day is 00:00 of the next."""
    provisional: bool
    """Whether a day was looked at whose year has no holiday table."""


def due(calendar: Calendar, *, basis: Basis, amount: int, started_at: datetime, paused: int = 0) -> Due:
    """When a period ends.

    Args:
        amount: at least 1, in the unit of the basis.
        paused: what pauses added, as `paused_between` counts it; years cannot be paused.
    """
    if amount < 1 or paused < 0:
        raise ValueError(f"a period of {amount} with {paused} paused")
    start = day_of(started_at)
    match basis:
        case Basis.HOURS:
            return Due(started_at.astimezone(UTC) + timedelta(hours=amount, seconds=paused), provisional=False)
        case Basis.YEARS:
            if paused:
                raise ValueError("a period of years is not paused")
            return Due(_end_of(add_years(start, amount)), provisional=False)
        case Basis.CALENDAR_DAYS:
            unrolled = start + timedelta(days=amount + paused)
            last = calendar.roll_forward(unrolled)
            return Due(_end_of(last), provisional=_provisional(calendar, unrolled, last))
        case Basis.WORKING_DAYS:
            last = calendar.add_workdays(start, amount + paused)
            return Due(_at(last, CLOSE_OF_BUSINESS), provisional=_provisional(calendar, start, last))


def paused_between(calendar: Calendar, *, basis: Basis, since: datetime, until: datetime) -> int:
    """What a pause adds to a period: days of the basis, seconds for hours.

    As with periods the first day does not count: whoever pauses and resumes on one day gains nothing.
    """
    match basis:
        case Basis.HOURS:
            return int((until - since).total_seconds())
        case Basis.CALENDAR_DAYS:
            return (day_of(until) - day_of(since)).days
        case Basis.WORKING_DAYS:
            return calendar.count_workdays(day_of(since), day_of(until))
        case Basis.YEARS:
            raise ValueError("a period of years is not paused")


def in_time(*, due_at: datetime, finished_at: datetime) -> bool:
    """Whether something was finished by its due time."""
    return finished_at <= due_at


def last_day(due_at: datetime) -> date:
    """The day to show for a due time: 24:00 belongs to the day that ends."""
    return day_of(due_at - timedelta(microseconds=1))


def day_of(instant: datetime) -> date:
    """The calendar day in Shanghai.

    Raises:
        ValueError: for a naive time, which could be anywhere.
    """
    if instant.tzinfo is None:
        raise ValueError("the time has no zone")
    return instant.astimezone(SHANGHAI).date()


def add_years(day: date, years: int) -> date:
    """The same date `years` later; 29 February becomes the 28th where there is none (民法典 art. 202)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SHANGHAI).astimezone(UTC)


def _end_of(day: date) -> datetime:
    return _at(day + timedelta(days=1), MIDNIGHT)


def _provisional(calendar: Calendar, first: date, last: date) -> bool:
    # A period is shorter than a year, so its ends see every year it touches.
    return calendar.is_provisional(first) or calendar.is_provisional(last)
