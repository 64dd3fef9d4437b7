"""What must not come to those whom it is about: an objection to what was published, a word on being punished."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases.authority import in_reach, lets_pass
from server.cases.models import Case
from server.cases.opening import destinations
from server.cases.queue import found_by_number
from server.cases.steps import answers_of
from server.cases.unreached import KIND, on_message_lost
from server.clocks.models import OwnerKind
from server.clocks.service import clocks_of
from server.core.access import Level
from server.core.db import db, transaction
from server.notices.models import Delivery, StaffNotice
from server.notices.plans import kinds_to_call
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.service import admit, change_state, transfer
from server.unions.staff.vocabulary import CASE_RIGHTS, Right
from server.unions.vocabulary import MembershipState, UnionKind
from tests.cases.conftest import STAFF, Desk, Follow, Submit, submission
from tests.cases.declared import services
from tests.cases.test_in_confidence import make_union
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff, make_street, put_on_duty

OBJECTION = {
    "topic": "publication",
    "published": {"name": "香蜜湖街道的张*"},
    "text": "公示的张姓工友住在别的区，也有工作。",
}
PUNISHED = {"topic": "retaliation", "text": "反映扣款以后，站长就不给我派单了。"}


def office_of(case: dict[str, str]) -> str | None:
    return db.session.scalar(
        sa.select(TradeUnion.code).join(Case, Case.union_id == TradeUnion.id).where(Case.no == case["no"])
    )


@pytest.fixture
def two_districts() -> dict[str, TradeUnion]:
    """Each with a street, all of them with somebody for grievances."""
    make_district()
    with transaction() as session:
        other = TradeUnion(code="GH440305", name="另一区总工会（测试）", kind=UnionKind.DISTRICT, area_code="440305")
        session.add(other)
        session.flush()
        beyond = TradeUnion(
            code="GH440305007", name="街道总工会", kind=UnionKind.STREET, area_code="440305007", parent_id=other.id
        )
        session.add(beyond)
    make_staff("D2", "district_rights", union=other)
    street = make_street("440304011")
    neighbour = make_street("440304012")
    for number, union in (("W1", street), ("W2", beyond), ("W3", neighbour)):
        put_on_duty(make_staff(number, "street_worker", union=union), DutyKind.DESK, union)
    return {"street": street, "neighbour": neighbour, "other": other, "beyond": beyond}


@pytest.fixture
def member_of(two_districts: dict[str, TradeUnion], sign_in: SignIn, request: pytest.FixtureRequest) -> Headers:
    """Whoever objects: a member of the street that decided, of another one, of the other district, or nobody's."""
    headers = sign_in(Level.L1)
    if request.param is not None:
        with transaction() as session:
            admit(session, worker_id=headers.worker_id, union=two_districts[request.param])
    return headers


def everything_for(desk: Desk, case: dict[str, str], staff: str) -> list[str]:
    """What somebody reaches of a case: pages, lists, and what they would do with it."""
    found = db.session.scalars(sa.select(Case).where(Case.no == case["no"])).one()
    reached = [
        name
        for name, arguments in {
            "show": ("show", case["no"]),
            "accept": ("do", case["no"], "accept"),
            "reveal": ("reveal", case["no"], "--because", "想知道是谁"),
            "message": ("message", case["no"], "--text", "看过了"),
            "fill": ("fill", case["no"], "--answers", '{"happened": "昨天"}'),
        }.items()
        if desk.run(*arguments, staff=staff).exit_code == 0
    ]
    listed = desk.run("list", "--all", staff=staff)
    assert listed.exit_code == 0
    reached += ["list"] if case["no"] in listed.output else []
    reached += ["search"] if found_by_number(case["no"], staff_no=staff) else []
    reached += [f"pass {right}" for right in Right if lets_pass(found, staff_no=staff, right=right, assigned=True)]
    for right in CASE_RIGHTS:
        held = in_reach(staff_no=staff, right=right, assigned=True)
        reached += [f"row {right}"] if db.session.scalar(sa.select(Case.id).where(Case.id == found.id, held)) else []
    told = sa.select(StaffNotice.id).where(StaffNotice.staff_no == staff, StaffNotice.link == f"/cases/{case['no']}")
    return [*reached, "told"] if db.session.scalar(told) else reached


