"""Members of the staff, for the tests of every domain."""

from datetime import date, timedelta

import sqlalchemy as sa

from server.core.clock import now, today
from server.core.db import transaction
from server.unions.duty.models import StaffDuty
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.staff.models import RoleGrant, StaffAccount
from server.unions.staff.roles import roles
from server.unions.staff.vocabulary import GrantState
from server.unions.vocabulary import UnionKind


def make_district() -> TradeUnion:
    """福田's union, as the demo data have it or standing alone."""
    with transaction() as session:
        district = session.scalar(sa.select(TradeUnion).where(TradeUnion.code == "GH440304"))
        if district is None:
            district = TradeUnion(code="GH440304", name="区总工会（测试）", kind=UnionKind.DISTRICT, area_code="440304")
            session.add(district)
            session.flush()
    return district


def make_street(area_code: str) -> TradeUnion:
    """A street's union under 福田's."""
    with transaction() as session:
        street = TradeUnion(
            code=f"GH{area_code}",
            name=f"街道总工会 {area_code}",
            kind=UnionKind.STREET,
            area_code=area_code,
            parent_id=make_district().id,
        )
        session.add(street)
        session.flush()
    return street


def make_staff(number: str, *held: str, union: TradeUnion | None = None) -> StaffAccount:
    """Somebody with these roles, or with those of a district's rights department; for `union` or 福田."""
    at = union or make_district()
    with transaction() as session:
        account = StaffAccount(number=number, name=f"测小工{number}", union_id=at.id, created_at=now())
        session.add(account)
        session.flush()
        for role in held or ("district_rights",):
            session.add(
                RoleGrant(
                    staff_id=account.id,
                    role=role,
                    apart=roles()[role].apart,
                    union_id=at.id,
                    state=GrantState.GRANTED,
                    # Far enough for tests that stop the clock in other years.
                    until=now() + timedelta(days=36_500),
                    reason="测试",
                    created_at=now(),
                )
            )
    return account


def put_on_duty(
    account: StaffAccount, kind: DutyKind, union: TradeUnion, *, since: date | None = None, phone: str | None = None
) -> None:
    """From yesterday on, or another day, without end."""
    first_day = since or today() - timedelta(days=1)
    duty = StaffDuty(staff_id=account.id, union_id=union.id, kind=kind, first_day=first_day, phone=phone)
    with transaction() as session:
        session.add(duty)
