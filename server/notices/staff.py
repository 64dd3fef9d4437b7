"""The inbox of the staff: rows, and for what has run out an SMS to the office's phone as well."""

import hashlib
import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import now, today
from server.core.crypto import one_at_a_time
from server.core.db import db, transaction
from server.core.errors import not_found
from server.core.jobs import defer, periodic, task
from server.notices.models import StaffNotice
from server.notices.rules import not_at_night
from server.sms.service import Refusal, SmsRejected, SmsUnavailable, Text, send
from server.unions.duty.service import phone_at_desk_of, phone_of, without_phone_beside
from server.unions.staff.authority import UPPER, authorise, holders_by_union, offices_of
from server.unions.staff.models import StaffAccount
from server.unions.staff.vocabulary import Right
from server.unions.tree import above

log = structlog.get_logger(__name__)

DANGER = "case.danger"
"""Kind of the messages that cannot wait: a worker says that there is danger now."""
URGENT = "case.urgent"
"""A new case that cannot wait."""
PLACED = "case.placed"
"""A case that lay with nobody, and is now with somebody."""
INFORMED = "case.informed"
"""Of what the chair of a union has to know at once."""
DATE = "case.date"
"""A date comes near of somebody who has no account here: ring them up."""
GROUP = "case.group"
"""Cases of many workers that are one dispute."""
ASSIGNMENT = "case.assignment"
"""A case put into somebody's hands, or what became of that."""
ROLES = "staff.roles_ending"
"""Roles that end, or have."""
PHONE = "duty.wrong_phone"
"""An office phone of the roster that no SMS reaches."""
UNREAD = "case.unread"
"""One of these that nobody on duty has opened."""
ELECTION = "union.election"
"""Unions whose officers have to be elected anew."""
PROMISES = "clock."
"""Of a promise that runs out; the percent of its time follows."""
SOON = f"{PROMISES}80"
LINES = {
    DANGER: "有工友说现在有危险，请马上看",
    URGENT: "有工友的急事，请马上看",
    PLACED: "有急事刚归你们，请看",
    DATE: "有工友的日子快到了，请打电话",
    GROUP: "有很多人一起的事，请看",
    ASSIGNMENT: "有一件事指派给你，请看接不接",
    ELECTION: "有工会要换届了，请看",
    ROLES: "有权限快到期了，请看",
    UNREAD: "有急事值班的同事还没有看，请你看",
    SOON: "有工友的事项快到期了",
}
OTHERWISE = "有工友的事项到期了"
OF_A_COLLEAGUE = "同事手上{line}，请告诉同事"
BUNDLED = timedelta(hours=1)
"""One SMS of promises is for all that came before it, and the next comes no sooner than so much later."""
SURE = timedelta(minutes=5)
"""So long after it counts as sent an SMS has gone, or failed and counts no more: longer than a provider may take."""
KEPT = timedelta(days=3 * 366)
WRONG_PHONE = "工号 {number} 的提醒发不出短信：值班表里的电话号码不对，请改"
WRONG_OWN_PHONE = "工号 {number} 的提醒发不出短信：给他登记的电话号码不对，请告诉派事给他的同事去改"
NOBODY = "没有人值班，有 {count} 条到期提醒没人收到：请在后台“值班表”里排班，再看没人收到的提醒"


OWN_PHONES: dict[str, Callable[[Session, str], str | None]] = {}
"""Kind → where whoever is told has a phone of their own, by staff number; put in by whoever tells it. Of other kinds
there is only the phone of whoever is on duty."""


def tell_staff(notices: Sequence[StaffNotice], *, by_sms: bool, urgent: bool) -> None:
    """Put messages into inboxes; they stand or fall with the surrounding transaction.

    Args:
        by_sms: whether those on duty with an office phone, and those with one of `OWN_PHONES`, get an SMS too, by day
            unless it is `urgent`.
    """
    with transaction() as session:
        session.add_all(notices)
        session.flush()
        at = now()
        wait = int((not_at_night(at, urgent=urgent) - at).total_seconds())
        for notice in notices:
            if by_sms and notice.staff_no is not None:
                bundled = notice.kind.startswith(PROMISES) and not urgent
                defer(send_to_office, delay_seconds=wait, notice_id=str(notice.id), bundled=bundled)


