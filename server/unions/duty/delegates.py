"""Who may stand in for somebody who is away, and who does on a day. Standing in gives nobody a right."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from server.core.clock import now
from server.core.db import db
from server.unions.duty.models import StaffAbsence
from server.unions.duty.rules import Absence, Reach, covers, present
from server.unions.models import TradeUnion
from server.unions.staff.authority import read_once
from server.unions.staff.models import RoleGrant, StaffAccount
from server.unions.staff.roles import roles, roles_with
from server.unions.staff.vocabulary import GrantState, Right
from server.unions.tree import lineage_of


def colleagues_of(number: str) -> Sequence[StaffAccount]:
    """Who may stand in for somebody, by number: whoever may work on all cases of their office that they may.

    For somebody who works on no cases, whoever works for the same union. What they may do for other offices too is not
    asked of a colleague: those cases go up.
    """
    account = db.session.scalar(sa.select(StaffAccount).where(StaffAccount.number == number))
    if account is None:
        return []
    everywhere = _reaches([account.id])[account.id]
    needed = [reach for reach in everywhere if reach.union_id == account.union_id] or everywhere
    others = sa.select(StaffAccount).where(StaffAccount.closed_at.is_(None), StaffAccount.id != account.id)
    if not needed:
        others = others.where(StaffAccount.union_id == account.union_id)
        return db.session.scalars(others.order_by(StaffAccount.number)).all()
    parents = _above({one.union_id for one in needed})
    near = sa.select(RoleGrant.staff_id).where(*_works(), RoleGrant.union_id.in_(parents))
    found = db.session.scalars(others.where(StaffAccount.id.in_(near)).order_by(StaffAccount.number)).all()
    held = _reaches([one.id for one in found])
    return [one for one in found if covers(held[one.id], needed, parents)]


def may_stand_in(*, number: str, delegate: str) -> bool:
    """Whether somebody may stand in for another now."""
    return any(one.number == delegate for one in colleagues_of(number))


def away_on_day(day: date) -> Mapping[str, str | None]:
    """Everybody who is away on a day, by number, with who stands in; None where nobody does. One query."""
    absences = read_once(("absences", day), lambda: absences_on(day))
    return {one.staff_no: present(absences, one.staff_no, day) for one in absences}


def absences_on(day: date) -> Collection[Absence]:
    """All absences of a day. Whose account is closed stands in for nobody."""
    delegate = aliased(StaffAccount)
    rows = db.session.execute(
        sa.select(StaffAccount.number, StaffAbsence.first_day, StaffAbsence.last_day, delegate.number)
        .join(StaffAccount, StaffAccount.id == StaffAbsence.staff_id)
        .outerjoin(delegate, sa.and_(delegate.id == StaffAbsence.delegate_id, delegate.closed_at.is_(None)))
        .where(StaffAbsence.first_day <= day, StaffAbsence.last_day >= day)
    )
    return [Absence(*row) for row in rows]


def gone_from_work() -> sa.Select[Any]:
    """Staff numbers of those who work on cases no more: their account is closed, or all roles for that are over."""
    works = sa.select(RoleGrant.staff_id).where(
        RoleGrant.state == GrantState.GRANTED, RoleGrant.until > now(), RoleGrant.role.in_(roles_with(Right.CASE_WORK))
    )
    left = sa.or_(StaffAccount.closed_at.is_not(None), StaffAccount.id.not_in(works))
    return sa.select(StaffAccount.number).where(left)


def _reaches(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[Reach]]:
    """By account on which cases it may work now. Roles for an employer's own union are not among them."""
    found: dict[uuid.UUID, list[Reach]] = defaultdict(list)
    for staff_id, role, union_id in db.session.execute(
        sa.select(RoleGrant.staff_id, RoleGrant.role, RoleGrant.union_id).where(RoleGrant.staff_id.in_(ids), *_works())
    ):
        found[staff_id].append(Reach(union_id, roles()[role].services))
    return found


def _works() -> list[sa.ColumnElement[bool]]:
    firms = sa.select(TradeUnion.id).where(TradeUnion.firm_side)
    return [
        RoleGrant.state == GrantState.GRANTED,
        RoleGrant.until > now(),
        RoleGrant.role.in_(roles_with(Right.CASE_WORK)),
        RoleGrant.union_id.not_in(firms),
    ]


def _above(union_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, uuid.UUID | None]:
    """Unions and all above them, each with the one above."""
    here = sa.or_(*(TradeUnion.id.in_(lineage_of(one)) for one in union_ids))
    rows = db.session.execute(sa.select(TradeUnion.id, TradeUnion.parent_id).where(here))
    return {row.id: row.parent_id for row in rows}
