"""The only place that reads the time, so that tests can freeze it and rules can stay pure."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""Decides which day it is for people; UTC is what is stored."""


def _read() -> datetime:
    return datetime.now(UTC)


source: Callable[[], datetime] = _read
"""Where the time comes from; tests put a frozen one here."""


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return source()


def today() -> date:
    """The current calendar day in Shanghai."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The calendar day in Shanghai.

    Raises:
        ValueError: for a naive time, which could be anywhere.
    """
    if instant.tzinfo is None:
        raise ValueError("the time has no zone")
    return instant.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """The instant at which a day begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def full_hour(instant: datetime) -> datetime:
    """The first full hour that is not before an instant."""
    begun = instant.replace(minute=0, second=0, microsecond=0)
    return begun if begun == instant else begun + timedelta(hours=1)


def spoken_instant(instant: datetime) -> str:
    """An instant as people in Shanghai read it: 2026-11-26 14:05."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
