"""How a promise is shown: a word, an icon and a colour, which say the same."""

from datetime import datetime

from msgspec import Struct

from server.cases.wording import spoken_due
from server.clocks.models import Clock
from server.clocks.rules import last_day
from server.core.clock import day_of

SOON = 0.8
"""From this share of its time on, a promise is shown as pressing."""


class ClockMark(Struct, frozen=True):
    """What is seen of a clock."""

    words: str
    """`超期 2 天`, `今天到期`, `还有 3 天`."""
    until: str
    """`3月19日（周四）18:00`."""
    kind: str
    """Of the mark: danger, warn, open, info, or nothing."""
    icon: str


def mark_of(clock: Clock, *, at: datetime) -> ClockMark:
    """How a clock stands at a moment."""
    until = spoken_due(clock.due_at)
    if clock.stopped_at is not None:
        if clock.stopped_at > clock.due_at:
            return ClockMark("超期后办的", until, "warn", "check")
        return ClockMark("按时办了", until, "", "check")
    if clock.paused_at is not None:
        return ClockMark("暂停，没有在算", until, "info", "player-pause")
    if clock.due_at <= at:
        return ClockMark(_over(clock.due_at, at), until, "danger", "alert-triangle")
    days = (last_day(clock.due_at) - day_of(at)).days
    words = "今天到期" if days == 0 else "明天到期" if days == 1 else f"还有 {days} 天"
    pressing = days == 0 or at - clock.started_at >= SOON * (clock.due_at - clock.started_at)
    return ClockMark(words, until, "warn" if pressing else "open", "clock-exclamation" if pressing else "clock")


def _over(since: datetime, until: datetime) -> str:
    hours = int((until - since).total_seconds() // 3600)
    if hours < 1:
        return "刚刚超期"
    return f"超期 {hours} 小时" if hours < 24 else f"超期 {hours // 24} 天"
