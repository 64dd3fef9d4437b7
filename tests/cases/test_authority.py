"""Who of the staff may open a case, and work on it."""

import pytest
import sqlalchemy as sa

from server.cases.models import Case
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import db, transaction
from server.unions.models import TradeUnion
from server.unions.service import admit
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import Desk, Submit
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff

ACTS = (("show",), ("do", "accept"), ("message", "--text", "你好"))


def _under(above: TradeUnion, code: str, *, kind: UnionKind, firm_side: bool = False) -> TradeUnion:
    with transaction() as session:
        union = TradeUnion(
            code=code, name=code, kind=kind, parent_id=above.id, area_code="440304011", firm_side=firm_side
        )
        session.add(union)
        session.flush()
    return union


def _refused(desk: Desk, no: str, staff: str) -> bool:
    results = [desk.run(act[0], no, *act[1:], staff=staff) for act in ACTS]
    assert all(("办不了这件事" in result.output) == (result.exit_code == 1) for result in results)
    return all(result.exit_code == 1 for result in results)


def test_only_whoever_has_the_role_opens_a_case(submit: Submit, sign_in: SignIn, desk: Desk) -> None:
    make_staff("V1", "city_viewer")
    make_staff("L1", "legal_coordinator")
    no = submit("grievance", sign_in())["no"]
    assert all(_refused(desk, no, staff) for staff in ("V1", "L1", "nobody"))
    assert db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.read")).all() == []
    assert desk.run("show", no, staff="A1").exit_code == 0


def test_a_members_case_is_for_their_street_and_those_above_it(submit: Submit, sign_in: SignIn, desk: Desk) -> None:
    district = make_district()
    here = _under(district, "S1", kind=UnionKind.STREET)
    there = _under(district, "S2", kind=UnionKind.STREET)
    make_staff("HERE", "street_worker", union=here)
    make_staff("THERE", "street_worker", union=there)
    member = sign_in(Level.L2)
    with transaction() as session:
        admit(session, worker_id=member.worker_id, union=_under(here, "F1", kind=UnionKind.FEDERATION))
    no = submit("grievance", member)["no"]
    assert _refused(desk, no, "THERE")
    assert desk.run("show", no, staff="HERE").exit_code == 0
    assert desk.run("show", no, staff="A1").exit_code == 0


def test_a_case_of_nobodys_member_is_not_for_every_street(submit: Submit, sign_in: SignIn, desk: Desk) -> None:
    make_staff("S1", "street_worker", union=_under(make_district(), "S1", kind=UnionKind.STREET))
    assert _refused(desk, submit("grievance", sign_in())["no"], "S1")
    assert _refused(desk, submit()["no"], "S1")


def test_a_case_that_lies_somewhere_is_not_for_every_district(submit: Submit, sign_in: SignIn, desk: Desk) -> None:
    street = _under(make_district(), "GH440304011", kind=UnionKind.STREET)
    make_staff("S1", "street_worker", union=street)
    with transaction() as session:
        elsewhere = TradeUnion(code="GH440307", name="龙岗区总工会", kind=UnionKind.DISTRICT, area_code="440307")
        session.add(elsewhere)
        session.flush()
    make_staff("LG", "district_rights", union=elsewhere)
    no = submit("hardship_aid", sign_in(Level.L1))["no"]
    assert db.session.scalars(sa.select(Case.union_id).where(Case.no == no)).one() == street.id
    assert desk.run("show", no, staff="S1").exit_code == 0
    assert all(desk.run(*act, staff="LG").exit_code == 1 for act in (("show", no), ("do", no, "talk", "--text", "好")))
    assert no not in desk.run("list", "--all", staff="LG").output
    assert no in desk.run("list", "--all", staff="S1").output


@pytest.mark.parametrize("firm_side", [True, False])
def test_no_role_for_an_employers_own_union_opens_a_case(
    submit: Submit, sign_in: SignIn, desk: Desk, firm_side: bool
) -> None:
    unit = _under(make_district(), "U1", kind=UnionKind.UNIT, firm_side=firm_side)
    make_staff("U1", "worker_desk", union=unit)
    member = sign_in(Level.L2)
    with transaction() as session:
        admit(session, worker_id=member.worker_id, union=unit)
    assert _refused(desk, submit("grievance", member)["no"], "U1") is firm_side
