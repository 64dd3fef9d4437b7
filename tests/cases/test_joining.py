"""Joining the union, from the form to the card: who gets it, what silence does, and what a refusal is worth."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases.models import Case
from server.cases.tasks import lapse_cases
from server.core.access import Level
from server.core.clock import SHANGHAI
from server.core.crypto import keyed_hmac
from server.core.db import db, transaction
from server.identity.models import ID_NUMBER
from server.unions.duty.service import be_absent, put_on_duty
from server.unions.duty.vocabulary import DutyKind
from server.unions.lists.models import MembershipInvitation
from server.unions.models import JoiningRecord, TradeUnion
from server.unions.service import membership_of
from server.unions.staff.models import RoleGrant
from server.unions.vocabulary import Employment, MembershipState, UnionKind
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, submission
from tests.people import person
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff

RIDER = person(3)
SIGNED = {"statement": {"name": RIDER.name, "agreed": True}}


def at(text: str) -> datetime:
    """An instant of Shanghai's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


class Tree:
    """District → street → an industry's union and an employer's own."""

    def __init__(self) -> None:
        self.district = make_district()
        self.street = self._under(self.district, "GH440304011", UnionKind.STREET)
        self.industry = self._under(self.street, "GH440304011-01", UnionKind.FEDERATION)
        self.employer = self._under(self.street, "GH440304011-U9", UnionKind.UNIT, firm_side=True)
        make_staff("STREET", "street_worker", union=self.street)
        make_staff("CHAIR", "base_chair", union=self.industry)
        make_staff("FIRM", "base_chair", union=self.employer)
        make_staff("ORG", "district_organisation", union=self.district)

    def _under(self, above: TradeUnion, code: str, kind: UnionKind, *, firm_side: bool = False) -> TradeUnion:
        with transaction() as session:
            union = TradeUnion(
                code=code,
                name=f"工会 {code}",
                kind=kind,
                parent_id=above.id,
                area_code="440304011",
                firm_side=firm_side,
            )
            session.add(union)
            session.flush()
        return union


@pytest.fixture
def tree(app: object) -> Tree:
    return Tree()


@pytest.fixture
def rider(sign_in: SignIn) -> Headers:
    return sign_in(Level.L2, who=RIDER)


def join(submit: Submit, headers: Headers, **answers: Any) -> dict[str, Any]:
    return submit("join_union", headers, answers={**SIGNED, **answers})


def place_of(case: Mapping[str, Any]) -> str:
    """Code of the union that a case is with."""
    db.session.rollback()
    return db.session.scalars(
        sa.select(TradeUnion.code).join(Case, Case.union_id == TradeUnion.id).where(Case.no == case["no"])
    ).one()


def membership(headers: Headers) -> tuple[str, MembershipState] | None:
    """Code of somebody's union, and their state there."""
    db.session.rollback()
    found = membership_of(db.session(), headers.worker_id)
    return None if found is None else (found[1].code, found[0].state)


# ── who gets it


@pytest.mark.parametrize(
    ("answers", "where"),
    [
        ({}, "GH440304011-01"),
        ({"employer": {"name": "站点", "code": "GH440304011-U9"}}, "GH440304011-U9"),
        ({"employer": {"name": "工会 GH440304011-U9"}}, "GH440304011-U9"),
        ({"employer": {"name": "站点", "code": "GH440304011-U9"}, "reviewer": "street"}, "GH440304011"),
        ({"employer": {"name": "站点", "code": "GH440304011-U9"}, "reviewer": "industry"}, "GH440304011-01"),
        ({"employment": "employed"}, "GH440304011"),
        ({"work_area": "440304010"}, "GH440304"),
    ],
)
def test_a_joiner_goes_where_the_rules_and_their_own_choice_lead(
    tree: Tree, rider: Headers, submit: Submit, answers: dict[str, Any], where: str
) -> None:
    assert place_of(join(submit, rider, **answers)) == where


def test_a_union_with_nobody_for_it_is_passed_over(rider: Headers, submit: Submit, tree: Tree) -> None:
    with transaction() as session:
        session.execute(sa.text("UPDATE staff_account SET closed_at = now() WHERE number IN ('CHAIR', 'STREET')"))
    assert place_of(join(submit, rider)) == "GH440304"


