"""Moments as tests write them."""

from datetime import datetime

from server.core.clock import SHANGHAI


def at(text: str) -> datetime:
    """An instant of Shanghai's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
