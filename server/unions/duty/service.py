"""Keeping the duty roster, and reading it."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import aliased

from server.core import audit
from server.core.clock import today
from server.core.db import db, transaction
from server.core.errors import not_found, unprocessable
from server.unions.duty.delegates import may_stand_in
from server.unions.duty.models import StaffAbsence, StaffDuty
from server.unions.duty.rules import Absence, Duty, Roster
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.staff.authority import authorise, offices_of
from server.unions.staff.models import StaffAccount
from server.unions.staff.vocabulary import Right
from server.unions.tree import subtree_of
from server.unions.vocabulary import UnionKind

CANNOT_STAND_IN = "这个人办不了你的事项：没有同样的权限。请选和你办一样事情的同事"


class Away(Struct, frozen=True):
    """An absence with the numbers of who is away and who stands in."""

    absence: StaffAbsence
    number: str
    delegate: str | None


def put_on_duty(
    *,
    number: str,
    union: TradeUnion,
    kind: DutyKind,
    first_day: date,
    last_day: date | None,
    phone: str | None,
    by: str,
) -> StaffDuty:
    """Give somebody a duty.

    Raises:
        Problem: 403 for whoever keeps no roster there; 404 for an unknown number; 422 for somebody who works
            elsewhere and for days that end before they begin.
    """
    with transaction() as session:
        authorise(session, number=by, right=Right.DUTY, union_id=union.id)
        if last_day is not None and last_day < first_day:
            raise unprocessable({"last_day": ["最后一天不能早于第一天"]})
        account = _account(number)
        if account.union_id is not None and account.union_id not in set(session.scalars(_scope(by))):
            raise unprocessable({"number": ["这个人不在你管的单位，请他的单位来排"]})
        duty = StaffDuty(
            staff_id=account.id,
            union_id=union.id,
            kind=kind,
            first_day=first_day,
            last_day=last_day,
            phone=phone,
        )
        session.add(duty)
        session.flush()
        _note(by, "duty.give", duty.id, {"kind": kind.value, "number": number})
        return duty


def end_duty(*, duty_id: uuid.UUID, last_day: date, by: str) -> None:
    """Let a duty end.

    Raises:
        Problem: 403, 404; 422 for a day before its first.
    """
    with transaction() as session:
        duty = session.get(StaffDuty, duty_id, with_for_update=True)
        if duty is None:
            raise not_found()
        authorise(session, number=by, right=Right.DUTY, union_id=duty.union_id)
        if last_day < duty.first_day:
            raise unprocessable({"last_day": ["最后一天不能早于第一天"]})
        duty.last_day = last_day
        _note(by, "duty.end", duty.id, {})


def be_absent(*, number: str, first_day: date, last_day: date, delegate: str | None) -> StaffAbsence:
    """Say that one is away, and who stands in: somebody who may work on the same cases.

    Raises:
        Problem: 404; 422 for days that end before they begin or were taken already, and for who cannot stand in.
    """
    with transaction() as session:
        if last_day < first_day:
            raise unprocessable({"last_day": ["最后一天不能早于第一天"]})
        account = _account(number, lock=True)
        taken = sa.exists().where(
            StaffAbsence.staff_id == account.id, StaffAbsence.first_day <= last_day, StaffAbsence.last_day >= first_day
        )
        if session.scalar(sa.select(taken)):
            raise unprocessable({"first_day": ["这几天里有的已经请过假了，先取消那一次"]})
        if delegate == number:
            raise unprocessable({"delegate": ["请写另一个人的工号"]})
        if delegate is not None and not may_stand_in(number=number, delegate=_account(delegate).number):
            raise unprocessable({"delegate": [CANNOT_STAND_IN]})
        absence = StaffAbsence(
            staff_id=account.id,
            first_day=first_day,
            last_day=last_day,
            delegate_id=None if delegate is None else _account(delegate).id,
        )
        session.add(absence)
        session.flush()
        _note(number, "duty.absent", absence.id, {"delegate": delegate})
        return absence


def end_absence(*, absence_id: uuid.UUID, number: str) -> None:
    """Somebody is back before the last day, or does not go at all.

    Raises:
        Problem: 404 for what is not theirs or is over.
    """
    with transaction() as session:
        absence = session.scalar(
            sa.select(StaffAbsence)
            .join(StaffAccount, StaffAccount.id == StaffAbsence.staff_id)
            .where(StaffAbsence.id == absence_id, StaffAccount.number == number, StaffAbsence.last_day >= today())
            .with_for_update(of=StaffAbsence)
        )
        if absence is None:
            raise not_found()
        _note(number, "duty.back", absence.id, {})
        if absence.first_day >= today():
            session.delete(absence)
        else:
            absence.last_day = today() - timedelta(days=1)


def absences_of(*, number: str, since: date) -> list[Away]:
    """Somebody's absences that last until this day or longer, the first first."""
    return _away(StaffAccount.number == number, StaffAbsence.last_day >= since)