# ── approved


def test_approval_gives_membership_a_card_and_the_first_benefits(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk, client: FlaskClient, follow: Follow
) -> None:
    case = join(submit, rider)
    assert case["state_name"] == "工会在审核"
    desk_answer = desk.run("show", case["no"], staff="CHAIR").output
    assert "平时在哪个街道干活：华强北街道华红社区" in desk_answer
    assert f"{RIDER.name}（已签名）" in desk_answer
    assert desk.run("do", case["no"], "approve", staff="CHAIR").exit_code == 0
    assert follow(case, rider).read()["state_name"] == "入会了"
    assert membership(rider) == ("GH440304011-01", MembershipState.ACTIVE)
    card = client.get("/api/v1/me/card", headers=rider)
    assert card.status_code == 200
    notices = client.get("/api/v1/notices", headers=rider).json
    assert "请律师不收钱" in notices["items"][0]["body"]
    record = db.session.scalars(sa.select(JoiningRecord)).one()
    assert (record.employment, record.employer) == (Employment.PLATFORM_STATION, "演示配送站")
    assert (record.ethnicity, record.work_area) == ("汉族", "440304011001")


def test_only_the_union_that_it_is_with_and_those_above_it_see_it(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk
) -> None:
    case = join(submit, rider)
    assert desk.run("show", case["no"], staff="FIRM").exit_code == 1
    assert desk.run("do", case["no"], "approve", staff="FIRM").exit_code == 1
    for staff in ("CHAIR", "STREET", "ORG"):
        assert desk.run("show", case["no"], staff=staff).exit_code == 0


def test_an_employers_own_union_takes_in_its_own(tree: Tree, rider: Headers, submit: Submit, desk: Desk) -> None:
    case = join(submit, rider, employer={"name": "站点", "code": "GH440304011-U9"}, reviewer="employer")
    assert desk.run("do", case["no"], "approve", staff="FIRM").exit_code == 0
    assert membership(rider) == ("GH440304011-U9", MembershipState.ACTIVE)


def reroute(desk: Desk, case: Mapping[str, Any], to: str, *, staff: str) -> None:
    done = desk.run("do", case["no"], "reroute", "--to", to, "--text", "是那边的人", staff=staff)
    assert done.exit_code == 0, done.output


def clocks(case: Mapping[str, Any]) -> dict[str, str]:
    return {clock["key"]: clock["due_at"] for clock in case["clocks"]}


def test_a_wrong_union_sends_it_on_and_the_clock_keeps_running(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk, freeze: Freeze, follow: Follow
) -> None:
    freeze(FRIDAY)
    case = join(submit, rider)
    due = clocks(case)["review"]
    freeze(at("2026-03-16 09:00"))
    reroute(desk, case, "GH440304011-U9", staff="CHAIR")
    assert place_of(case) == "GH440304011-U9"
    read = follow(case, rider).read()
    assert clocks(read) == {"review": due, "reroute": "2026-03-17T18:00:00+08:00"}
    assert desk.run("do", case["no"], "approve", staff="FIRM").exit_code == 0
    assert membership(rider) == ("GH440304011-U9", MembershipState.ACTIVE)


def test_a_second_return_is_ruled_on_by_the_district_and_nobody_returns_it_again(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk, freeze: Freeze, follow: Follow
) -> None:
    freeze(FRIDAY)
    case = join(submit, rider)
    reroute(desk, case, "GH440304011-U9", staff="CHAIR")
    returned = ("do", case["no"], "return_again", "--text", "没有这个人")
    assert desk.run(*returned, staff="FIRM").exit_code == 0
    assert place_of(case) == "GH440304"
    me = follow(case, rider)
    assert me.read()["state_name"] == "区总工会在定由谁审核"
    assert me.read()["next"]["by"] == "2026-03-16T18:00:00+08:00"
    ruled = ("do", case["no"], "rule", "--to", "GH440304011-01", "--text", "归行业")
    assert desk.run(*ruled, staff="STREET").exit_code == 1, "the district rules"
    assert desk.run(*ruled, staff="ORG").exit_code == 0
    assert place_of(case) == "GH440304011-01"
    again = desk.run("do", case["no"], "reroute", "--to", "GH440304011", "--text", "不归我", staff="CHAIR")
    assert again.exit_code == 1, "what was settled is not sent on again"
    assert me.read()["next"]["by"] == clocks(case)["review"], "the worker's own date was kept"


