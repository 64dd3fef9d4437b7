"""Comparing every pool's counters with its claims. Finds and says; repairs nothing, since a person has to know why."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.postgresql import insert

from server.core.clock import now
from server.core.db import db, transaction
from server.seats.claims import claims, pools
from server.seats.models import HOLDING, ClaimState, SeatAlarm
from server.seats.owners import owner_of
from server.seats.rules import GRACE, Count, differences

AT_ONCE = 500
"""Pools read by one statement, so that memory does not grow with the years."""


class Finding(Struct, frozen=True):
    """A pool whose books do not add up."""

    pool_id: uuid.UUID
    what: str


def verify() -> tuple[int, list[Finding]]:
    """Check all pools. Each is read in one statement, hence in one snapshot: sign-ups may go on meanwhile.

    Returns:
        how many pools were looked at, and what does not fit.
    """
    looked_at, found = 0, list[Finding]()
    last = uuid.UUID(int=0)
    while counts := _counts(after=last):
        looked_at += len(counts)
        found += [Finding(count.pool_id, what) for count in counts for what in differences(count)]
        last = counts[-1].pool_id
    return looked_at, found


def _counts(*, after: uuid.UUID) -> list[Count]:
    some = sa.select(pools).where(pools.c.id > after).order_by(pools.c.id).limit(AT_ONCE).subquery()
    holds, waits = claims.c.state.in_(HOLDING), claims.c.state == ClaimState.WAITING
    overdue = sa.and_(claims.c.state == ClaimState.OFFERED, claims.c.offer_until < now() - GRACE)
    size = claims.c.companions + 1
    rows = db.session.execute(
        sa.select(
            some.c.id,
            some.c.owner,
            some.c.scope_id,
            some.c.capacity,
            some.c.taken,
            some.c.parties,
            some.c.closed,
            some.c.free_nos,
            sa.func.coalesce(sa.func.sum(size).filter(holds), 0).label("held"),
            sa.func.count().filter(holds).label("holding"),
            sa.func.count().filter(waits).label("waiting"),
            sa.func.min(size).filter(waits).label("smallest_waiting"),
            sa.func.count().filter(overdue).label("overdue"),
            sa.func.coalesce(sa.func.array_agg(claims.c.seat_no).filter(holds), sa.text("'{}'")).label("numbers"),
        )
        .outerjoin(claims, claims.c.pool_id == some.c.id)
        .group_by(*some.c)
        .order_by(some.c.id)
    ).all()
    return [
        Count(
            pool_id=row.id,
            capacity=row.capacity,
            taken=row.taken,
            parties=row.parties,
            held=row.held,
            holding=row.holding,
            waiting=row.waiting,
            smallest_waiting=row.smallest_waiting,
            overdue=row.overdue,
            # Only whoever still waits can be kept waiting wrongly.
            closed=row.closed or (row.waiting > 0 and owner_of(row.owner).begins_at(row.scope_id) <= now()),
            numbers=row.numbers,
            free_numbers=row.free_nos,
        )
        for row in rows
    ]


def note(findings: Sequence[Finding]) -> None:
    """Keep an alarm for each difference that has none yet; those that were not found again are marked as gone."""
    with transaction() as session:
        known = {(finding.pool_id, finding.what) for finding in findings}
        if known:
            session.execute(
                insert(SeatAlarm).on_conflict_do_nothing(),
                [{"pool_id": pool_id, "what": what, "found_at": now()} for pool_id, what in known],
            )
        open_ = session.execute(
            sa.select(SeatAlarm.id, SeatAlarm.pool_id, SeatAlarm.what).where(SeatAlarm.gone_at.is_(None))
        )
        gone = [row.id for row in open_ if (row.pool_id, row.what) not in known]
        # A statement takes 65,535 values at most; a night on which nothing fits must be noted too.
        for first in range(0, len(gone), AT_ONCE):
            some = SeatAlarm.id.in_(gone[first : first + AT_ONCE])
            session.execute(sa.update(SeatAlarm).where(some).values(gone_at=now()))


def seat_warnings() -> list[str]:
    """For /status."""
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.count(SeatAlarm.pool_id.distinct())).where(SeatAlarm.gone_at.is_(None))
    ).one()
    return [f"{row[1]} 个名额池的账对不上（{row[0]} 处）：flask seats verify"] if row[0] else []