def absences_covered_by(*, number: str, since: date) -> list[Away]:
    """Those in which somebody stands in, the same way."""
    own = sa.select(StaffAccount.id).where(StaffAccount.number == number)
    return _away(StaffAbsence.delegate_id.in_(own), StaffAbsence.last_day >= since)


def absences_in_scope(*, by: str) -> list[Away]:
    """Who is away now or later, of those who work where this member of the staff keeps the roster.

    Raises:
        Problem: 403 for whoever keeps none.
    """
    return _away(StaffAccount.union_id.in_(_scope(by)), StaffAbsence.last_day >= today())


def people_in_scope(*, by: str) -> Sequence[StaffAccount]:
    """Whom somebody may put on duty, by number: who works in the offices whose roster they keep."""
    working = sa.select(StaffAccount).where(StaffAccount.closed_at.is_(None), StaffAccount.union_id.in_(_scope(by)))
    return db.session.scalars(working.order_by(StaffAccount.number)).all()


def duties_in_scope(*, by: str) -> list[tuple[StaffDuty, str, str]]:
    """Duties that have not ended, with the staff number and the union's name. Raises as `absences_in_scope` does."""
    return _duties(
        StaffDuty.union_id.in_(_scope(by)), sa.or_(StaffDuty.last_day.is_(None), StaffDuty.last_day >= today())
    )


def duties() -> list[tuple[StaffDuty, str, str]]:
    """All duties, with the staff number and the union's name."""
    return _duties()


def away_on(day: date, *, numbers: Collection[str]) -> dict[str, date]:
    """Who of these is away on a day, and until which day."""
    rows = db.session.execute(
        sa.select(StaffAccount.number, sa.func.max(StaffAbsence.last_day))
        .join(StaffAbsence, StaffAbsence.staff_id == StaffAccount.id)
        .where(StaffAccount.number.in_(numbers), StaffAbsence.first_day <= day, StaffAbsence.last_day >= day)
        .group_by(StaffAccount.number)
    )
    return {row[0]: row[1] for row in rows}


def roster() -> Roster:
    """The duty roster as it is now; open accounts only."""
    session = db.session
    delegate = aliased(StaffAccount)
    duty_rows = session.execute(
        sa.select(StaffAccount.number, StaffDuty.union_id, StaffDuty.kind, StaffDuty.first_day, StaffDuty.last_day)
        .join(StaffAccount, StaffAccount.id == StaffDuty.staff_id)
        .where(StaffAccount.closed_at.is_(None))
    )
    absence_rows = session.execute(
        sa.select(StaffAccount.number, StaffAbsence.first_day, StaffAbsence.last_day, delegate.number)
        .join(StaffAccount, StaffAccount.id == StaffAbsence.staff_id)
        .outerjoin(delegate, sa.and_(delegate.id == StaffAbsence.delegate_id, delegate.closed_at.is_(None)))
    )
    tree = session.execute(sa.select(TradeUnion.id, TradeUnion.parent_id, TradeUnion.kind, TradeUnion.firm_side)).all()
    of_firms = session.scalars(
        sa.select(StaffAccount.number)
        .join(TradeUnion, TradeUnion.id == StaffAccount.union_id)
        .where(TradeUnion.firm_side, StaffAccount.closed_at.is_(None))
    )
    return Roster(
        duties=[Duty(*row) for row in duty_rows],
        absences=[Absence(*row) for row in absence_rows],
        parents={one.id: one.parent_id for one in tree},
        tops=frozenset(one.id for one in tree if one.kind is UnionKind.DISTRICT),
        firms=frozenset(one.id for one in tree if one.firm_side),
        of_firms=frozenset(of_firms),
    )


def forget_ended(*, before: date) -> None:
    """Delete duties and absences whose last day was before this one; what has no end stays."""
    with transaction() as session:
        for ended in (StaffDuty, StaffAbsence):
            session.execute(sa.delete(ended).where(ended.last_day < before))


def phone_of(staff_no: str, *, day: date) -> str | None:
    """The office phone of whoever has a duty on a day."""
    return db.session.scalar(
        sa.select(StaffDuty.phone)
        .join(StaffAccount, StaffAccount.id == StaffDuty.staff_id)
        .where(
            StaffAccount.number == staff_no,
            StaffDuty.phone.is_not(None),
            StaffDuty.first_day <= day,
            sa.or_(StaffDuty.last_day.is_(None), StaffDuty.last_day >= day),
        )
        .order_by(StaffDuty.created_at.desc())
        .limit(1)
    )


