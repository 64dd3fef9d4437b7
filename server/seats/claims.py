"""Reading claims and counters. Nothing here locks; what is decided on it is decided again under a lock."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core.db import db
from server.seats.models import LIVING_SQL, ClaimState, SeatClaim, SeatPool

pools = cast(sa.Table, SeatPool.__table__)
claims = cast(sa.Table, SeatClaim.__table__)


class Claim(Struct, frozen=True):
    """A claim as others see it."""

    id: uuid.UUID
    pool_id: uuid.UUID
    scope_id: uuid.UUID
    holder_id: uuid.UUID
    state: ClaimState
    seat_no: int | None
    companions: int
    offer_until: datetime | None
    created_at: datetime
    position: int | None
    """Place on the waiting list, counted from 1; None unless waiting."""

    @property
    def seats(self) -> int:
        """How many seats it takes or would take."""
        return 1 + self.companions


class Counters(Struct, frozen=True):
    """A pool's numbers at one moment."""

    capacity: int
    left: int
    """What can still be taken; 0 once the pool is closed."""


def _position() -> sa.ScalarSelect[Any]:
    ahead = claims.alias("ahead")
    return (
        sa.select(sa.func.count() + 1)
        .select_from(ahead)
        .where(
            ahead.c.pool_id == claims.c.pool_id,
            ahead.c.state == ClaimState.WAITING,
            sa.tuple_(ahead.c.priority, ahead.c.queued_at, ahead.c.id)
            < sa.tuple_(claims.c.priority, claims.c.queued_at, claims.c.id),
        )
        .correlate(claims)
        .scalar_subquery()
    )


CLAIM_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    claims.c.id,
    claims.c.pool_id,
    claims.c.scope_id,
    claims.c.holder_id,
    claims.c.state,
    claims.c.seat_no,
    claims.c.companions,
    claims.c.offer_until,
    claims.c.created_at,
    sa.case((claims.c.state == ClaimState.WAITING, _position())).label("position"),
)
"""In the order of `Claim`'s fields."""

_LIVING = sa.text(LIVING_SQL)

# Built once: putting a statement of this size together costs as much as running it.
_LIVING_CLAIM = sa.select(*CLAIM_COLUMNS).where(
    claims.c.scope_id == sa.bindparam("scope_id"), claims.c.holder_id == sa.bindparam("holder_id"), _LIVING
)
_LAST_CLAIM = (
    sa.select(*CLAIM_COLUMNS)
    .where(claims.c.scope_id == sa.bindparam("scope_id"), claims.c.holder_id == sa.bindparam("holder_id"))
    .order_by(claims.c.state.in_([ClaimState.CANCELLED, ClaimState.PASSED]), claims.c.id.desc())
    .limit(1)
)

_HOLDERS = sa.select(claims.c.holder_id).where(claims.c.scope_id == sa.bindparam("scope_id"), _LIVING)


def living_claim(*, scope_id: uuid.UUID, holder_id: uuid.UUID) -> Claim | None:
    """What a holder has in a scope right now."""
    row = db.session.execute(_LIVING_CLAIM, {"scope_id": scope_id, "holder_id": holder_id}).first()
    return None if row is None else Claim(*row)


def last_claim(*, scope_id: uuid.UUID, holder_id: uuid.UUID) -> Claim | None:
    """A holder's living claim in a scope, else the one given up last."""
    row = db.session.execute(_LAST_CLAIM, {"scope_id": scope_id, "holder_id": holder_id}).first()
    return None if row is None else Claim(*row)


def own_claim(*, claim_id: uuid.UUID, holder_id: uuid.UUID) -> Claim | None:
    """A holder's claim by its id; None for what is not theirs."""
    row = db.session.execute(
        sa.select(*CLAIM_COLUMNS).where(claims.c.id == claim_id, claims.c.holder_id == holder_id)
    ).first()
    return None if row is None else Claim(*row)


def positions(claim_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Places on their waiting lists of those claims that wait, in one query."""
    rows = db.session.execute(
        sa.select(claims.c.id, _position()).where(
            claims.c.id.in_(list(claim_ids)), claims.c.state == ClaimState.WAITING
        )
    )
    return {row[0]: row[1] for row in rows}


def holders(session: Session, *, scope_id: uuid.UUID) -> list[uuid.UUID]:
    """Everybody with a living claim in a scope."""
    return list(session.execute(sa.select(claims.c.holder_id).where(claims.c.scope_id == scope_id, _LIVING)).scalars())


def counters(pool_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Counters]:
    """The numbers of several pools, in one query."""
    left = sa.case((pools.c.closed, 0), else_=pools.c.capacity - pools.c.taken)
    rows = db.session.execute(sa.select(pools.c.id, pools.c.capacity, left).where(pools.c.id.in_(list(pool_ids))))
    return {pool_id: Counters(capacity, free) for pool_id, capacity, free in rows}