@pytest.mark.parametrize(
    ("steps", "where", "state"),
    [((), "GH440304011-U9", "工会在审核"), (("return_again",), "GH440304", "工会在审核")],
    ids=["nothing sent back", "nothing ruled"],
)
def test_silence_about_whose_it_is_parks_nobody(
    tree: Tree,
    rider: Headers,
    submit: Submit,
    desk: Desk,
    freeze: Freeze,
    follow: Follow,
    steps: tuple[str, ...],
    where: str,
    state: str,
) -> None:
    freeze(FRIDAY)
    case = join(submit, rider)
    reroute(desk, case, "GH440304011-U9", staff="CHAIR")
    for step in steps:
        assert desk.run("do", case["no"], step, "--text", "没有这个人", staff="FIRM").exit_code == 0
    freeze(at("2026-03-16 18:01"))
    lapse_cases()
    assert (place_of(case), follow(case, rider).read()["state_name"]) == (where, state)
    late = desk.run("do", case["no"], "return_again", "--text", "没有这个人", staff="FIRM")
    assert late.exit_code == 1, "a working day is over"
    assert clocks(follow(case, rider).read())["review"] == clocks(case)["review"]


# ── silence


def test_silence_hands_it_up_to_the_street_and_then_to_the_district(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk, freeze: Freeze, follow: Follow
) -> None:
    freeze(FRIDAY)
    case = join(submit, rider)
    freeze(at("2026-03-20 18:01"))
    lapse_cases()
    assert place_of(case) == "GH440304011"
    me = follow(case, rider)
    assert me.read()["timeline"][-1]["what"] == "工会到期没有审，交给上一级工会了"
    assert me.read()["next"]["by"] == "2026-03-27T18:00:00+08:00", "ten working days in all"
    freeze(at("2026-03-27 18:01"))
    lapse_cases()
    lapse_cases()
    assert place_of(case) == "GH440304"
    assert desk.run("do", case["no"], "approve", staff="CHAIR").exit_code == 1, "it is not with them any more"
    assert desk.run("do", case["no"], "approve", staff="ORG").exit_code == 0
    assert membership(rider) == ("GH440304011-01", MembershipState.ACTIVE), "the one that was meant"


# ── refused


