"""How dates are said to people. Pure."""

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
