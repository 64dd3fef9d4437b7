"""Whom somebody has to ring up: important messages that reached nobody, or of which nobody knows.

Nobody who told something in confidence is among them: name, phone and what it is about on one page would tell who it
was. Whoever has that case hears of it instead, and looks at who it is by the rules for that.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import now
from server.core.db import db, transaction
from server.core.private import Private
from server.identity.service import is_frozen, reaches_of
from server.notices.models import NOT_ARRIVED, CallOutcome, Delivery, DeliveryState, Failure, Notice, Way
from server.notices.plans import kinds_to_call, plans
from server.notices.rules import tried_enough
from server.unions.staff.authority import in_reach_of
from server.unions.staff.vocabulary import Right

SUBJECT = "worker"
MOST = 100
"""More cannot be rung up in a day."""
MALFORMED_FOR = timedelta(days=7)
"""How long /status names a template whose fields are wrong."""


class NothingToCall(LookupError):
    """No such message waits for a call."""


class ToCall(Private, frozen=True):
    """Somebody to ring up, and about what."""

    notice_id: uuid.UUID
    since: datetime
    line: str
    link: str
    """What the message opens, e.g. `/cases/SQ260313-0042-K`."""
    in_doubt: bool
    """The message may have arrived."""
    way: Way
    """The last one that was tried."""
    failure: Failure | None
    name: str | None
    phone: str | None
    missed: tuple[datetime, ...]
    """When somebody rang up in vain."""


def to_call(*, staff_no: str) -> list[ToCall]:
    """Whom this member of the staff has to ring up, the longest waiting first: whose matters lie with the unions that
    they work for. Reading it is recorded, for each worker by itself.

    Raises:
        Problem: 403 for whoever may ring up nobody.
    """
    with transaction() as session:
        waiting = sa.select(Delivery).where(_to_call(), _in_reach_of(session, staff_no))
        found = session.scalars(waiting.order_by(Delivery.created_at).limit(MOST)).all()
        return _read(session, found, staff_no)


def one_to_call(*, notice_id: uuid.UUID, staff_no: str) -> ToCall:
    """One of them. That it was read is recorded.

    Raises:
        NothingToCall: or it is not for this member of the staff to do.
        Problem: 403 for whoever may ring up nobody.
    """
    with transaction() as session:
        return _read(session, [_one(session, notice_id, staff_no)], staff_no)[0]


def count_to_call(*, staff_no: str) -> int:
    """How many this member of the staff has to ring up.

    Raises:
        Problem: 403 for whoever may ring up nobody.
    """
    session: Session = db.session()
    counted = sa.select(sa.func.count()).select_from(Delivery).where(_to_call(), _in_reach_of(session, staff_no))
    return session.scalar(counted) or 0


def note_call(*, notice_id: uuid.UUID, staff_no: str, outcome: CallOutcome = CallOutcome.TOLD) -> bool:
    """Somebody was rung up, or was not reached.

    Returns:
        whether nobody has to ring up any more.

    Raises:
        NothingToCall: or it is not for this member of the staff to do.
        Problem: 403 for whoever may ring up nobody.
    """
    actor = audit.staff(staff_no)
    with transaction() as session:
        delivery = _one(session, notice_id, staff_no)
        at = now()
        audit.record(
            actor=actor,
            action="notice.call",
            subject_kind=SUBJECT,
            subject_id=delivery.worker_id,
            detail={"outcome": outcome.value},
        )
        if outcome is CallOutcome.MISSED:
            delivery.missed_calls = [*delivery.missed_calls, at]
            if not tried_enough(delivery.missed_calls):
                return False
        delivery.called_at, delivery.called_by, delivery.outcome = at, actor, outcome
        return True


def delivery_warnings() -> list[str]:
    """For /status."""
    waiting = db.session.scalar(sa.select(sa.func.count()).where(_to_call()))
    malformed = db.session.scalars(
        sa.select(Delivery.template_id)
        .where(Delivery.failure == Failure.MALFORMED, Delivery.created_at > now() - MALFORMED_FOR)
        .distinct()
    ).all()
    said = [f"{waiting} 条重要消息没有送到，要打电话：在后台“要打的电话”里"] if waiting else []
    if malformed:
        said.append(
            f"微信不收这些订阅消息的内容，请核对 config/notices.yaml 的 fields：{'、'.join(filter(None, malformed))}"
        )
    return said


def _one(session: Session, notice_id: uuid.UUID, staff_no: str) -> Delivery:
    wanted = sa.and_(Delivery.notice_id == notice_id, _to_call(), _in_reach_of(session, staff_no))
    found = session.scalar(
        sa.select(Delivery).where(wanted).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NothingToCall
    return found


def _read(session: Session, deliveries: Sequence[Delivery], staff_no: str) -> list[ToCall]:
    """As many queries for a hundred as for one."""
    reaches = reaches_of(session, [one.worker_id for one in deliveries])
    notices = sa.select(Notice.id, Notice.link).where(Notice.id.in_([one.notice_id for one in deliveries]))
    links = {row.id: row.link for row in session.execute(notices)}
    for one in deliveries:
        audit.record(
            actor=audit.staff(staff_no),
            action="notice.read_undelivered",
            subject_kind=SUBJECT,
            subject_id=one.worker_id,
        )
    return [
        ToCall(
            notice_id=one.notice_id,
            since=one.created_at,
            line=plans()[one.kind].line,
            link=links[one.notice_id],
            in_doubt=one.state is DeliveryState.UNKNOWN,
            way=one.way,
            failure=one.failure,
            name=None if reach is None else reach.name,
            phone=None if reach is None else reach.phone,
            missed=tuple(one.missed_calls),
        )
        for one in deliveries
        for reach in [reaches.get(one.worker_id)]
    ]


def _in_reach_of(session: Session, staff_no: str) -> sa.ColumnElement[bool]:
    # What a message is about is not looked at here: it may be none of the employer's business.
    return in_reach_of(session, number=staff_no, right=Right.CALLS, worker_id=Delivery.worker_id, neutral=True)


def _to_call() -> sa.ColumnElement[bool]:
    return sa.and_(
        Delivery.kind.in_(kinds_to_call()),
        Delivery.state.in_(NOT_ARRIVED),
        ~Delivery.in_confidence,
        Delivery.called_at.is_(None),
        ~is_frozen(Delivery.worker_id),
    )
