"""Pure: when a message is tried again."""

from datetime import datetime, timedelta

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
"""After the first failure, the second, …; then every hour for as long as it takes."""


def next_try(at: datetime, *, tries: int) -> datetime:
    """When a message that failed for the `tries`-th time is tried again."""
    return at + PAUSES[min(tries, len(PAUSES)) - 1]
