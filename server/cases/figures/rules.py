"""Which numbers are too small to be shown, and sums that give none of them away."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

LEAST = 5
"""Persons behind a number that is shown."""


def hidden(people: Mapping[K, int]) -> frozenset[K]:
    """Of the parts of one sum that is shown, those that must not be.

    A part of 1 to 4 persons is hidden. As the sum less what is shown would tell what is hidden, the smallest of the
    others are hidden with it, until at least two parts and five persons are.

    Args:
        people: how many are behind each part.
    """
    found = {key for key, number in people.items() if 0 < number < LEAST}
    others = sorted((key for key, number in people.items() if number >= LEAST), key=lambda key: people[key])
    while found and others and (len(found) < 2 or sum(people[key] for key in found) < LEAST):
        found.add(others.pop(0))
    return frozenset(found)


def is_small(people: int) -> bool:
    """Whether a sum must not be shown itself."""
    return 0 < people < LEAST


def rate(part: int, whole: int) -> float | None:
    """`part / whole`; None of nothing."""
    return part / whole if whole else None
