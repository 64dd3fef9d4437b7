"""Links new acts into the chain, in the order in which they were committed.

Each run takes every act that it can see and that has no link yet. An act is therefore sealed by the first run after
its commit, however long its transaction took, and never before one that an earlier run could have seen. To look at
few rows only, a run remembers its horizon: transactions below it had ended, so later runs need not look there again.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.audit import AuditEvent, witness
from server.core.audit.chain import (
    BEFORE_THE_FIRST,
    DETAIL,
    EVENT,
    HEAD,
    AuditLink,
    AuditSegment,
    detail_bytes,
    event_bytes,
    head_bytes,
)
from server.core.crypto import keyed_hmac
from server.core.db import after_commit, transaction

AT_ONCE = 1000
"""Acts in one segment, at most."""
_LOCK = 7_240_001
"""Of the sealer: two at once would make two chains."""


def seal(*, at_once: int = AT_ONCE) -> int:
    """Seal what is there; returns how many acts. Nothing while another sealer is at work."""
    with transaction() as session:
        if not session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))):
            return 0
        # Before the acts are read: what is missing from their snapshot is then not below the horizon.
        horizon = present_horizon(session)
        at = session.execute(sa.select(sa.func.now())).scalar_one()
        last = last_segment(session)
        # Of before this run: its own horizon would hide what its first segment had no room for.
        waiting = without_link(last, horizon)
        sealed = 0
        while acts := _some(session, waiting, at_once):
            last = _append(session, last, acts, at=at, horizon=horizon)
            sealed += len(acts)
        if sealed and last is not None:
            after_commit(partial(witness.note, number=last.number, head=last.head))
    return sealed


def present_horizon(session: Session) -> int:
    """Every transaction with a smaller number has ended."""
    oldest: sa.ColumnElement[int] = sa.literal_column(
        "pg_snapshot_xmin(pg_current_snapshot())::text::bigint", sa.BigInteger
    )
    return session.execute(sa.select(oldest)).scalar_one()


def last_segment(session: Session) -> AuditSegment | None:
    """Where the chain ends."""
    return session.scalar(sa.select(AuditSegment).order_by(AuditSegment.number.desc()).limit(1))


def without_link(last: AuditSegment | None, horizon: int) -> sa.ColumnElement[bool]:
    """The condition for acts that wait for the sealer.

    Args:
        horizon: the present one. Below that of the last run, it is another server's, after a restore: look everywhere.
    """
    no_link = ~sa.exists().where(AuditLink.event_id == AuditEvent.id)
    if last is None or horizon < last.horizon:
        return no_link
    return sa.and_(AuditEvent.xid >= last.horizon, no_link)


def _some(session: Session, waiting: sa.ColumnElement[bool], most: int) -> Sequence[AuditEvent]:
    acts = sa.select(AuditEvent).where(waiting).order_by(AuditEvent.xid, AuditEvent.id).limit(most)
    return session.scalars(acts).all()


def _append(
    session: Session, last: AuditSegment | None, acts: Sequence[AuditEvent], *, at: datetime, horizon: int
) -> AuditSegment:
    links = [
        (
            act.id,
            keyed_hmac(event_bytes(act), purpose=EVENT),
            keyed_hmac(detail_bytes(act.id, act.detail or {}), purpose=DETAIL),
        )
        for act in acts
    ]
    segment = AuditSegment(
        number=1 if last is None else last.number + 1,
        sealed_at=at,
        horizon=horizon,
        events=len(acts),
        first_at=min(act.at for act in acts),
        last_at=max(act.at for act in acts),
    )
    before = BEFORE_THE_FIRST if last is None else last.head
    segment.head = keyed_hmac(head_bytes(segment, before=before, links=links), purpose=HEAD)
    session.add(segment)
    session.flush()
    session.execute(
        sa.insert(AuditLink),
        [
            {"segment": segment.number, "place": place, "event_id": act, "event_digest": one, "detail_digest": other}
            for place, (act, one, other) in enumerate(links, start=1)
        ],
    )
    return segment
