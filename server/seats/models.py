"""Pools of seats and the claims on them."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, CreatedAt, Id, enum_column


class OwnerKind(StrEnum):
    """What hands out the seats of a pool; finds the words for notices (`owners`)."""

    ACTIVITY = "activity"


class ClaimState(StrEnum):
    """How a claim stands."""

    SIGNED = "signed"
    """Has a seat."""
    WAITING = "waiting"
    """Stands on the waiting list."""
    CANCELLED = "cancelled"
    """Given up by its holder."""


LIVING = (ClaimState.SIGNED, ClaimState.WAITING)
"""States in which a holder has a claim; at most one of them in a scope."""

LIVING_SQL = "state IN ('signed', 'waiting')"
"""The same as a condition, word for word that of the partial index."""


class SeatPool(Base):
    """So many seats of one kind.

    `taken` is only ever changed by the conditional updates in `service`; the constraint is the second lock on the door.
    A pool's row is locked before any of its claims is changed, always in this order.
    """

    __tablename__ = "seat_pool"
    __table_args__ = (
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name="taken_within_capacity"),
        sa.Index("ix_seat_pool_scope_id", "scope_id"),
    )

    id: Mapped[Id]
    owner: Mapped[OwnerKind] = mapped_column(enum_column(OwnerKind))
    scope_id: Mapped[uuid.UUID]
    """The thing of which one holder may hold one seat: an activity, over all of its groups."""
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0, server_default="0")
    waiting_enabled: Mapped[bool]
    closed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Hands out nothing any more, whatever is free."""
    last_no: Mapped[int] = mapped_column(default=0, server_default="0")
    """The seat number handed out last."""
    free_nos: Mapped[list[int]] = mapped_column(ARRAY(sa.Integer), default=list, server_default="{}")
    """Numbers that were given back and wait for a new holder, before fresh ones are used."""
    created_at: Mapped[CreatedAt]


class SeatClaim(Base):
    """One holder's claim on one pool."""

    __tablename__ = "seat_claim"
    __table_args__ = (
        # One living claim of a holder in a scope, whatever runs at the same time.
        sa.Index(
            "uq_seat_claim_living",
            "scope_id",
            "holder_id",
            unique=True,
            postgresql_where=sa.text(LIVING_SQL),
        ),
        sa.Index(
            "uq_seat_claim_seat_no",
            "pool_id",
            "seat_no",
            unique=True,
            postgresql_where=sa.text("state = 'signed'"),
        ),
        sa.Index(
            "ix_seat_claim_waiting",
            "pool_id",
            "priority",
            "queued_at",
            "id",
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index("ix_seat_claim_holder_id", "holder_id", "id"),
        sa.CheckConstraint("state <> 'signed' OR seat_no IS NOT NULL", name="signed_has_a_number"),
        sa.CheckConstraint("state <> 'waiting' OR queued_at IS NOT NULL", name="waiting_has_a_time"),
    )

    id: Mapped[Id]
    pool_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("seat_pool.id"))
    scope_id: Mapped[uuid.UUID]
    """The pool's, repeated here so that an index can hold the rule."""
    holder_id: Mapped[uuid.UUID]
    state: Mapped[ClaimState] = mapped_column(enum_column(ClaimState))
    priority: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
    """Smaller is served first."""
    queued_at: Mapped[datetime | None]
    """When the waiting list was joined, by the database's clock; None for who got a seat at once."""
    seat_no: Mapped[int | None]
    created_at: Mapped[CreatedAt]
