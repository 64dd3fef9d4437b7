"""Deadline arithmetic: pure, every time comes in.

How a period is counted (民法典 art. 200-204):

- The day on which it starts does not count (art. 201). Whatever arrives after 18:00 or on a rest day is received at
  that instant, and the next working day is the first of its working days.
- Working days end at 18:00 of the last one, when the offices close (art. 203). Calendar days end at 24:00 of the last
  one, and roll forward over rest days.
- 24:00 is stored as 00:00 of the day after, the same instant. Show `last_day`, not the date part of that instant.
- In time means `finished_at <= due_at`.
- Plain days are calendar days that do not roll, and years end on the same date, 29 February on the 28th, both at 24:00:
  dates on which a right ends are shown so, since a worker must not rely on the roll.
- Hours run through nights and rest days; working hours only while offices are open; day hours from 07:00 to 22:00.
- A period before an event (a hearing) counts back from its day, which does not count, and rolls back over rest days:
  what has to be done before is done a little earlier rather than a little later.

Days are Shanghai's, which has no daylight saving time; instants may come in any zone and go out in UTC.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct

from server.clocks.calendar import Calendar
from server.clocks.spans import HOURS, add_open, count_open
from server.core.clock import SHANGHAI, day_of

CLOSE_OF_BUSINESS = time(18)
MIDNIGHT = time(0)


class Basis(StrEnum):
    """What a period is counted in."""

    CALENDAR_DAYS = "calendar_days"
    PLAIN_DAYS = "plain_days"
    """Calendar days that do not roll over rest days."""
    WORKING_DAYS = "working_days"
    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    """While offices are open."""
    DAY_HOURS = "day_hours"
    """From 07:00 to 22:00, every day."""
    YEARS = "years"


COUNTED_IN_DAYS = frozenset({Basis.CALENDAR_DAYS, Basis.PLAIN_DAYS, Basis.WORKING_DAYS})
COUNTED_IN_HOURS = frozenset({Basis.HOURS, Basis.WORKING_HOURS, Basis.DAY_HOURS})


class Due(Struct, frozen=True):
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
        case Basis.WORKING_HOURS | Basis.DAY_HOURS:
            at = add_open(calendar, HOURS[basis], since=started_at, seconds=amount * 3600 + paused)
            return Due(at, provisional=basis is Basis.WORKING_HOURS and _provisional(calendar, start, day_of(at)))
        case Basis.YEARS:
            if paused:
                raise ValueError("a period of years is not paused")
            return Due(_end_of(add_years(start, amount)), provisional=False)
        case Basis.PLAIN_DAYS:
            return Due(_end_of(start + timedelta(days=amount + paused)), provisional=False)
        case Basis.CALENDAR_DAYS:
            unrolled = start + timedelta(days=amount + paused)
            last = calendar.roll_forward(unrolled)
            return Due(_end_of(last), provisional=_provisional(calendar, unrolled, last))
        case Basis.WORKING_DAYS:
            last = calendar.add_workdays(start, amount + paused)
            return Due(_at(last, CLOSE_OF_BUSINESS), provisional=_provisional(calendar, start, last))


def due_before(calendar: Calendar, *, basis: Basis, amount: int, event_at: datetime, started_at: datetime) -> Due:
    """When something has to be done that is owed before an event.

    Args:
        amount: in the unit of the basis, days or hours; 0 for the event itself.
        started_at: when it became known. What would have been due by then is due at the event: nobody is late at once.
    """
    if amount < 0 or basis is Basis.YEARS:
        raise ValueError(f"a period of {amount} {basis} before an event")
    event = day_of(event_at)
    last = event
    match basis:
        case _ if amount == 0:
            at = event_at.astimezone(UTC)
        case Basis.WORKING_DAYS:
            last = calendar.subtract_workdays(event, amount)
            at = _at(last, CLOSE_OF_BUSINESS)
        case Basis.CALENDAR_DAYS:
            last = calendar.roll_back(event - timedelta(days=amount))
            at = _end_of(last)
        case Basis.PLAIN_DAYS:
            at = _end_of(event - timedelta(days=amount))
        case Basis.HOURS:
            at = event_at.astimezone(UTC) - timedelta(hours=amount)
        case _:
            raise ValueError(f"a period of {basis} before an event")
    if at <= started_at:
        return Due(event_at.astimezone(UTC), provisional=False)
    return Due(at, provisional=last != event and _provisional(calendar, last, event))


def paused_between(calendar: Calendar, *, basis: Basis, since: datetime, until: datetime) -> int:
    """What a pause adds to a period: days of the basis, seconds for all kinds of hours.

    As with periods the first day does not count: whoever pauses and resumes on one day gains nothing.
    """
    match basis:
        case Basis.HOURS:
            return int((until - since).total_seconds())
        case Basis.WORKING_HOURS | Basis.DAY_HOURS:
            return count_open(calendar, HOURS[basis], since=since, until=until)
        case Basis.CALENDAR_DAYS | Basis.PLAIN_DAYS:
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
