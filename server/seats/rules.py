"""How long an offer stands, who comes up next, and what must hold between counters and claims. Pure."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from msgspec import Struct

from server.core.clock import SHANGHAI

OFFER = timedelta(hours=2)
SOON = timedelta(hours=24)
"""What begins in less is soon: an offer for it is short."""
SHORT_OFFER = timedelta(minutes=30)
NIGHT_BEGINS = time(22)
NIGHT_ENDS = time(7)
GRACE = timedelta(minutes=10)
"""An offer that ran out longer ago than this and still holds a seat says that the job does not run."""


def offer_until(now: datetime, *, begins_at: datetime) -> datetime:
    """Until when a seat offered at `now` is held, in the zone of `now`.

    The night from 22:00 to 07:00 in Shanghai does not count: what it cuts off is added in the morning. Nothing is held
    beyond the beginning, the one thing that may end an offer at night.
    """
    asked = now.astimezone(SHANGHAI)
    if _is_night(asked):
        asked = _morning(asked)
    until = asked + (SHORT_OFFER if begins_at - now < SOON else OFFER)
    if _is_night(until):
        until = _morning(until) + (until - until.replace(hour=22, minute=0, second=0, microsecond=0))
    return min(until, begins_at).astimezone(now.tzinfo)


def _is_night(local: datetime) -> bool:
    return local.time() >= NIGHT_BEGINS or local.time() < NIGHT_ENDS


def _morning(local: datetime) -> datetime:
    """The end of the night that `local` lies in."""
    day = local.date() + timedelta(days=local.time() >= NIGHT_BEGINS)
    return datetime.combine(day, NIGHT_ENDS, SHANGHAI)


def fitting(free: int, sizes: Iterable[int]) -> list[int]:
    """Who is served of those who wait, given in their order: everybody who still fits; who does not is passed over.

    Args:
        free: seats.
        sizes: how many seats each needs.

    Returns:
        their places in `sizes`.
    """
    served = []
    for place, size in enumerate(sizes):
        if size <= free:
            served.append(place)
            free -= size
    return served


class Count(Struct, frozen=True):
    """One pool as it is written down, and as its claims add up, read in one snapshot."""

    pool_id: uuid.UUID
    capacity: int
    taken: int
    """The counter."""
    parties: int
    """The counter of claims that hold seats."""
    held: int
    """Seats of the claims that hold some: signed and offered, companions included."""
    holding: int
    """How many claims that are."""
    waiting: int
    smallest_waiting: int | None
    """Seats that the smallest waiting claim needs."""
    overdue: int
    """Offers that ran out longer than `GRACE` ago."""
    closed: bool
    """Hands out nothing any more, or what it is for has begun."""
    numbers: Sequence[int]
    """Seat numbers of the claims that have a seat."""
    free_numbers: Sequence[int]
    """Numbers the pool keeps for reuse."""


def differences(count: Count) -> list[str]:
    """Sentences for the operator, one for each thing that does not fit; empty when all is well."""
    found = []
    if count.taken != count.held:
        found.append(f"counter says {count.taken} taken, {count.held} seats belong to claims")
    if count.parties != count.holding:
        found.append(f"counter says {count.parties} claims hold seats, {count.holding} do")
    if count.held > count.capacity:
        found.append(f"{count.held} seats belong to claims, capacity is {count.capacity}")
    free = count.capacity - count.held
    if count.smallest_waiting is not None and count.smallest_waiting <= free and not count.closed:
        found.append(f"{count.waiting} wait while {free} seats are free")
    if count.overdue and not count.closed:
        found.append(f"{count.overdue} offers ran out and still hold seats: does the worker run?")
    if sorted([*count.numbers, *count.free_numbers]) != list(
        range(1, len(count.numbers) + len(count.free_numbers) + 1)
    ):
        found.append("seat numbers in use and numbers kept for reuse do not add up to 1, 2, 3 …")
    return found
