"""Which union an application is with, what its worker is told of it, and whom one can call there."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases.tasks import lapse_cases
from server.core.crypto import keyed_hmac
from server.core.db import db, transaction
from server.identity.models import ID_NUMBER
from server.unions.duty.service import be_absent, put_on_duty
from server.unions.duty.vocabulary import DutyKind
from server.unions.lists.models import MembershipInvitation
from server.unions.models import TradeUnion
from server.unions.staff.models import RoleGrant
from server.unions.vocabulary import MembershipState
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, submission
from tests.cases.joining import SIGNED, Tree, join, membership, place_of
from tests.cases.joining import member as member
from tests.cases.joining import rider as rider
from tests.cases.joining import tree as tree
from tests.moments import at
from tests.sign_in import Headers
from tests.staff import make_staff


def test_a_union_above_decides_for_the_one_that_has_nobody_and_the_member_belongs_there(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk
) -> None:
    with transaction() as session:
        session.execute(sa.text("UPDATE staff_account SET closed_at = now() WHERE number IN ('CHAIR', 'STREET')"))
    case = join(submit, rider)
    assert place_of(case) == "GH440304"
    assert desk.run("do", case["no"], "approve", staff="ORG").exit_code == 0
    assert membership(rider) == ("GH440304011-01", MembershipState.ACTIVE)


def test_who_is_sent_elsewhere_by_the_union_above_belongs_elsewhere(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    case = join(submit, rider)
    freeze(at("2026-03-20 18:01"))
    lapse_cases()
    sent = desk.run("do", case["no"], "reroute", "--to", "GH440304011", "--text", "归街道。", staff="STREET")
    assert sent.exit_code == 0, sent.output
    assert desk.run("do", case["no"], "approve", staff="STREET").exit_code == 0
    assert membership(rider) == ("GH440304011", MembershipState.ACTIVE)


def test_silence_leaves_a_moving_member_to_the_union_that_was_meant(
    tree: Tree, member: Headers, submit: Submit, desk: Desk, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    case = submit("move_membership", member)
    desk.run("do", case["no"], "let_go", staff="CHAIR")
    freeze(at("2026-03-20 18:01"))
    lapse_cases()
    assert place_of(case) == "GH440304"
    assert desk.run("do", case["no"], "take_in", staff="ORG").exit_code == 0
    assert membership(member) == ("GH440304011", MembershipState.ACTIVE)


@pytest.mark.parametrize(("employment", "status"), [("platform_station", 201), ("employed", 422)])
def test_who_rides_for_a_platform_need_not_name_it(
    tree: Tree, rider: Headers, client: FlaskClient, employment: str, status: int
) -> None:
    sent = submission("join_union", answers={**SIGNED, "employment": employment})
    del sent["answers"]["employer"]
    assert client.post("/api/v1/cases", json=sent, headers=rider).status_code == status


def test_the_worker_is_told_which_union_has_it_and_whom_to_call(
    tree: Tree,
    rider: Headers,
    submit: Submit,
    desk: Desk,
    follow: Follow,
    freeze: Freeze,
    count_queries: list[str],
) -> None:
    freeze(FRIDAY)
    make_staff("SEC", "security_admin", union=tree.district)
    put_on_duty(
        number="CHAIR",
        union=tree.industry,
        kind=DutyKind.DESK,
        first_day=FRIDAY.date(),
        last_day=None,
        phone="0755-00010001",
        by="SEC",
    )
    case = join(submit, rider)
    me = follow(case, rider)
    me.read()
    count_queries.clear()
    office = me.read()["office"]
    assert len(count_queries) == 2  # the case, and its office
    assert (office["name"], office["phone"]) == (tree.industry.name, "0755-00010001")
    assert office["person"]
    be_absent(number="CHAIR", first_day=FRIDAY.date(), last_day=FRIDAY.date(), delegate=None)
    assert me.read()["office"] == {"name": tree.industry.name, "person": None, "phone": None}
    desk.run("do", case["no"], "approve", staff="CHAIR")
    assert me.read()["office"] is None


def test_a_members_own_case_tells_the_nearest_union_that_has_staff_in_one_statement(
    tree: Tree, member: Headers, submit: Submit, follow: Follow, count_queries: list[str]
) -> None:
    me = follow(submit("grievance", member), member)
    make_staff("RIGHTS", "district_rights", union=tree.district)
    me.read()
    count_queries.clear()
    assert me.read()["office"]["name"] == tree.street.name
    assert len(count_queries) == 2  # the case, and its office
    with transaction() as session:
        session.execute(sa.delete(RoleGrant).where(RoleGrant.role == "street_worker"))
    assert me.read()["office"]["name"] == tree.district.name


def test_no_worker_is_told_that_the_employers_own_union_has_what_it_must_not_have(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk, follow: Follow
) -> None:
    joining = join(submit, rider, employer={"name": "站点", "code": "GH440304011-U9"}, reviewer="employer")
    assert follow(joining, rider).read()["office"]["name"] == tree.employer.name
    desk.run("do", joining["no"], "approve", staff="FIRM")
    make_staff("RIGHTS", "district_rights", union=tree.district)
    complaint = submit("grievance", rider)
    assert follow(complaint, rider).read()["office"]["name"] != tree.employer.name


def test_an_application_ends_when_its_worker_joins_by_a_list_that_names_them(
    client: FlaskClient, tree: Tree, rider: Headers, submit: Submit
) -> None:
    case = join(submit, rider)
    union = db.session.scalars(sa.select(TradeUnion).where(TradeUnion.code == "GH440304011-U9")).one()
    with transaction() as session:
        digest = keyed_hmac(rider.person.id_number, purpose=ID_NUMBER)
        session.add(MembershipInvitation(row=2, union_id=union.id, id_number_hmac=digest, worker_id=rider.worker_id))
    body = {"union": union.code, "answer": "join"}
    assert client.put("/api/v1/me/invitation", json=body, headers=rider).status_code == 200
    assert client.get(f"/api/v1/cases/{case['no']}", headers=rider).json["state"] == "moot"
    assert membership(rider) == (union.code, MembershipState.ACTIVE)
