"""What takes two members of the staff: one proposes, another one confirms within a week."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.core.clock import now
from server.core.db import transaction
from server.identity.models import ActKind, ActState, PairedAct

OPEN_FOR = timedelta(days=7)


class NotProposed(LookupError):
    """There is no such proposal any more: unknown, decided, or a week old."""


class SamePerson(Exception):
    """Who proposed it cannot confirm it."""


class ProposedAlready(Exception):
    """The same is proposed for this account and waits."""


def propose(
    *,
    kind: ActKind,
    worker_id: uuid.UUID,
    by: str,
    other_worker_id: uuid.UUID | None = None,
    paper_valid_to: date | None = None,
) -> PairedAct:
    """Propose something about an account.

    Args:
        by: as in the audit, `staff:<number>`.

    Raises:
        ProposedAlready
    """
    with transaction() as session:
        _drop_old(session)
        act = PairedAct(
            created_at=now(),
            kind=kind,
            worker_id=worker_id,
            other_worker_id=other_worker_id,
            paper_valid_to=paper_valid_to,
            proposed_by=by,
        )
        try:
            with session.begin_nested():
                session.add(act)
        except IntegrityError:
            raise ProposedAlready from None
        return act


def confirm(session: Session, act_id: uuid.UUID, *, by: str) -> PairedAct:
    """Confirm what another one proposed; to be done in the same transaction as what it allows.

    Raises:
        NotProposed
        SamePerson
    """
    act = _take(session, act_id)
    if act.proposed_by == by:
        raise SamePerson
    act.state, act.decided_by, act.decided_at = ActState.DONE, by, now()
    return act


def drop(*, act_id: uuid.UUID, by: str) -> PairedAct:
    """Take a proposal from the table; whoever likes to may.

    Raises:
        NotProposed
    """
    with transaction() as session:
        act = _take(session, act_id)
        act.state, act.decided_by, act.decided_at = ActState.DROPPED, by, now()
        return act


def proposed(session: Session, condition: sa.ColumnElement[bool]) -> Sequence[PairedAct]:
    """What waits for a second person and fulfils a condition, the oldest first."""
    return session.scalars(
        sa.select(PairedAct)
        .where(PairedAct.state == ActState.PROPOSED, PairedAct.created_at > now() - OPEN_FOR, condition)
        .order_by(PairedAct.created_at, PairedAct.id)
    ).all()


def count_proposed(session: Session, condition: sa.ColumnElement[bool]) -> int:
    """How much waits for a second person and fulfils a condition."""
    waiting = sa.and_(PairedAct.state == ActState.PROPOSED, PairedAct.created_at > now() - OPEN_FOR, condition)
    return session.scalar(sa.select(sa.func.count()).select_from(PairedAct).where(waiting)) or 0


def _take(session: Session, act_id: uuid.UUID) -> PairedAct:
    act = session.get(PairedAct, act_id, with_for_update=True, populate_existing=True)
    if act is None or act.state is not ActState.PROPOSED or act.created_at <= now() - OPEN_FOR:
        raise NotProposed
    return act


def _drop_old(session: Session) -> None:
    session.execute(
        sa.update(PairedAct)
        .where(PairedAct.state == ActState.PROPOSED, PairedAct.created_at <= now() - OPEN_FOR)
        .values(state=ActState.DROPPED, decided_at=now())
    )
