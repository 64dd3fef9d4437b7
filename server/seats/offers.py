"""Offers: a seat held for who came up on the waiting list, until it is confirmed, turned down, or the time is over.

Turning one down is giving the claim up (`service.release`).
"""

import uuid

import sqlalchemy as sa

from server.core.clock import now
from server.core.db import db, transaction
from server.seats.claims import CLAIM_COLUMNS, Claim, claims, own_claim, pools
from server.seats.ledger import end, lock
from server.seats.models import ClaimState
from server.seats.owners import Change, Facts
from server.seats.promotion import PORTION, promote, tell


def confirm(*, claim_id: uuid.UUID, holder_id: uuid.UUID) -> Claim | None:
    """Take the offered seat. Doing so again changes nothing.

    Returns:
        the claim, signed if it worked; in another state there is nothing to confirm, and still offered only when
        the time is over. None for what is not theirs.
    """
    with transaction() as session:
        seen = own_claim(claim_id=claim_id, holder_id=holder_id)
        if seen is None:
            return None
        pool = lock(session, seen.pool_id)
        # Whether it is still held is certain only under the lock.
        held = own_claim(claim_id=claim_id, holder_id=holder_id)
        if held is None or held.offer_until is None or held.offer_until <= now():
            return held
        session.execute(
            claims.update().where(claims.c.id == claim_id).values(state=ClaimState.SIGNED, offer_until=None)
        )
        facts = Facts(companions=held.companions)
        tell(pool.owner, Change.CONFIRMED, scope_id=held.scope_id, holder_id=holder_id, facts=facts)
        return own_claim(claim_id=claim_id, holder_id=holder_id)


def expire() -> int:
    """Pass on every seat whose offer is over, to whoever comes next; a pool's in portions.

    Offers of a closed pool stay as they are: everybody was told that nothing comes of it.

    Returns:
        how many offers ended.
    """
    due = sa.select(claims.c.pool_id).join(pools, pools.c.id == claims.c.pool_id).where(*_over(), ~pools.c.closed)
    with transaction() as session:
        waiting_for = session.scalars(due.distinct().order_by(claims.c.pool_id)).all()
    ended = 0
    for pool_id in waiting_for:
        while portion := _expire_some(pool_id):
            ended += portion
    return ended


def _over() -> tuple[sa.ColumnElement[bool], ...]:
    return claims.c.state == ClaimState.OFFERED, claims.c.offer_until <= now()


def _expire_some(pool_id: uuid.UUID) -> int:
    with transaction() as session:
        pool = lock(session, pool_id)
        rows = session.execute(
            sa.select(*CLAIM_COLUMNS)
            .where(claims.c.pool_id == pool_id, *_over())
            .order_by(claims.c.offer_until, claims.c.id)
            .limit(PORTION)
        )
        over = [Claim(*row) for row in rows]
        if over:
            end(session, over, ClaimState.PASSED)
            for one in over:
                tell(pool.owner, Change.LAPSED, scope_id=pool.scope_id, holder_id=one.holder_id)
            promote(session, pool_id=pool_id)
        return len(over)


def open_offers(pool_id: uuid.UUID) -> int:
    """How many offers of a pool wait for an answer."""
    counted = sa.select(sa.func.count()).where(claims.c.pool_id == pool_id, claims.c.state == ClaimState.OFFERED)
    return db.session.scalar(counted) or 0
