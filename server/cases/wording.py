"""How dates are said to people, and what was written for the worker to staff. Pure."""

from datetime import datetime, time

from server.clocks.rules import last_day
from server.core.clock import SHANGHAI

_WEEKDAYS = "一二三四五六日"


def spoken_due(due_at: datetime) -> str:
    """A due time as it is said: `3月19日（周四）18:00`, and 24:00 for the end of a day."""
    day = last_day(due_at)
    hour = due_at.astimezone(SHANGHAI).time()
    at = "24:00" if hour == time(0) else f"{hour:%H:%M}"
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）{at}"


def spoken_time(instant: datetime) -> str:
    """When something happened: `3月13日 09:05`."""
    local = instant.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def for_staff(words: str) -> str:
    """What a service's file says to the worker (a state, a promise, what happened), as staff read it.

    There `你` is the worker; at the desk it would be whoever reads it: `待你补充` is `待工友补充`.
    """
    return words.replace("你", "工友")
