"""Moments as tests write them."""

from collections.abc import Callable
from datetime import datetime

from server.core.clock import SHANGHAI

Freeze = Callable[[datetime], None]
"""The fixture `freeze`: from now on the service's clock stands at this instant."""

FRIDAY = datetime(2026, 3, 13, 10, 0, tzinfo=SHANGHAI)
"""A working day without holidays around it."""


def at(text: str) -> datetime:
    """An instant of Shanghai's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
