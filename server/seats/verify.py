"""Comparing every pool's counters with its claims. Finds and says; repairs nothing, since a person has to know why."""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from server.core.db import db
from server.seats.claims import claims, pools
from server.seats.models import ClaimState
from server.seats.rules import Count, differences


@dataclass(frozen=True, slots=True)
class Finding:
    """A pool whose books do not add up."""

    pool_id: uuid.UUID
    what: str


def verify() -> tuple[int, list[Finding]]:
    """Check all pools in one statement, hence in one snapshot: sign-ups may go on meanwhile.

    Returns:
        how many pools were looked at, and what does not fit.
    """
    signed = claims.c.state == ClaimState.SIGNED
    rows = db.session.execute(
        sa.select(
            pools.c.id,
            pools.c.capacity,
            pools.c.taken,
            sa.func.count().filter(signed),
            sa.func.count().filter(claims.c.state == ClaimState.WAITING),
            pools.c.closed,
            sa.func.coalesce(sa.func.array_agg(claims.c.seat_no).filter(signed), sa.text("'{}'")),
            pools.c.free_nos,
        )
        .outerjoin(claims, claims.c.pool_id == pools.c.id)
        .group_by(pools.c.id)
        .order_by(pools.c.id)
    ).all()
    findings = [Finding(row[0], what) for row in rows for what in differences(Count(*row))]
    return len(rows), findings
