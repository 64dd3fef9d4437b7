"""What the identity service was asked: each name with each number once, whoever claims them and however often.

The row is committed as `asking` before the question is sent. A process that dies in between leaves it so, and it is
not asked again: better a person looks at it than that a call is paid twice.
"""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.core.clock import now
from server.core.crypto import keyed_hmac, keyed_hmacs
from server.core.db import new_id, transaction
from server.core.private import Private
from server.identity.consents import in_force
from server.identity.models import (
    CLAIM,
    CheckState,
    ConsentKey,
    DeskReason,
    DeskRequest,
    DeskState,
    IdentityCheck,
    Said,
)
from server.identity.papers import IdType, match_key
from server.identity.rules import name_key

PAPERS = {IdType.RESIDENT_ID, IdType.RESIDENCE_PERMIT}
"""Of which the service knows anything."""
REASONS = {DeskReason.NOT_CONFIRMED, DeskReason.SOURCE_AWAY}
"""Doubts that it could end. A number of another account, or another one than before, is for people."""


class Question(Private, frozen=True):
    """What may be asked now, and was noted as asked."""

    check_id: uuid.UUID
    name: str
    id_number: str


def prepare(*, request_id: uuid.UUID) -> Question | Said | None:
    """What there is to ask for a waiting request; what was answered already; None when a person decides.

    The consent is looked up here, in the moment before the question is sent.
    """
    with transaction() as session:
        request = session.get(DeskRequest, request_id, with_for_update={"read": True})
        if request is None or not _is_for_the_service(request):
            return None
        if not in_force(session, worker_id=request.worker_id, key=ConsentKey.IDENTITY):
            return None
        assert request.name, "wiped only with the decision"
        assert request.id_number, "likewise"
        check = _check_of(session, f"{match_key(request.id_type, request.id_number)}\n{name_key(request.name)}")
        if check.state is CheckState.ANSWERED:
            return check.said
        if check.state is CheckState.ASKING:
            return None
        check.state = CheckState.ASKING
        return Question(check.id, request.name, request.id_number)


def note_answer(*, check_id: uuid.UUID, said: Said) -> None:
    """The service answered."""
    _settle(check_id, state=CheckState.ANSWERED, said=said, answered_at=now())


def note_not_charged(*, check_id: uuid.UUID) -> None:
    """It may be asked again."""
    _settle(check_id, state=CheckState.FREE)


def said_of(session: Session, request: DeskRequest) -> Said | None:
    """What the service said of a waiting request, for whoever decides it."""
    if request.name is None or request.id_number is None:
        return None
    claim = f"{match_key(request.id_type, request.id_number)}\n{name_key(request.name)}"
    return session.scalar(
        sa.select(IdentityCheck.said).where(IdentityCheck.claim_hmac.in_(keyed_hmacs(claim, purpose=CLAIM)))
    )


def forget_checks(*, before: datetime) -> None:
    """Delete what was asked before an instant."""
    with transaction() as session:
        session.execute(sa.delete(IdentityCheck).where(IdentityCheck.created_at < before))


def _is_for_the_service(request: DeskRequest) -> bool:
    return request.state is DeskState.OPEN and request.reason in REASONS and request.id_type in PAPERS


def _check_of(session: Session, claim: str) -> IdentityCheck:
    """The one row of a claim, locked; a new one where there is none."""
    found = (
        sa.select(IdentityCheck)
        .where(IdentityCheck.claim_hmac.in_(keyed_hmacs(claim, purpose=CLAIM)))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    check = session.scalar(found)
    if check is not None:
        return check
    session.execute(
        insert(IdentityCheck)
        .values(id=new_id(), created_at=now(), claim_hmac=keyed_hmac(claim, purpose=CLAIM), state=CheckState.FREE)
        .on_conflict_do_nothing(index_elements=["claim_hmac"])
    )
    return session.scalars(found).one()


def _settle(check_id: uuid.UUID, **values: object) -> None:
    with transaction() as session:
        session.execute(
            sa.update(IdentityCheck)
            .where(IdentityCheck.id == check_id, IdentityCheck.state == CheckState.ASKING)
            .values(**values)
        )
