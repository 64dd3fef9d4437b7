"""Numbers by month and place, and sums of them, as far as they may be shown."""

import uuid
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Generic, TypeVar

from msgspec import Struct

from server.cases.figures.asked import Key
from server.cases.figures.promises import Paused, Promised
from server.cases.figures.rules import hidden, is_small

S = TypeVar("S", bound=Struct)
P = TypeVar("P", bound=Hashable)
"""What numbers are told apart by besides the month: mostly the place."""
NEVER_PAUSED = Paused(people=0, promises=0, median=0.0)


class Shown(Generic[P, S]):
    """What may be shown of numbers by month and place, and of their sums."""

    def __init__(
        self, nothing: S, months: Sequence[date], counted: Mapping[tuple[date, P], S], *, sizes: Sequence[str]
    ) -> None:
        """
        Args:
            sizes: names of the numbers that say how many persons are behind.
        """
        self._nothing = nothing
        self._months = months
        self._counted = counted
        self._small: set[date] = set()
        self._hidden: set[tuple[date, P]] = set()
        for month in months:
            of_month = {key: one for key, one in counted.items() if key[0] == month}
            for size in sizes:
                people = {key: int(getattr(one, size)) for key, one in of_month.items()}
                if is_small(sum(people.values())):
                    self._small.add(month)
                self._hidden |= hidden(people)
            if month in self._small:
                self._hidden |= set(of_month)

    def at(self, month: date | None, place: P | str) -> S | None:
        """The numbers of a month, or of all (None), and of a place, or of all ("")."""
        left_out, shown = self._parts(month, place)
        if left_out and not shown:
            return None
        return _added(self._nothing, shown)

    def hides(self, key: tuple[date, P]) -> bool:
        """Whether the numbers of one month and place are hidden."""
        return key in self._hidden

    def left_out(self, month: date | None, place: P | str) -> int:
        """How many months a sum over months is without."""
        return 0 if month is not None else self._parts(month, place)[0]

    def _parts(self, month: date | None, place: P | str) -> tuple[int, list[S]]:
        """How many months are hidden, and what is to be added of the others."""
        months = self._months if month is None else [month]
        if isinstance(place, str):
            shown = [one for key, one in self._counted.items() if key[0] in months and key[0] not in self._small]
            return len(self._small.intersection(months)), shown
        keys = [(one, place) for one in months if (one, place) in self._counted]
        return (
            sum(key in self._hidden for key in keys),
            [self._counted[key] for key in keys if key not in self._hidden],
        )


class ShownPauses:
    """What may be shown of pauses. A median of many cannot be added: a sum of which a part is hidden is hidden too."""

    def __init__(
        self,
        months: Sequence[date],
        counted: Mapping[tuple[date | None, uuid.UUID | str], Paused],
        kept: Shown[uuid.UUID, Promised],
    ) -> None:
        """
        Args:
            counted: with their sums, as `promises.median_pauses` returns them.
            kept: the promises that paused: of what is hidden there nothing is shown here.
        """
        self._counted = counted
        people: dict[Key, int] = {
            (month, place): one.people
            for (month, place), one in counted.items()
            if month is not None and not isinstance(place, str)
        }
        self._hidden = {key for key in people if kept.hides(key)}
        for month in months:
            self._hidden |= hidden({key: number for key, number in people.items() if key[0] == month})

    def at(self, month: date | None, place: uuid.UUID | str) -> Paused | None:
        """The pauses of a month, or of all (None), and of a place, or of all ("")."""
        for of_month, of_place in self._hidden:
            if month in (None, of_month) and place in ("", of_place):
                return None
        return self._counted.get((month, place), NEVER_PAUSED)


def _added(nothing: S, parts: Sequence[S]) -> S:
    names = nothing.__struct_fields__
    return type(nothing)(**{name: sum(getattr(part, name) for part in parts) for name in names})