@task(name="notices.send_to_office")
def send_to_office(*, notice_id: str, bundled: bool = False) -> None:
    """Send a message by SMS to the phone of whoever is on duty, at most once: it counts as sent before it is.

    Of what runs out soon whoever has it in hand and has no duty hears by the phone of the desk of their union; of what
    is over that desk is told itself.

    Args:
        bundled: one SMS an hour, for all that waits to be read.
    """
    found = uuid.UUID(notice_id)
    with transaction() as session:
        notice = session.get(StaffNotice, found, with_for_update=True)
        if notice is None or notice.staff_no is None or notice.sms_at is not None or notice.read_at is not None:
            return
        listed = OWN_PHONES[notice.kind](session, notice.staff_no) if notice.kind in OWN_PHONES else None
        own = listed or phone_of(notice.staff_no, day=today())
        by_desk = phone_at_desk_of(notice.staff_no, day=today()) if notice.kind == SOON else None
        phone = own or by_desk
        if phone is None:
            return
        alone = sa.select(sa.literal(notice.staff_no))
        whose = alone if own is not None else without_phone_beside(notice.staff_no, day=today())
        if bundled and _bundled(notice, phone=phone, whose=whose):
            return
        notice.sms_at = now()
        line = LINES.get(notice.kind, OTHERWISE)
        line = line if own is not None else OF_A_COLLEAGUE.format(line=line)
    try:
        send(phone=phone, text=Text.NOTICE, gaps={"line": line})
    except SmsRejected as error:
        _not_sent(found)
        if error.refusal is not Refusal.INVALID_NUMBER:
            raise
        _tell_of_wrong_phone(notice.staff_no, words=WRONG_PHONE if listed is None else WRONG_OWN_PHONE)
    except SmsUnavailable as error:
        if not error.may_have_arrived:
            _not_sent(found)
            raise
        log.warning("office_sms_unanswered")


def _bundled(notice: StaffNotice, *, phone: str, whose: sa.Select[str]) -> bool:
    """Whether an SMS that went to a phone since is for this message too, or it has to wait for the next.

    An SMS that is being sent may still fail: what it stands for is looked at again when that is known.

    Args:
        whose: staff numbers of those for whom they go there.
    """
    session, at = db.session(), now()
    # Two at the same moment would both be the first of the hour.
    one_at_a_time(session, [hashlib.sha256(f"office:{phone}".encode()).digest()])
    lately = sa.and_(StaffNotice.staff_no.in_(whose), StaffNotice.created_at > at - timedelta(days=3))
    asked = sa.select(sa.func.max(StaffNotice.sms_at)).where(lately, StaffNotice.kind.startswith(PROMISES))
    last = session.scalar(asked)
    if last is None or (last < notice.created_at and last <= at - BUNDLED):
        return False
    again = last + (BUNDLED if last < notice.created_at else SURE)
    if again > at:
        wait = int((not_at_night(again, urgent=False) - at).total_seconds()) + 1
        defer(send_to_office, delay_seconds=wait, notice_id=str(notice.id), bundled=True)
    return True


def _not_sent(notice_id: uuid.UUID) -> None:
    with transaction() as session:
        session.execute(sa.update(StaffNotice).where(StaffNotice.id == notice_id).values(sms_at=None))


def _tell_of_wrong_phone(staff_no: str, *, words: str) -> None:
    """Tell whoever keeps the roster of the nearest union, or nobody where no one does, until they have read it."""
    with transaction() as session:
        text = words.format(number=staff_no)
        unread = sa.exists().where(StaffNotice.kind == PHONE, StaffNotice.text == text, StaffNotice.read_at.is_(None))
        if session.scalar(sa.select(unread)):
            return
        union_id = session.scalar(sa.select(StaffAccount.union_id).where(StaffAccount.number == staff_no))
        near = [] if union_id is None else [union_id, *above(session, union_id)]
        keepers = holders_by_union(session, Right.DUTY)
        nobody: list[str | None] = [None]
        told = next((list(keepers[one]) for one in near if one in keepers), nobody)
        at = now()
        session.add_all(
            StaffNotice(staff_no=number, kind=PHONE, text=text, link="/duty", created_at=at) for number in told
        )


@periodic(name="notices.forget_staff_notices", cron="52 3 * * *")
def forget_old() -> None:
    """What the staff were told goes after three years."""
    with transaction() as session:
        session.execute(sa.delete(StaffNotice).where(StaffNotice.created_at < now() - KEPT))


