"""How the things that hand out seats put what happened to a claim into words.

`app.py` registers one `SeatOwner` for each kind; seats write the notice, so no path can forget it.
"""

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from server.seats.models import OwnerKind


class Change(StrEnum):
    """What happened to a claim."""

    SIGNED = "signed"
    """Got a seat at once."""
    QUEUED = "queued"
    """Joined the waiting list."""
    PROMOTED = "promoted"
    """Got a seat from the waiting list."""
    CANCELLED = "cancelled"
    """Was given up by its holder."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A notice to the holder, in plain Chinese."""

    kind: str
    title: str
    body: str
    link: str


class SeatOwner(Protocol):
    """Finds the words. Called inside the transaction of the change; must not write."""

    def wording(self, change: Change, *, scope_id: uuid.UUID, position: int | None) -> Wording:
        """The notice about one change.

        Args:
            scope_id: what the seat is of.
            position: place on the waiting list, counted from 1; only for `QUEUED`.
        """
        ...


_owners: dict[OwnerKind, SeatOwner] = {}


def register_owner(kind: OwnerKind, owner: SeatOwner) -> None:
    """Tell seats whom to ask for words."""
    _owners[kind] = owner


def owner_of(kind: OwnerKind) -> SeatOwner:
    """Whom to ask for words.

    Raises:
        KeyError: nobody was registered for this kind.
    """
    return _owners[kind]
