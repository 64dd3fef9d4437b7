"""A date comes near of a case whose worker has no account here, or a frozen one: the desk is told, and rings them up.

Nothing can be pushed to them. The number that the receipt went to gets an SMS where they agreed to be contacted, which
names no date and no matter; that it was sent takes no call off the list, for nobody knows whether it was understood.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
import structlog

from server.cases.authority import in_reach
from server.cases.barring import out_of
from server.cases.capabilities.models import CaseCall
from server.cases.catalogue import version_of
from server.cases.dates import Near, dates_near, steps_made
from server.cases.declaration import Service
from server.cases.homes import home_of
from server.cases.models import Case, DateReminder
from server.cases.proxies.models import CaseProxy
from server.cases.vocabulary import OVER
from server.core import audit
from server.core.clock import day_of, now
from server.core.db import db, transaction
from server.core.errors import not_found
from server.core.jobs import defer, task
from server.core.private import Private
from server.identity.models import ConsentKey
from server.notices.models import CallOutcome, StaffNotice
from server.notices.rules import not_at_night, tried_enough
from server.notices.staff import DATE, tell_staff
from server.sms.errors import Refusal, SmsRejected, SmsUnavailable
from server.sms.service import send
from server.sms.texts import Text
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind
from server.unions.staff.vocabulary import Right

MOST = 100
"""More cannot be rung up in a day."""

log = structlog.get_logger(__name__)


class DateToCall(Private, frozen=True):
    """Somebody to ring up before a date."""

    no: str
    service_name: str
    since: datetime
    dates: tuple[Near, ...]
    """None are left where the case went on meanwhile."""
    name: str | None
    phone: str
    sms_at: datetime | None
    missed: tuple[datetime, ...]


def unclaimed() -> sa.ColumnElement[bool]:
    """Whether a row of `Case` is somebody's who has no account here, and left a number."""
    return sa.and_(
        Case.worker_id.is_(None),
        sa.exists().where(CaseProxy.case_id == Case.id, CaseProxy.phone.is_not(None)),
    )


def tell_desk(case: Case, service: Service, near: Near, *, at: datetime) -> None:
    """Have the worker of an unclaimed case rung up, of which it was just written down that the date comes near; or have
    it thought about whom the date concerns, where the worker's account is frozen.

    Told is who has it in hand; else those on duty where it lies, and who typed it.
    """
    proxy = db.session.get(CaseProxy, case.id)
    day, known = day_of(at), roster()
    told = {known.present(case.handler_no, day)} if case.handler_no is not None else set()
    if told <= {None}:
        told |= {*known.on_duty(DutyKind.DESK, union_id=case.union_id or home_of(case), day=day)}
        told |= {known.present(proxy.staff_no, day)} if proxy is not None and proxy.staff_no is not None else set()
    present = sorted(one for one in told if one is not None)
    unreached = (
        "工友还没有认领，收不到消息，请打电话告诉"
        if case.worker_id is None
        else "工友的账号停用了，收不到消息，请看看该告诉谁"
    )
    text = f"{case.no}（{service.name}）有个日子快到了，还剩 {near.left} 天。{unreached}"
    nobody: list[str | None] = [None]
    tell_staff(
        [
            StaffNotice(staff_no=number, kind=DATE, text=text, link=f"/cases/{case.no}", created_at=at)
            for number in present or nobody
        ],
        by_sms=True,
        urgent=False,
    )
    if case.worker_id is None and ConsentKey.CONTACT in {one["key"] for one in case.consents}:
        wait = int((not_at_night(at, urgent=False) - at).total_seconds())
        defer(send_date, delay_seconds=wait, case_id=str(case.id), key=near.key, days=near.mark)


@task(name="cases.send_date")
def send_date(*, case_id: str, key: str, days: int) -> None:
    """Tell the phone that a date comes near, at most once: it counts as sent before it is."""
    primary = (uuid.UUID(case_id), key, days)
    with transaction() as session:
        reminder = session.get(DateReminder, primary, with_for_update=True)
        proxy = session.get(CaseProxy, uuid.UUID(case_id))
        if reminder is None or reminder.sms_at is not None or reminder.called_at is not None:
            return
        if proxy is None or proxy.phone is None:
            return
        case = session.get_one(Case, proxy.case_id)
        if case.worker_id is not None:
            return
        phone, no = proxy.phone, case.no
        reminder.sms_at = now()
    try:
        send(phone=phone, text=Text.DATE, gaps={"no": no})
    except SmsRejected as error:
        _not_sent(primary)
        if error.refusal is not Refusal.INVALID_NUMBER:
            raise
    except SmsUnavailable as error:
        if not error.may_have_arrived:
            _not_sent(primary)
            raise
        log.warning("date_unanswered")


def dates_to_call(*, staff_no: str) -> list[DateToCall]:
    """Whom this member of the staff has to ring up, the longest waiting first. Reading it is recorded for each case."""
    with transaction():
        return _read(_waiting(staff_no=staff_no), staff_no=staff_no)