def staff_inbox(*, staff_no: str | None, limit: int) -> Sequence[StaffNotice]:
    """What somebody has not read yet, or what nobody has.

    Danger before all, then what is urgent, what is over and what soon will be; of each the oldest first.
    """
    ends = (SOON, DATE)
    presses = sa.case(
        (StaffNotice.kind == DANGER, 0),
        (StaffNotice.kind.in_((URGENT, INFORMED, UNREAD)), 1),
        (sa.and_(StaffNotice.kind.startswith(PROMISES), StaffNotice.kind.not_in(ends)), 2),
        (StaffNotice.kind.in_(ends), 3),
        else_=4,
    )
    return db.session.scalars(
        sa.select(StaffNotice)
        .where(*_unread(staff_no))
        .order_by(presses, StaffNotice.created_at, StaffNotice.id)
        .limit(limit)
    ).all()


def lately_read(*, staff_no: str, limit: int) -> Sequence[StaffNotice]:
    """What somebody has read, the latest message first."""
    return db.session.scalars(
        sa.select(StaffNotice)
        .where(StaffNotice.staff_no == staff_no, StaffNotice.read_at.is_not(None))
        .order_by(StaffNotice.created_at.desc(), StaffNotice.id.desc())
        .limit(limit)
    ).all()


def count_unread(*, staff_no: str) -> int:
    """How much somebody has not read yet."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(StaffNotice).where(*_unread(staff_no))) or 0


def read_one(*, notice_id: uuid.UUID, staff_no: str) -> StaffNotice:
    """Note that somebody read a message of theirs; reading it again changes nothing.

    Raises:
        Problem: 404 for what is somebody else's.
    """
    with transaction() as session:
        notice = session.get(StaffNotice, notice_id, with_for_update=True)
        if notice is None or notice.staff_no != staff_no:
            raise not_found()
        notice.read_at = notice.read_at or now()
        return notice


def mark_heard(*, staff_no: str | None, only: Collection[uuid.UUID] | None = None) -> int:
    """Note that all of it was read, or `only` these: what came while somebody was reading is not.

    Returns:
        how much it was.
    """
    with transaction() as session:
        these = [] if only is None else [StaffNotice.id.in_(only)]
        done = session.execute(sa.update(StaffNotice).where(*_unread(staff_no), *these).values(read_at=now()))
        return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def unheard(*, by: str, limit: int) -> Sequence[StaffNotice]:
    """What nobody was on duty for, to whoever arranges the duties of the whole district.

    Raises:
        Problem: 403 for everybody else.
    """
    authorise(db.session(), number=by, right=Right.DUTY, union_id=None)
    return staff_inbox(staff_no=None, limit=limit)


def count_unheard(*, by: str) -> int:
    """How much of it there is; nothing for whoever may not see it."""
    if not may_see_unheard(by=by):
        return 0
    return db.session.scalar(sa.select(sa.func.count()).select_from(StaffNotice).where(*_unread(None))) or 0


def may_see_unheard(*, by: str) -> bool:
    """Whether somebody, who arranges duties, does so for the whole district: what was for nobody has no street."""
    return any(one.kind in UPPER for one in offices_of(db.session(), number=by, right=Right.DUTY))


def take_unheard(*, by: str, only: Collection[uuid.UUID]) -> int:
    """Note that somebody saw to what nobody was on duty for.

    Raises:
        Problem: 403 as for `unheard`.
    """
    with transaction() as session:
        authorise(session, number=by, right=Right.DUTY, union_id=None)
        seen = mark_heard(staff_no=None, only=only)
        if seen:
            audit.record(
                actor=audit.staff(by), action="duty.unheard", subject_kind="staff_duty", detail={"count": seen}
            )
        return seen


def _unread(staff_no: str | None) -> list[sa.ColumnElement[bool]]:
    return [StaffNotice.staff_no == staff_no, StaffNotice.read_at.is_(None)]


def unheard_warnings() -> list[str]:
    """For /status: alarms that nobody was on duty for."""
    count = db.session.scalar(sa.select(sa.func.count()).select_from(StaffNotice).where(*_unread(None)))
    return [NOBODY.format(count=count)] if count else []