@pytest.mark.parametrize("member_of", ["street", "neighbour", "beyond", None], indirect=True)
@pytest.mark.parametrize(("street", "district"), [("440304011", "GH440304"), ("440305007", "GH440305")])
@pytest.mark.parametrize("mode", ["named", "confidential", "anonymous"])
def test_an_objection_is_seen_by_the_district_over_the_street_that_published_and_by_nobody_else(
    member_of: Headers, submit: Submit, desk: Desk, street: str, district: str, mode: str
) -> None:
    headers = None if mode == "anonymous" else member_of
    no_objection = submit("grievance", headers, identity_mode=mode, answers={"street": street})
    assert office_of(no_objection) == f"GH{street}"
    case = submit("grievance", headers, identity_mode=mode, answers={**OBJECTION, "street": street, "danger": True})
    assert office_of(case) == district
    judges, others = (STAFF, "D2") if district == "GH440304" else ("D2", STAFF)
    for number in ("W1", "W2", "W3", others):
        assert everything_for(desk, case, number) == []
    assert {"show", "accept", "list", "search"} <= set(everything_for(desk, case, judges))


@pytest.mark.parametrize("member_of", ["street"], indirect=True)
def test_it_stays_unseen_at_home_when_whoever_objects_leaves_or_goes_elsewhere(
    two_districts: dict[str, TradeUnion], member_of: Headers, submit: Submit, desk: Desk
) -> None:
    case = submit("grievance", member_of, answers={**OBJECTION, "street": "440304011"})
    desk.do(case, "accept")
    with transaction() as session:
        change_state(worker_id=member_of.worker_id, target=MembershipState.TRANSFERRING, actor="staff:A1")
        transfer(worker_id=member_of.worker_id, union=session.merge(two_districts["beyond"]), actor="staff:A1")
    assert office_of(case) == "GH440304"
    for number in ("W1", "W2", "D2"):
        assert desk.run("show", case["no"], staff=number).exit_code == 1


@pytest.mark.parametrize("member_of", ["street", None], indirect=True)
def test_it_is_never_sent_to_the_street_objected_to_nor_below_it(
    two_districts: dict[str, TradeUnion], member_of: Headers, submit: Submit, desk: Desk
) -> None:
    with transaction() as session:
        below = TradeUnion(
            code="GH440304011001",
            name="社区工会",
            kind=UnionKind.FEDERATION,
            area_code="440304011001",
            parent_id=two_districts["street"].id,
        )
        session.add(below)
    make_staff("C1", "street_worker", union=below)
    case = submit("grievance", member_of, answers={**OBJECTION, "street": "440304011"})
    other = submit("grievance", member_of, answers={"street": "440304011"})
    desk.do(case, "accept")
    for code in ("GH440304011", "GH440304011001"):
        refused = desk.run("do", case["no"], "dispatch", "--to", code, "--text", "请核实")
        assert refused.exit_code == 1
        assert "说的就是那个街道做的" in refused.output
        assert office_of(case) == "GH440304"
    service = services()["grievance"]
    offered = {
        one["no"]: {union.code for union in destinations(service, answers_of(found))}
        for one in (case, other)
        for found in [db.session.scalars(sa.select(Case).where(Case.no == one["no"])).one()]
    }
    assert offered[other["no"]] - offered[case["no"]] == {"GH440304011", "GH440304011001"}
    sent = desk.run("do", case["no"], "dispatch", "--to", "GH440304012", "--text", "请核实")
    assert sent.exit_code == 0, sent.output
    assert desk.run("show", case["no"], staff="W3").exit_code == 0
    assert desk.run("show", case["no"], staff="W1").exit_code == 1


