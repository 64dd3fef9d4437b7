"""When one can sign up, and what an activity's state is called. Pure: the time comes in."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """What a worker sees."""

    SOON = "soon"
    """Signing up has not begun."""
    OPEN = "open"
    """One can sign up now, if a seat is left."""
    CLOSED = "closed"
    """Signing up is over, the activity is not."""
    PAST = "past"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Times:
    """The instants that decide, all aware."""

    opens_at: datetime
    closes_at: datetime
    cancel_until: datetime
    ends_at: datetime


def status_at(now: datetime, *, times: Times, cancelled: bool) -> Status:
    """What the activity is called at `now`. Bounds belong to what begins at them."""
    if cancelled:
        return Status.CANCELLED
    if now >= times.ends_at:
        return Status.PAST
    if now < times.opens_at:
        return Status.SOON
    return Status.OPEN if now < times.closes_at else Status.CLOSED


def may_give_up(now: datetime, *, times: Times) -> bool:
    """Whether a seat can still be given up in the app."""
    return now < times.cancel_until


def is_for(worker_group: str | None, *, worker_groups: Set[str] | None) -> bool:
    """Whether somebody doing this work may take seats meant for `worker_groups` (None: for everybody)."""
    return worker_groups is None or worker_group in worker_groups
