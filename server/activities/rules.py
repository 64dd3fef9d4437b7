"""When one can sign up, what an activity's state is called, what who waits may hope for. Pure: the time comes in."""

from collections.abc import Iterable, Set
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


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


class Times(Struct, frozen=True):
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


def priority_of(worker_group: str | None, *, waiting_first: Set[str] | None) -> int:
    """Where somebody doing this work stands on the waiting list: smaller first, equals by the time of joining it."""
    return 0 if waiting_first is None or worker_group in waiting_first else 1


FEWEST = 3
"""From fewer earlier activities nothing is concluded."""


class Likelihood(StrEnum):
    """How likely it is to come up on the waiting list."""

    LIKELY = "likely"
    """At two of three earlier ones, or more."""
    OPEN = "open"
    UNLIKELY = "unlikely"
    """At one of three, or fewer."""
    UNKNOWN = "unknown"


class PastList(Struct, frozen=True):
    """The waiting list of something that is over."""

    came_up: int
    """How many got a seat or an offer from it."""
    left: int
    """How many still waited at the end."""


class Chance(Struct, frozen=True):
    """An estimate, and what it rests on: at `reached` of `of` earlier ones the list moved that far."""

    likelihood: Likelihood
    reached: int
    of: int


def chance_of(history: Iterable[PastList], *, position: int) -> Chance:
    """The chance of coming up from `position`, counted from 1.

    A list that ran empty before it got that far says nothing about that place and is left out.
    """
    telling = [past for past in history if past.came_up >= position or past.left > 0]
    reached = sum(past.came_up >= position for past in telling)
    if len(telling) < FEWEST:
        return Chance(Likelihood.UNKNOWN, reached, len(telling))
    if 3 * reached >= 2 * len(telling):
        likelihood = Likelihood.LIKELY
    elif 3 * reached <= len(telling):
        likelihood = Likelihood.UNLIKELY
    else:
        likelihood = Likelihood.OPEN
    return Chance(likelihood, reached, len(telling))