@pytest.mark.parametrize("member_of", ["street"], indirect=True)
def test_without_a_district_it_goes_to_nobody_below_and_never_home(
    two_districts: dict[str, TradeUnion], member_of: Headers, submit: Submit, desk: Desk
) -> None:
    # A street that no office stands over in the tables: its district's union was never entered.
    with transaction() as session:
        session.merge(two_districts["other"]).area_code = "440399"
    case = submit("grievance", member_of, answers={**OBJECTION, "street": "440305007"})
    assert office_of(case) == "GH440304"
    for number in ("W1", "W2"):
        assert desk.run("show", case["no"], staff=number).exit_code == 1


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({"street": "440304011"}, {"topic": "publication", "published": {"name": "张*"}}),
        ({**OBJECTION, "street": "440304011"}, {"topic": "membership"}),
        ({**OBJECTION, "street": "440304011"}, {"street": "440304010"}),
    ],
)
@pytest.mark.parametrize("member_of", ["street"], indirect=True)
def test_whose_deeds_it_is_about_is_not_changed_later(
    member_of: Headers, submit: Submit, follow: Follow, desk: Desk, sent: dict[str, Any], changed: dict[str, Any]
) -> None:
    case = submit("grievance", member_of, answers=sent)
    mine = follow(case, member_of)
    refused = mine.post("supplements", {"answers": changed})
    assert (refused.status_code, (refused.json or {}).get("code")) == (409, "judged_elsewhere"), refused.get_data(
        as_text=True
    )
    filled = desk.run("fill", case["no"], "--answers", json.dumps(changed))
    assert filled.exit_code == 1
    assert "另外提交一件" in filled.output
    found = db.session.scalars(sa.select(Case).where(Case.no == case["no"])).one()
    assert {key: answers_of(found).get(key) for key in sent} == sent
    assert mine.post("supplements", {"answers": {"text": "再说清楚一点：上个月的那一次公示。"}}).status_code < 300


@pytest.mark.parametrize("member_of", ["street"], indirect=True)
def test_nobody_at_home_is_asked_to_ring_up_about_it(member_of: Headers, submit: Submit, desk: Desk) -> None:
    desk.do(submit("grievance", member_of, answers={"street": "440304011"}), "accept")
    case = submit("grievance", member_of, answers={**OBJECTION, "street": "440304011"})
    desk.do(case, "accept")
    hidden = db.session.scalars(sa.select(Delivery.in_confidence).order_by(Delivery.created_at)).all()
    assert hidden == [False, True]
    on_message_lost(None, kind=kinds_to_call()[0], link=f"/cases/{case['no']}")
    told = db.session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == KIND)).one()
    assert told.staff_no == STAFF
    assert "不让工友自己的工会知道" in told.text


def test_an_objection_says_of_which_street(client: FlaskClient, sign_in: SignIn) -> None:
    sent = submission("grievance", answers=OBJECTION)
    refused = client.post("/api/v1/cases", json=sent, headers=sign_in(Level.L1))
    assert refused.status_code == 422
    assert "street" in refused.get_data(as_text=True)


def test_who_was_punished_for_speaking_up_comes_first_and_never_to_the_employers_side(
    sign_in: SignIn, submit: Submit, desk: Desk
) -> None:
    firm = make_union("U1", firm_side=True, kind=UnionKind.UNIT)
    make_staff("F1", "district_rights", union=firm)
    headers = sign_in(Level.L1)
    with transaction() as session:
        admit(session, worker_id=headers.worker_id, union=firm)
    before = submit("grievance", headers, answers={"topic": "pay"})
    case = submit("grievance", headers, answers={**PUNISHED, "earlier": before["no"]})
    urgency = dict(db.session.execute(sa.select(Case.no, Case.urgency)).all())
    assert urgency == {before["no"]: "normal", case["no"]: "urgent"}
    found = db.session.scalars(sa.select(Case).where(Case.no == case["no"])).one()
    answer = next(one for one in clocks_of(owner_kind=OwnerKind.CASE, owner_id=found.id) if one.key == "answer")
    assert answer.deadline == "GR_URGENT"
    assert desk.run("show", case["no"], staff="F1").exit_code == 1
    assert before["no"] in desk.run("show", case["no"]).output
