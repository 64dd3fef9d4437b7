"""Time that counts only while something is open: office hours of working days, the day from 07:00 to 22:00. Pure.

Everything is measured in seconds between instants; a period that is not counted in open time runs through.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from server.clocks.calendar import ONE_DAY, Calendar
from server.core.clock import SHANGHAI, day_of

Span = tuple[time, time]
"""From, until, on one day of Shanghai's clock."""
Open = Callable[[Calendar, date], tuple[Span, ...]]

OFFICE: tuple[Span, ...] = ((time(9), time(12)), (time(14), time(18)))
"""Seven hours of a working day."""
DAY: tuple[Span, ...] = ((time(7), time(22)),)
"""Outside of these nobody is called, on any day."""


def office_hours(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """When offices are open."""
    return OFFICE if calendar.is_workday(day) else ()


def day_hours(_calendar: Calendar, _day: date) -> tuple[Span, ...]:
    """When it is day, working or not."""
    return DAY


def add_open(calendar: Calendar, hours: Open, *, since: datetime, seconds: int) -> datetime:
    """The instant (UTC) at which `seconds` of open time after `since` are over; `since` itself for 0."""
    if seconds == 0:
        return since.astimezone(UTC)
    for opens, closes in _spans(calendar, hours, since=since):
        there = int((closes - opens).total_seconds())
        if seconds <= there:
            return opens + timedelta(seconds=seconds)
        seconds -= there
    raise AssertionError("days do not end")


def count_open(calendar: Calendar, hours: Open, *, since: datetime, until: datetime) -> int:
    """Seconds of open time between two instants; 0 when `until` is not later."""
    total = 0
    for opens, closes in _spans(calendar, hours, since=since):
        if opens >= until:
            break
        total += int((min(closes, until) - opens).total_seconds())
    return total


def _spans(calendar: Calendar, hours: Open, *, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Open times that end after `since`, the first cut to begin there; without end."""
    since = since.astimezone(UTC)
    day = day_of(since)
    while True:
        for begin, end in _instants(day, hours(calendar, day)):
            if end > since:
                yield max(begin, since), end
        day += ONE_DAY


@lru_cache(maxsize=2000)
def _instants(day: date, spans: tuple[Span, ...]) -> tuple[tuple[datetime, datetime], ...]:
    """A day's spans in UTC; the same few weeks are asked for by every clock that starts."""
    return tuple(
        (
            datetime.combine(day, opens, SHANGHAI).astimezone(UTC),
            datetime.combine(day, closes, SHANGHAI).astimezone(UTC),
        )
        for opens, closes in spans
    )


HOURS: Mapping[str, Open] = {"working_hours": office_hours, "day_hours": day_hours}
"""By the name of the basis that is counted in them."""
