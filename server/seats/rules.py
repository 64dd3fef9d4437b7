"""What must always hold between a pool's counters and its claims. Pure."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """One pool as it is written down, and as its claims add up, read in one snapshot."""

    pool_id: uuid.UUID
    capacity: int
    taken: int
    """The counter."""
    signed: int
    """Claims that have a seat."""
    waiting: int
    closed: bool
    numbers: Sequence[int]
    """Seat numbers of the claims that have a seat."""
    free_numbers: Sequence[int]
    """Numbers the pool keeps for reuse."""


def differences(count: Count) -> list[str]:
    """Sentences for the operator, one for each thing that does not fit; empty when all is well."""
    found = []
    if count.taken != count.signed:
        found.append(f"counter says {count.taken} taken, {count.signed} claims have a seat")
    if count.signed > count.capacity:
        found.append(f"{count.signed} claims have a seat, capacity is {count.capacity}")
    if count.waiting and count.signed < count.capacity and not count.closed:
        free = count.capacity - count.signed
        found.append(f"{count.waiting} wait while {free} seats are free")
    if sorted([*count.numbers, *count.free_numbers]) != list(
        range(1, len(count.numbers) + len(count.free_numbers) + 1)
    ):
        found.append("seat numbers in use and numbers kept for reuse do not add up to 1, 2, 3 …")
    return found