def test_a_refusal_has_a_reason_and_the_union_above_looks_again_within_ten_working_days(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    case = join(submit, rider)
    assert "写明内容" in desk.run("do", case["no"], "refuse", staff="CHAIR").output
    desk.run("do", case["no"], "refuse", "--text", "不是这里的人。", staff="CHAIR")
    me = follow(case, rider)
    assert me.read()["messages"][-1]["text"] == "不是这里的人。"
    assert me.post("reopening", {"reason": "我就在这里跑单。"}).status_code == 200
    assert place_of(case) == "GH440304011"
    assert me.read()["next"]["by"] == "2026-03-27T18:00:00+08:00"
    assert desk.run("do", case["no"], "overturn", staff="CHAIR").exit_code == 1
    assert desk.run("do", case["no"], "overturn", staff="STREET").exit_code == 0
    assert membership(rider) == ("GH440304011-01", MembershipState.ACTIVE)


def test_an_objection_that_is_not_upheld_ends_it(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk, follow: Follow
) -> None:
    case = join(submit, rider)
    desk.run("do", case["no"], "refuse", "--text", "不是这里的人。", staff="CHAIR")
    me = follow(case, rider)
    me.post("reopening", {"reason": "我就在这里跑单。"})
    assert desk.run("do", case["no"], "uphold", "--text", "查过了。", staff="STREET").exit_code == 0
    assert me.post("reopening", {"reason": "再查一次"}).status_code == 409
    assert membership(rider) is None


def test_objecting_has_a_date_and_who_lets_it_pass_may_ask_anew(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, client: FlaskClient
) -> None:
    freeze(FRIDAY)
    case = join(submit, rider)
    desk.run("do", case["no"], "refuse", "--text", "不是这里的人。", staff="CHAIR")
    me = follow(case, rider)
    waits = me.read()["next"]
    assert (waits["who"], waits["by"]) == ("worker", "2026-03-27T18:00:00+08:00")
    assert "3月27日" in client.get("/api/v1/notices", headers=rider).json["items"][0]["body"]
    freeze(at("2026-03-27 18:01"))
    lapse_cases()
    assert me.read()["state_name"] == "没有通过，没有要复查"
    assert me.post("reopening", {"reason": "晚了"}).status_code == 409


def test_whoever_is_refused_may_ask_anew_at_once(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk, client: FlaskClient
) -> None:
    case = join(submit, rider)
    desk.run("do", case["no"], "refuse", "--text", "不是这里的人。", staff="CHAIR")
    assert ask(client, rider, **SIGNED, reviewer="street").status_code == 201


# ── who may ask


def ask(client: FlaskClient, headers: Headers, service: str = "join_union", **answers: Any) -> Any:
    return client.post("/api/v1/cases", json=submission(service, answers=answers), headers=headers)


def test_nobody_joins_twice_at_a_time_nor_who_is_a_member(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk, client: FlaskClient
) -> None:
    case = join(submit, rider)
    again = ask(client, rider, **SIGNED)
    assert (again.status_code, again.json["code"]) == (409, "under_way")
    assert case["no"] in again.json["title"]
    desk.run("do", case["no"], "approve", staff="CHAIR")
    member = ask(client, rider, **SIGNED)
    assert (member.status_code, member.json["code"]) == (409, "not_for_you")
    assert "转会" in member.json["title"]


def test_whoever_is_not_verified_is_told_so(tree: Tree, sign_in: SignIn, client: FlaskClient) -> None:
    refused = ask(client, sign_in(Level.L1), **SIGNED)
    assert (refused.status_code, refused.json["required_level"]) == (403, "L2")


@pytest.mark.parametrize(
    ("answers", "path"),
    [
        ({"statement": {"name": "别人", "agreed": True}}, "answers.statement.name"),
        ({"statement": {"name": RIDER.name, "agreed": False}}, "answers.statement.agreed"),
        ({"statement": {"name": RIDER.name}}, "answers.statement.agreed"),
        ({**SIGNED, "work_area": "440304999"}, "answers.work_area"),
        ({**SIGNED, "work_area": "福田"}, "answers.work_area"),
        ({**SIGNED, "employer": {"code": "GH440304011-U9"}}, "answers.employer.name"),
        ({**SIGNED, "employer": "演示"}, "answers.employer"),
    ],
)
def test_what_is_wrong_in_the_form_is_named(
    tree: Tree, rider: Headers, client: FlaskClient, answers: dict[str, Any], path: str
) -> None:
    refused = ask(client, rider, **answers)
    assert refused.status_code == 422
    assert path in refused.json["errors"]


def test_who_left_comes_back_under_the_old_number(
    tree: Tree, rider: Headers, submit: Submit, desk: Desk, client: FlaskClient
) -> None:
    first = join(submit, rider)
    desk.run("do", first["no"], "approve", staff="CHAIR")
    number = client.get("/api/v1/me", headers=rider).json["membership"]["number"]
    with transaction() as session:
        session.execute(sa.text("UPDATE membership SET state = 'left'"))
    again = join(submit, rider, reviewer="street")
    assert desk.run("do", again["no"], "approve", staff="STREET").exit_code == 0
    assert membership(rider) == ("GH440304011", MembershipState.ACTIVE)
    assert client.get("/api/v1/me", headers=rider).json["membership"]["number"] == number


# ── transfer


@pytest.fixture
def member(tree: Tree, rider: Headers, submit: Submit, desk: Desk) -> Headers:
    """A member of the industry's union."""
    case = join(submit, rider)
    assert desk.run("do", case["no"], "approve", staff="CHAIR").exit_code == 0
    return rider


def test_a_member_is_let_go_and_taken_in(tree: Tree, member: Headers, submit: Submit, desk: Desk) -> None:
    case = submit("move_membership", member)
    assert desk.run("do", case["no"], "let_go", staff="FIRM").exit_code == 1
    assert desk.run("do", case["no"], "let_go", staff="CHAIR").exit_code == 0
    assert membership(member) == ("GH440304011-01", MembershipState.TRANSFERRING)
    assert place_of(case) == "GH440304011"
    assert desk.run("do", case["no"], "take_in", staff="CHAIR").exit_code == 1, "the old union does not decide that"
    assert desk.run("do", case["no"], "take_in", staff="STREET").exit_code == 0
    assert membership(member) == ("GH440304011", MembershipState.ACTIVE)


def test_the_old_unions_silence_lets_the_member_go(
    tree: Tree, member: Headers, submit: Submit, freeze: Freeze, follow: Follow
) -> None:
    freeze(FRIDAY)
    case = submit("move_membership", member)
    freeze(at("2026-03-20 17:59"))
    lapse_cases()
    assert follow(case, member).read()["state_name"] == "等原来的工会同意转出"
    freeze(at("2026-03-20 18:01"))
    lapse_cases()
    assert follow(case, member).read()["state_name"] == "等新的工会接收"
    assert membership(member) == ("GH440304011-01", MembershipState.TRANSFERRING)


@pytest.mark.parametrize("end", ["turn_away", "withdrawal"])
def test_whoever_does_not_arrive_stays_where_they_were(
    tree: Tree, member: Headers, submit: Submit, desk: Desk, follow: Follow, end: str
) -> None:
    case = submit("move_membership", member)
    desk.run("do", case["no"], "let_go", staff="CHAIR")
    if end == "withdrawal":
        assert follow(case, member).post("withdrawal", {}).status_code == 200
    else:
        assert desk.run("do", case["no"], "turn_away", "--text", "找华强北街道。", staff="STREET").exit_code == 0
    assert membership(member) == ("GH440304011-01", MembershipState.ACTIVE)


def test_a_union_that_keeps_its_member_is_looked_at_by_the_one_above(
    tree: Tree, member: Headers, submit: Submit, desk: Desk, follow: Follow
) -> None:
    case = submit("move_membership", member)
    desk.run("do", case["no"], "keep", "--text", "会费没结清。", staff="CHAIR")
    assert follow(case, member).post("reopening", {"reason": "没有这回事。"}).status_code == 200
    assert desk.run("do", case["no"], "overturn", staff="CHAIR").exit_code == 1
    assert desk.run("do", case["no"], "overturn", staff="STREET").exit_code == 0
    assert membership(member) == ("GH440304011-01", MembershipState.TRANSFERRING)


@pytest.mark.parametrize(("step", "state"), [("take_in_anew", "GH440304011"), ("turn_away_anew", "GH440304011-01")])
def test_whom_the_new_union_turns_away_the_one_above_looks_at_again(
    tree: Tree, member: Headers, submit: Submit, desk: Desk, follow: Follow, step: str, state: str
) -> None:
    case = submit("move_membership", member)
    desk.run("do", case["no"], "let_go", staff="CHAIR")
    desk.run("do", case["no"], "turn_away", "--text", "人满了。", staff="STREET")
    assert follow(case, member).post("reopening", {"reason": "没有这条规定。"}).status_code == 200
    assert place_of(case) == "GH440304"
    text = ("--text", "查过了。") if step == "turn_away_anew" else ()
    assert desk.run("do", case["no"], step, *text, staff="STREET").exit_code == 1
    assert desk.run("do", case["no"], step, *text, staff="ORG").exit_code == 0
    assert membership(member) == (state, MembershipState.ACTIVE)


def test_who_is_no_member_has_nothing_to_transfer(tree: Tree, rider: Headers, client: FlaskClient) -> None:
    refused = ask(client, rider, "move_membership")
    assert (refused.status_code, refused.json["code"]) == (409, "not_for_you")
    assert "加入工会" in refused.json["title"]


# ── whom it is meant for, and whom one can call


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
