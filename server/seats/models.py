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
    OFFERED = "offered"
    """Has come up on the waiting list; the seat is held until `offer_until` and has to be confirmed."""
    CANCELLED = "cancelled"
    """Given up by its holder, or taken away by the staff."""
    PASSED = "passed"
    """The offer was turned down or ran out; the seat went on."""


HOLDING = (ClaimState.SIGNED, ClaimState.OFFERED)
"""States that hold seats of the pool."""

HOLDING_SQL = "state IN ('signed', 'offered')"

LIVING = (ClaimState.SIGNED, ClaimState.OFFERED, ClaimState.WAITING)
"""States in which a holder has a claim, best first; at most one of them in a scope."""

LIVING_SQL = "state IN ('signed', 'waiting', 'offered')"
"""The same as a condition, word for word that of the partial index."""

MOST_COMPANIONS = 2
"""Whom one person may bring."""


class SeatPool(Base):
    """So many seats of one kind.

    `taken` is only ever changed by the conditional updates in `ledger`; the constraint is the second lock on the door.
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
    offers: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Who comes up on the waiting list is asked first; otherwise the seat is theirs at once."""
    closed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Hands out nothing any more, whatever is free."""
    parties: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many claims the taken seats belong to. A claim has one number, however many it brings."""
    last_no: Mapped[int] = mapped_column(default=0, server_default="0")
    """The number handed out last."""
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
            postgresql_where=sa.text(HOLDING_SQL),
        ),
        sa.Index(
            "ix_seat_claim_waiting",
            "pool_id",
            "priority",
            "queued_at",
            "id",
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index("ix_seat_claim_offer_until", "offer_until", postgresql_where=sa.text("state = 'offered'")),
        sa.Index("ix_seat_claim_holder_id", "holder_id", "id"),
        sa.CheckConstraint(f"NOT {HOLDING_SQL} OR seat_no IS NOT NULL", name="seat_has_a_number"),
        sa.CheckConstraint("state <> 'waiting' OR queued_at IS NOT NULL", name="waiting_has_a_time"),
        sa.CheckConstraint("(state = 'offered') = (offer_until IS NOT NULL)", name="offer_has_an_end"),
        sa.CheckConstraint(f"companions BETWEEN 0 AND {MOST_COMPANIONS}", name="companions_few"),
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
    companions: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
    """How many the holder brings; each takes a seat."""
    promoted_at: Mapped[datetime | None]
    """When the waiting list gave a seat or an offer; tells later ones how far it moves."""
    offer_until: Mapped[datetime | None]
    """Until then the offered seat is held; None unless offered."""
    seat_no: Mapped[int | None]
    created_at: Mapped[CreatedAt]


class SeatAlarm(Base):
    """Counters and claims of a pool that did not fit. Kept, also when they fit again: a person has to know why."""

    __tablename__ = "seat_alarm"
    __table_args__ = (
        sa.Index("uq_seat_alarm_open", "pool_id", "what", unique=True, postgresql_where=sa.text("gone_at IS NULL")),
    )

    id: Mapped[Id]
    pool_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("seat_pool.id"))
    what: Mapped[str]
    """The difference, for the operator."""
    found_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    """When a later look did not find it any more."""
