"""The inbox of the staff: rows, and for what has run out an SMS to the office's phone as well."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
import structlog

from server.core.clock import now, today
from server.core.db import db, transaction
from server.core.jobs import defer, periodic, task
from server.notices.models import StaffNotice
from server.notices.rules import not_at_night
from server.sms.service import Refusal, SmsRejected, SmsUnavailable, Text, send
from server.unions.duty.service import phone_of

log = structlog.get_logger(__name__)

DANGER = "case.danger"
"""Kind of the messages that cannot wait: a worker says that there is danger now."""
LINES = {DANGER: "有工友说现在有危险，请马上看"}
OTHERWISE = "有工友的事项到期了"
KEPT = timedelta(days=3 * 366)
NOBODY = "没有人值班，有 {count} 条到期提醒没人收到：请用 flask duty 排班，再用 flask notices staff --nobody 查看"


def tell_staff(notices: Sequence[StaffNotice], *, by_sms: bool, urgent: bool) -> None:
    """Put messages into inboxes; they stand or fall with the surrounding transaction.

    Args:
        by_sms: whether those on duty with an office phone get an SMS too, by day unless it is `urgent`.
    """
    with transaction() as session:
        session.add_all(notices)
        session.flush()
        at = now()
        wait = int((not_at_night(at, urgent=urgent) - at).total_seconds())
        for notice in notices:
            if by_sms and notice.staff_no is not None:
                defer(send_to_office, delay_seconds=wait, notice_id=str(notice.id))


@task(name="notices.send_to_office")
def send_to_office(*, notice_id: str) -> None:
    """Send a message by SMS to the phone of whoever is on duty, at most once: it counts as sent before it is."""
    found = uuid.UUID(notice_id)
    with transaction() as session:
        notice = session.get(StaffNotice, found, with_for_update=True)
        if notice is None or notice.staff_no is None or notice.sms_at is not None or notice.read_at is not None:
            return
        phone = phone_of(notice.staff_no, day=today())
        if phone is None:
            return
        notice.sms_at = now()
    try:
        send(phone=phone, text=Text.NOTICE, gaps={"line": LINES.get(notice.kind, OTHERWISE)})
    except SmsRejected as error:
        if error.refusal is not Refusal.INVALID_NUMBER:
            _not_sent(found)
            raise
    except SmsUnavailable as error:
        if not error.may_have_arrived:
            _not_sent(found)
            raise
        log.warning("office_sms_unanswered")


def _not_sent(notice_id: uuid.UUID) -> None:
    with transaction() as session:
        session.execute(sa.update(StaffNotice).where(StaffNotice.id == notice_id).values(sms_at=None))


@periodic(name="notices.forget_staff_notices", cron="52 3 * * *")
def forget_old() -> None:
    """What the staff were told goes after three years."""
    with transaction() as session:
        session.execute(sa.delete(StaffNotice).where(StaffNotice.created_at < now() - KEPT))


def staff_inbox(*, staff_no: str | None, limit: int) -> Sequence[StaffNotice]:
    """What somebody has not read yet, or what nobody has; the oldest first."""
    return db.session.scalars(
        sa.select(StaffNotice)
        .where(StaffNotice.staff_no == staff_no, StaffNotice.read_at.is_(None))
        .order_by(StaffNotice.created_at, StaffNotice.id)
        .limit(limit)
    ).all()


def count_unread(*, staff_no: str) -> int:
    """How much somebody has not read yet."""
    unread = sa.and_(StaffNotice.staff_no == staff_no, StaffNotice.read_at.is_(None))
    return db.session.scalar(sa.select(sa.func.count()).select_from(StaffNotice).where(unread)) or 0


def mark_heard(*, staff_no: str | None) -> int:
    """Note that all of it was read.

    Returns:
        how much it was.
    """
    with transaction() as session:
        done = session.execute(
            sa.update(StaffNotice)
            .where(StaffNotice.staff_no == staff_no, StaffNotice.read_at.is_(None))
            .values(read_at=now())
        )
        return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def unheard_warnings() -> list[str]:
    """For /status: alarms that nobody was on duty for."""
    count = db.session.scalar(
        sa.select(sa.func.count()).where(StaffNotice.staff_no.is_(None), StaffNotice.read_at.is_(None))
    )
    return [NOBODY.format(count=count)] if count else []
