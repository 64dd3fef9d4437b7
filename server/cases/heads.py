"""Who heads the office that has a case, and who may do what with it there."""

import uuid
from collections.abc import Collection
from datetime import date, datetime

from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.homes import home_of
from server.cases.models import Case
from server.core.clock import day_of
from server.core.db import db
from server.unions.duty.rules import Roster
from server.unions.duty.vocabulary import DutyKind
from server.unions.staff.authority import holders_of
from server.unions.staff.roles import roles_with
from server.unions.staff.vocabulary import Right


def heads_for(case: Case, known: Roster, *, without: Collection[str], at: datetime) -> list[str]:
    """The head of the office that has a case, who is not of those that cannot work on it; else the district's."""
    return heads_at(case.union_id or home_of(case), case, known, without=without, at=at)


def heads_at(
    place: uuid.UUID | None, case: Case, known: Roster, *, without: Collection[str], at: datetime
) -> list[str]:
    """`heads_for` of a case of which it is known where it lies."""
    service = version_of(case.service, case.service_version)
    there = known if service.firm_side else known.without_firms()
    return heads_of(there, union_id=place, without=without, day=day_of(at))


def heads_of(known: Roster, *, union_id: uuid.UUID | None, without: Collection[str], day: date) -> list[str]:
    """The head of a union's office: the chair of its street, else the head of its district's department."""
    street = known.on_duty(DutyKind.CHAIR, union_id=union_id, day=day)
    district = known.on_duty(DutyKind.HEAD, union_id=known.district_of(union_id), day=day)
    return next((told for one in (street, district) if (told := sorted({*one}.difference(without)))), [])


def holders(case: Case, service: Service, right: Right) -> set[str]:
    """Staff numbers of everybody who holds a right over a case, where it lies and above."""
    place = case.union_id or home_of(case)
    if place is None:
        return set()
    found = (
        holders_of(db.session(), role=role, union_id=place, neutral=not service.firm_side)
        for role in roles_with(right, service=service.key)
    )
    return {account.number for accounts in found for account in accounts}
