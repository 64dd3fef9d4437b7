"""When messages are sent: never at night, and after a failure later and later; when ringing up is enough. Pure."""

from collections.abc import Collection
from datetime import datetime, time, timedelta

from server.core.clock import SHANGHAI, day_of

NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)
"""In Shanghai; the morning's first minute is day again."""
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""Pauses after the first, second, … try that certainly reached nobody."""
OVERDUE = timedelta(minutes=10)
"""A message whose sending began so long ago was interrupted; one that should have begun has lost its job."""

TRIES, ON_DAYS = 3, 2
"""So many calls in vain, on so many days, and nobody has to ring up any more."""


def not_at_night(at: datetime, *, urgent: bool) -> datetime:
    """The same moment, or the morning after where it is night."""
    local = at.astimezone(SHANGHAI)
    if urgent or NIGHT_ENDS <= local.time() < NIGHT_BEGINS:
        return at
    day = local.date() + timedelta(days=local.time() >= NIGHT_BEGINS)
    return datetime.combine(day, NIGHT_ENDS, SHANGHAI)


def next_try(at: datetime, *, tries: int, urgent: bool) -> datetime | None:
    """When to try again after `tries` tries; None when it has been tried often enough."""
    if tries > len(BACK_OFF):
        return None
    return not_at_night(at + BACK_OFF[tries - 1], urgent=urgent)


def tried_enough(missed: Collection[datetime]) -> bool:
    """Whether nobody has to ring up any more who was not reached at these moments."""
    days = {day_of(at) for at in missed}
    return len(missed) >= TRIES and len(days) >= ON_DAYS
