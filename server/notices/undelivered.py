"""Whom somebody has to ring up: important messages that reached nobody, or of which nobody knows."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import now
from server.core.db import db, transaction
from server.core.private import Private
from server.identity.service import reach_of
from server.notices.models import Delivery, DeliveryState, Failure
from server.notices.plans import kinds_to_call, plans
from server.unions.staff.authority import in_reach_of
from server.unions.staff.vocabulary import Right

SUBJECT = "worker"
MALFORMED_FOR = timedelta(days=7)
"""How long /status names a template whose fields are wrong."""


class NothingToCall(LookupError):
    """No such message waits for a call."""


class ToCall(Private, frozen=True):
    """Somebody to ring up, and about what."""

    notice_id: uuid.UUID
    since: datetime
    line: str
    in_doubt: bool
    """The message may have arrived."""
    name: str | None
    phone: str | None


def to_call(*, staff_no: str) -> list[ToCall]:
    """Whom this member of the staff has to ring up, the longest waiting first: members of the unions they work for, and
    whoever is nobody's member. Reading it is recorded, for each worker by itself.

    Raises:
        Problem: 403 for whoever may ring up nobody.
    """
    actor = audit.staff(staff_no)
    with transaction() as session:
        found = []
        for delivery in _waiting(session, staff_no):
            reach = reach_of(session, delivery.worker_id)
            audit.record(
                actor=actor, action="notice.read_undelivered", subject_kind=SUBJECT, subject_id=delivery.worker_id
            )
            found.append(
                ToCall(
                    notice_id=delivery.notice_id,
                    since=delivery.created_at,
                    line=plans()[delivery.kind].line,
                    in_doubt=delivery.state is DeliveryState.UNKNOWN,
                    name=reach.name,
                    phone=reach.phone,
                )
            )
        return found


def count_to_call(*, staff_no: str) -> int:
    """How many this member of the staff has to ring up.

    Raises:
        Problem: 403 for whoever may ring up nobody.
    """
    session: Session = db.session()
    counted = sa.select(sa.func.count()).select_from(Delivery).where(_to_call(), _in_reach_of(session, staff_no))
    return session.scalar(counted) or 0


def note_call(*, notice_id: uuid.UUID, staff_no: str) -> None:
    """Somebody was rung up.

    Raises:
        NothingToCall: or it is not for this member of the staff to do.
        Problem: 403 for whoever may ring up nobody.
    """
    actor = audit.staff(staff_no)
    with transaction() as session:
        worker_id = session.scalar(
            sa.update(Delivery)
            .where(Delivery.notice_id == notice_id, _to_call(), _in_reach_of(session, staff_no))
            .values(called_at=now(), called_by=actor)
            .returning(Delivery.worker_id)
        )
        if worker_id is None:
            raise NothingToCall
        audit.record(actor=actor, action="notice.call", subject_kind=SUBJECT, subject_id=worker_id)


def delivery_warnings() -> list[str]:
    """For /status."""
    waiting = db.session.scalar(sa.select(sa.func.count()).where(_to_call()))
    malformed = db.session.scalars(
        sa.select(Delivery.template_id)
        .where(Delivery.failure == Failure.MALFORMED, Delivery.created_at > now() - MALFORMED_FOR)
        .distinct()
    ).all()
    said = [f"{waiting} 条重要消息没有送到，要打电话：flask notices undelivered"] if waiting else []
    if malformed:
        said.append(
            f"微信不收这些订阅消息的内容，请核对 config/notices.yaml 的 fields：{'、'.join(filter(None, malformed))}"
        )
    return said


def _waiting(session: Session, staff_no: str) -> Sequence[Delivery]:
    return session.scalars(
        sa.select(Delivery).where(_to_call(), _in_reach_of(session, staff_no)).order_by(Delivery.created_at)
    ).all()


def _in_reach_of(session: Session, staff_no: str) -> sa.ColumnElement[bool]:
    return in_reach_of(session, number=staff_no, right=Right.CALLS, worker_id=Delivery.worker_id)


def _to_call() -> sa.ColumnElement[bool]:
    return sa.and_(
        Delivery.kind.in_(kinds_to_call()),
        Delivery.state.in_([DeliveryState.UNDELIVERED, DeliveryState.UNKNOWN]),
        Delivery.called_at.is_(None),
    )
