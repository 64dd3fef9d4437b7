"""How the things that hand out seats put what happened to a claim into words.

`app.py` registers one `SeatOwner` for each kind; seats write the notice, so no path can forget it.
"""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from server.notices.worded import Worded
from server.seats.models import OwnerKind


class Change(StrEnum):
    """What happened to a claim."""

    SIGNED = "signed"
    """Got a seat at once."""
    QUEUED = "queued"
    """Joined the waiting list."""
    PROMOTED = "promoted"
    """Got a seat from the waiting list."""
    OFFERED = "offered"
    """Came up on the waiting list and has to say whether the seat is wanted."""
    CONFIRMED = "confirmed"
    """Took the offered seat."""
    PASSED = "passed"
    """Turned the offered seat down."""
    LAPSED = "lapsed"
    """Said nothing until the offer ran out."""
    CANCELLED = "cancelled"
    """Was given up by its holder."""
    REMOVED = "removed"
    """Was taken away by the staff."""


class Facts(Struct, frozen=True):
    """What the words may need to say."""

    position: int | None = None
    """Place on the waiting list, counted from 1; only for `QUEUED`."""
    companions: int = 0
    until: datetime | None = None
    """How long the seat is held; only for `OFFERED`."""
    reason: str | None = None
    """Why, in Chinese; only for `REMOVED`."""


class Wording(Struct, frozen=True):
    """A notice to the holder, in plain Chinese."""

    kind: str
    title: str
    body: Worded
    link: str


class SeatOwner(Protocol):
    """Finds the words and knows the time. Called inside the transaction of the change; must not write."""

    def begins_at(self, scope_id: uuid.UUID) -> datetime:
        """When what the seats are of begins; from then on nobody comes up on the waiting list."""
        ...

    def wording(self, change: Change, *, scope_id: uuid.UUID, facts: Facts) -> Wording:
        """The notice about one change of a claim on a seat of `scope_id`."""
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