def date_to_call(*, no: str, staff_no: str) -> DateToCall:
    """One of them. That it was opened is recorded.

    Raises:
        Problem: 404, also once somebody has rung up, and for whoever may not.
    """
    with transaction():
        return _read([_one(no, staff_no)], staff_no=staff_no)[0]


def count_dates_to_call(*, staff_no: str) -> int:
    """How many this member of the staff has to ring up, up to as many as are listed. One query."""
    waiting = sa.select(Case.id).where(_to_call(staff_no)).limit(MOST)
    return db.session.scalar(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0


def note_date_call(*, no: str, staff_no: str, outcome: CallOutcome) -> bool:
    """Somebody was rung up, or was not reached; the call is written into the case too.

    Returns:
        whether nobody has to ring up any more.

    Raises:
        Problem: 404 as for `date_to_call`.
    """
    with transaction() as session:
        case, reminders = _one(no, staff_no)
        at = now()
        if outcome is not CallOutcome.WRONG_NUMBER:
            reached = outcome is CallOutcome.TOLD
            session.add(CaseCall(case_id=case.id, at=at, staff_no=staff_no, reached=reached))
        audit.record(
            actor=audit.staff(staff_no),
            action="case.call_date",
            subject_kind="case",
            subject_id=case.id,
            detail={"outcome": outcome.value},
        )
        # This call is among them.
        if outcome is CallOutcome.MISSED and not tried_enough(
            [missed for missed in _missed([case.id]).get(case.id, ()) if missed >= reminders[0].at]
        ):
            return False
        for reminder in reminders:
            reminder.called_at, reminder.called_by, reminder.outcome = at, staff_no, outcome
        return True


def _to_call(staff_no: str) -> sa.ColumnElement[bool]:
    pending = sa.exists().where(DateReminder.case_id == Case.id, DateReminder.called_at.is_(None))
    reach = in_reach(staff_no=staff_no, right=Right.CASE_WORK)
    return sa.and_(unclaimed(), Case.phase.not_in(OVER), pending, ~out_of(staff_no), reach)


def _waiting(*, staff_no: str) -> list[tuple[Case, Sequence[DateReminder]]]:
    cases = db.session.scalars(sa.select(Case).where(_to_call(staff_no)).order_by(Case.updated_at).limit(MOST)).all()
    reminders = _reminders([case.id for case in cases])
    found = [(case, reminders[case.id]) for case in cases if case.id in reminders]
    return sorted(found, key=lambda one: one[1][0].at)


def _one(no: str, staff_no: str) -> tuple[Case, Sequence[DateReminder]]:
    case = db.session.scalar(sa.select(Case).where(Case.no == no, _to_call(staff_no)).with_for_update())
    reminders = [] if case is None else _reminders([case.id]).get(case.id, [])
    if case is None or not reminders:
        raise not_found()
    return case, reminders


def _reminders(case_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[DateReminder]]:
    """Those that wait for a call, by case, the oldest first."""
    found: dict[uuid.UUID, list[DateReminder]] = defaultdict(list)
    rows = db.session.scalars(
        sa.select(DateReminder)
        .where(DateReminder.case_id.in_(case_ids), DateReminder.called_at.is_(None))
        .order_by(DateReminder.at, DateReminder.days.desc())
        .execution_options(populate_existing=True)
    )
    for row in rows:
        found[row.case_id].append(row)
    return found


def _missed(case_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[datetime]]:
    """When somebody rang up in vain, by case."""
    found: dict[uuid.UUID, list[datetime]] = defaultdict(list)
    rows = db.session.execute(
        sa.select(CaseCall.case_id, CaseCall.at)
        .where(CaseCall.case_id.in_(case_ids), CaseCall.reached.is_(False))
        .order_by(CaseCall.at)
    )
    for case_id, at in rows:
        found[case_id].append(at)
    return found


def _read(waiting: Sequence[tuple[Case, Sequence[DateReminder]]], *, staff_no: str) -> list[DateToCall]:
    """As many queries for a hundred as for one."""
    ids = [case.id for case, _ in waiting]
    proxies = {one.case_id: one for one in db.session.scalars(sa.select(CaseProxy).where(CaseProxy.case_id.in_(ids)))}
    missed, made = _missed(ids), steps_made(ids)
    for case_id in ids:
        audit.record(actor=audit.staff(staff_no), action="case.read_date", subject_kind="case", subject_id=case_id)
    found = []
    for case, reminders in waiting:
        service, proxy, since = version_of(case.service, case.service_version), proxies[case.id], reminders[0].at
        assert proxy.phone is not None, "only those who left a number are rung up"
        found.append(
            DateToCall(
                no=case.no,
                service_name=service.name,
                since=since,
                dates=tuple(dates_near(case, service, made=made.get(case.id, ()), at=now())),
                name=proxy.name,
                phone=proxy.phone,
                sms_at=max((one.sms_at for one in reminders if one.sms_at is not None), default=None),
                missed=tuple(at for at in missed.get(case.id, ()) if at >= since),
            )
        )
    return found


def _not_sent(primary: tuple[uuid.UUID, str, int]) -> None:
    with transaction() as session:
        session.get_one(DateReminder, primary, with_for_update=True).sms_at = None
