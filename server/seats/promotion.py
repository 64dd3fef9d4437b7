"""Every path that frees a seat ends here: what is free goes to those who wait."""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.clock import now
from server.core.db import after_commit
from server.notices import service as notices
from server.seats import soldout
from server.seats.claims import claims
from server.seats.ledger import TAKE, LockedPool, lock
from server.seats.models import ClaimState, OwnerKind
from server.seats.owners import Change, Facts, owner_of
from server.seats.rules import fitting, offer_until

PORTION = 15
"""So many claims are changed in one transaction where hundreds are to be: who signs up meanwhile waits that long."""

_NEXT = (
    sa.select(claims.c.id, claims.c.holder_id, claims.c.companions)
    .where(
        claims.c.pool_id == sa.bindparam("pool_id"),
        claims.c.state == ClaimState.WAITING,
        claims.c.companions < sa.bindparam("free"),
    )
    .order_by(claims.c.priority, claims.c.queued_at, claims.c.id)
    .limit(sa.bindparam("free"))
)
_SERVE = sa.text(
    """
    UPDATE seat_claim
       SET state = :state, seat_no = served.seat_no, offer_until = :offer_until, promoted_at = :promoted_at
      FROM unnest(CAST(:ids AS uuid[]), CAST(:numbers AS integer[])) AS served (id, seat_no)
     WHERE seat_claim.id = served.id
    """
)


def promote(session: Session, *, pool_id: uuid.UUID) -> int:
    """Hand what is free to those who wait: by priority, and then in the order of joining the waiting list.

    Whoever needs more seats than are free is passed over and keeps the place. Nobody comes up once it has begun.

    Returns:
        how many came up.
    """
    promoted = 0
    while (waiting := _who_fits(session, pool := lock(session, pool_id))) and _is_to_come(pool):
        _serve(session, pool, waiting)
        promoted += len(waiting)
    after_commit(lambda: soldout.lower_flag(pool_id=pool_id))
    return promoted


def tell(
    owner: OwnerKind, change: Change, *, scope_id: uuid.UUID, holder_id: uuid.UUID, facts: Facts | None = None
) -> None:
    """Write the notice of a change into its transaction, in the owner's words."""
    words = owner_of(owner).wording(change, scope_id=scope_id, facts=facts or Facts())
    notices.notify(worker_id=holder_id, kind=words.kind, title=words.title, body=words.body, link=words.link)


def _who_fits(session: Session, pool: LockedPool) -> list[sa.Row[Any, Any, Any]]:
    free = pool.capacity - pool.taken
    if pool.closed or free <= 0:
        return []
    rows = session.execute(_NEXT, {"pool_id": pool.id, "free": free}).all()
    return [rows[place] for place in fitting(free, (1 + row.companions for row in rows))]


def _is_to_come(pool: LockedPool) -> bool:
    return now() < owner_of(pool.owner).begins_at(pool.scope_id)


def _serve(session: Session, pool: LockedPool, waiting: Sequence[sa.Row[Any, Any, Any]]) -> None:
    at = now()
    until = offer_until(at, begins_at=owner_of(pool.owner).begins_at(pool.scope_id)) if pool.offers else None
    seats = sum(1 + row.companions for row in waiting)
    taken = session.execute(TAKE, {"pool_id": pool.id, "seats": seats, "claims": len(waiting)}).scalar()
    assert taken is not None, "the row is locked and had room"
    session.execute(
        _SERVE,
        {
            "ids": [row.id for row in waiting],
            "numbers": pool.next_numbers(len(waiting)),
            "state": (ClaimState.OFFERED if pool.offers else ClaimState.SIGNED).value,
            "offer_until": until,
            "promoted_at": at,
        },
    )
    change = Change.OFFERED if pool.offers else Change.PROMOTED
    for row in waiting:
        facts = Facts(until=until, companions=row.companions)
        tell(pool.owner, change, scope_id=pool.scope_id, holder_id=row.holder_id, facts=facts)