def phone_at_desk_of(staff_no: str, *, day: date) -> str | None:
    """The office phone of whoever is at the desk of the union that somebody works for; of none further up."""
    colleague = aliased(StaffAccount)
    union = sa.select(colleague.union_id).where(colleague.number == staff_no).scalar_subquery()
    found = db.session.execute(person_at_desk(union, day=day, neutral=False)).first()
    return None if found is None else found.phone


def without_phone_beside(staff_no: str, *, day: date) -> sa.Select[str]:
    """Staff numbers of all who work for the same union and have no office phone of their own on a day."""
    own = sa.select(StaffDuty.id).where(
        StaffDuty.staff_id == StaffAccount.id,
        StaffDuty.phone.is_not(None),
        StaffDuty.first_day <= day,
        sa.or_(StaffDuty.last_day.is_(None), StaffDuty.last_day >= day),
    )
    union = sa.select(StaffAccount.union_id).where(StaffAccount.number == staff_no).scalar_subquery()
    return sa.select(StaffAccount.number).where(StaffAccount.union_id == union, ~own.exists())


def person_at_desk(
    union_id: sa.SQLColumnExpression[uuid.UUID], *, day: date, neutral: bool
) -> sa.Select[str, str | None]:
    """Name and office phone of who is at a union's own desk on a day; of several who has been for the longest.

    Args:
        union_id: of the statement of which it becomes a part.
        neutral: whether those who work for an employer's own union do not count.
    """
    away = sa.select(StaffAbsence.staff_id).where(StaffAbsence.first_day <= day, StaffAbsence.last_day >= day)
    firms = sa.select(TradeUnion.id).where(TradeUnion.firm_side)
    return (
        sa.select(StaffAccount.name, StaffDuty.phone)
        .join(StaffAccount, StaffAccount.id == StaffDuty.staff_id)
        .where(
            StaffDuty.union_id == union_id,
            StaffDuty.kind == DutyKind.DESK,
            StaffDuty.phone.is_not(None),
            StaffDuty.first_day <= day,
            sa.or_(StaffDuty.last_day.is_(None), StaffDuty.last_day >= day),
            StaffAccount.closed_at.is_(None),
            StaffAccount.id.not_in(away),
            *([sa.or_(StaffAccount.union_id.is_(None), StaffAccount.union_id.not_in(firms))] if neutral else []),
        )
        .order_by(StaffDuty.first_day, StaffAccount.number)
        .limit(1)
    )


def _duties(*conditions: sa.ColumnElement[bool]) -> list[tuple[StaffDuty, str, str]]:
    rows = db.session.execute(
        sa.select(StaffDuty, StaffAccount.number, TradeUnion.name)
        .join(StaffAccount, StaffAccount.id == StaffDuty.staff_id)
        .join(TradeUnion, TradeUnion.id == StaffDuty.union_id)
        .where(*conditions)
        .order_by(TradeUnion.code, StaffDuty.kind, StaffAccount.number)
    )
    return [(duty, number, name) for duty, number, name in rows]


def _away(*conditions: sa.ColumnElement[bool]) -> list[Away]:
    delegate = aliased(StaffAccount)
    rows = db.session.execute(
        sa.select(StaffAbsence, StaffAccount.number, delegate.number)
        .join(StaffAccount, StaffAccount.id == StaffAbsence.staff_id)
        .outerjoin(delegate, delegate.id == StaffAbsence.delegate_id)
        .where(*conditions)
        .order_by(StaffAbsence.first_day, StaffAbsence.id)
    )
    return [Away(*row) for row in rows]


def _scope(by: str) -> sa.Select[tuple[uuid.UUID]]:
    offices = offices_of(db.session(), number=by, right=Right.DUTY)
    return subtree_of(*(office.id for office in offices))


def _account(number: str, *, lock: bool = False) -> StaffAccount:
    statement = sa.select(StaffAccount).where(StaffAccount.number == number, StaffAccount.closed_at.is_(None))
    account = db.session.scalar(statement.with_for_update() if lock else statement)
    if account is None:
        raise not_found()
    return account


def _note(by: str, action: str, subject_id: uuid.UUID, detail: dict[str, str | None]) -> None:
    audit.record(actor=audit.staff(by), action=action, subject_kind="staff_duty", subject_id=subject_id, detail=detail)
