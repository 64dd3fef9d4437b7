"""Membership: a verified worker who stands on a union's list is a member of that union."""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.core.clock import now, today
from server.core.db import db, new_id, transaction
from server.identity import roster
from server.identity.models import Worker
from server.unions.areas import DISTRICT_DIGITS
from server.unions.models import MEMBER_NUMBERS, Membership, MembershipState, TradeUnion


def membership_of(session: Session, worker_id: uuid.UUID) -> tuple[Membership, TradeUnion] | None:
    """A worker's membership and its union."""
    row = session.execute(
        sa.select(Membership, TradeUnion)
        .join(TradeUnion, TradeUnion.id == Membership.union_id)
        .where(Membership.worker_id == worker_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def admit(session: Session, *, worker_id: uuid.UUID, union: TradeUnion) -> None:
    """Make a worker a member; who is one already stays where they are."""
    sequence = session.scalar(MEMBER_NUMBERS.next_value())
    session.execute(
        insert(Membership)
        .values(
            id=new_id(),
            worker_id=worker_id,
            union_id=union.id,
            number=f"{union.area_code[:DISTRICT_DIGITS]:0<6}{sequence:07d}",
            state=MembershipState.ACTIVE,
            since=today(),
            created_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["worker_id"])
    )


def on_identity_verified(_sender: Any, *, worker_id: uuid.UUID) -> None:
    """Receiver of the signal, inside the transaction of the verification."""
    with transaction() as session:
        union_id = roster.union_of(session, session.get_one(Worker, worker_id))
        union = None if union_id is None else session.get(TradeUnion, union_id)
        if union is not None:
            admit(session, worker_id=worker_id, union=union)


def unions_by_code() -> dict[str, TradeUnion]:
    """All unions."""
    return {union.code: union for union in db.session.scalars(sa.select(TradeUnion))}
