"""When somebody goes away or leaves: whoever stands in is told, and the head of the office of what nobody can do."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from server.cases.authority import require_staff
from server.cases.barring import refuse_out
from server.cases.heads import heads_at, heads_of
from server.cases.homes import home_of_case
from server.cases.locking import lock
from server.cases.models import Case
from server.cases.standing_in import absent_handler, workable
from server.cases.steps import moment
from server.cases.telling import write_in_timeline
from server.cases.vocabulary import OVER
from server.core import audit
from server.core.clock import day_of, now, today
from server.core.db import db, transaction
from server.core.errors import conflict
from server.notices.models import StaffNotice
from server.notices.staff import tell_staff
from server.unions.duty import service as duty
from server.unions.duty.delegates import may_stand_in
from server.unions.duty.models import StaffAbsence
from server.unions.duty.service import roster
from server.unions.staff.models import StaffAccount
from server.unions.staff.vocabulary import Right

TAKEN_OVER = "原来办的同事请假，换了同事接着办"
TAKEN_FROM_WHO_LEFT = "换了同事接着办"
"""What the worker reads."""


def take_over(*, no: str, staff_no: str) -> Case:
    """Take a case whose handler is away with nobody who stands in, or left. Taken by the same one again: nothing.

    Raises:
        Problem: 403 for whoever may not, 404; 409 where somebody has it who is there.
    """
    with transaction():
        case, _ = lock(no=no)
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
        refuse_out(case, staff_no)
        if case.handler_no == staff_no:
            return case
        absent = absent_handler(case)
        if absent is None or absent.stand_in is not None:
            raise conflict("in_hand", "这件事有人在办，不用接过来")
        at = moment(case)
        before, case.handler_no = absent.number, staff_no
        if absent.until is None:
            write_in_timeline(case, code="take_over", what=TAKEN_FROM_WHO_LEFT, at=at, staff_no=staff_no)
        else:
            write_in_timeline(case, code="take_over", what=TAKEN_OVER, at=at, staff_no=staff_no)
            said = f"{case.no} 你请假的时候工号 {staff_no} 接过去了，以后由他办"
            _tell([before], said, link=f"/cases/{case.no}", at=at)
        audit.record(
            actor=audit.staff(staff_no),
            action="case.take_over",
            subject_kind="case",
            subject_id=case.id,
            detail={"for": before},
        )
        return case


def be_away(*, number: str, first_day: date, last_day: date, delegate: str | None) -> StaffAbsence:
    """Say that one is away: whoever stands in is told now, and again when it begins.

    Raises:
        Problem: as `duty.be_absent`.
    """
    with transaction():
        absence = duty.be_absent(number=number, first_day=first_day, last_day=last_day, delegate=delegate)
        if first_day <= today():
            _begin(absence, at=now())
        elif delegate is not None:
            days = f"{_spoken(first_day)}到 {_spoken(last_day)}"
            _tell([delegate], f"工号 {number} 在 {days}请假，写了由你代办", link="/absences", at=now())
        return absence


def tell_who_left(_: object, *, number: str) -> None:
    """An account is closed: the head of its office hears how many cases are in nobody's hands now."""
    union_id = db.session.scalar(sa.select(StaffAccount.union_id).where(StaffAccount.number == number))
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Case).where(*_in_hand_of(number)))
    if count:
        told = heads_of(roster(), union_id=union_id, without=(number,), day=today())
        text = f"工号 {number} 的账号关了：手上 {count} 件没有人办，请安排同事接过来"
        _tell(told, text, link="/cases?whose=left", at=now())


def begin_absences(*, at: datetime) -> int:
    """Look at who is away today: tell whoever stands in that it begins, and the head where nobody can any more.

    Can be stopped at any moment and begun again.

    Returns:
        how many absences began.
    """
    day, begun = day_of(at), 0
    ids = db.session.scalars(
        sa.select(StaffAbsence.id)
        .where(
            StaffAbsence.first_day <= day,
            StaffAbsence.last_day >= day,
            sa.or_(StaffAbsence.begun_at.is_(None), StaffAbsence.delegate_id.is_not(None)),
        )
        .order_by(StaffAbsence.id)
    ).all()
    for absence_id in ids:
        with transaction() as session:
            absence = session.get(StaffAbsence, absence_id, with_for_update=True, populate_existing=True)
            if absence is not None and absence.last_day >= day:
                begun += absence.begun_at is None
                _begin(absence, at=at)
    return begun


def _begin(absence: StaffAbsence, *, at: datetime) -> None:
    number, delegate = _numbers(absence)
    lost = delegate is not None and not may_stand_in(number=number, delegate=delegate)
    if lost:
        absence.delegate_id = None
    if absence.begun_at is not None and not lost:
        return
    absence.begun_at = absence.begun_at or at
    db.session.flush()
    place = sa.func.coalesce(Case.union_id, home_of_case())
    able = sa.false() if delegate is None or lost else workable(delegate)
    cases = db.session.execute(sa.select(Case, place, able).where(*_in_hand_of(number)).order_by(Case.id)).all()
    away = f"工号 {number} 请假到 {_spoken(absence.last_day)}"
    known = roster()
    if delegate is not None and not lost:
        left = [(case, where) for case, where, can in cases if not can]
        _tell([delegate], f"{away}，由你代办，手上 {len(cases) - len(left)} 件", link="/cases?whose=mine", at=at)
        notices: list[StaffNotice] = []
        for case, where in left:
            why = f"{case.no} 代办的工号 {delegate} 不能办，请安排别的同事接过来"
            told = heads_at(where, case, known, without=[delegate], at=at)
            notices += _notices(told, f"{away}，{why}", link=f"/cases/{case.no}", at=at)
        tell_staff(notices, by_sms=False, urgent=False)
    elif cases:
        why = f"写了代办的工号 {delegate} 已经没有这里的权限" if lost else "没有写谁代办"
        union_id = db.session.get_one(StaffAccount, absence.staff_id).union_id
        told = heads_of(known, union_id=union_id, without=(), day=day_of(at))
        _tell(told, f"{away}，{why}：手上 {len(cases)} 件没有人办，请安排同事接过来", link="/cases?whose=left", at=at)


def _in_hand_of(number: str) -> list[sa.ColumnElement[bool]]:
    return [Case.handler_no == number, Case.phase.not_in(OVER)]


def _numbers(absence: StaffAbsence) -> tuple[str, str | None]:
    rows = db.session.execute(
        sa.select(StaffAccount.id, StaffAccount.number).where(
            StaffAccount.id.in_([one for one in (absence.staff_id, absence.delegate_id) if one])
        )
    )
    numbers = {row.id: row.number for row in rows}
    return numbers[absence.staff_id], None if absence.delegate_id is None else numbers[absence.delegate_id]


def _tell(numbers: Sequence[str], text: str, *, link: str, at: datetime) -> None:
    tell_staff(_notices(numbers, text, link=link, at=at), by_sms=False, urgent=False)


def _notices(numbers: Sequence[str], text: str, *, link: str, at: datetime) -> list[StaffNotice]:
    nobody: list[str | None] = [None]
    return [
        StaffNotice(staff_no=number, kind="duty.stand_in", text=text, link=link, created_at=at)
        for number in [*numbers] or nobody
    ]


def _spoken(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"
