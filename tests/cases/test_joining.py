"""Joining the union, from the form to the card: who gets it, what silence does, and what a refusal is worth."""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases.tasks import lapse_cases
from server.core.access import Level
from server.core.db import db, transaction
from server.unions.models import JoiningRecord
from server.unions.vocabulary import Employment, MembershipState
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit
from tests.cases.joining import RIDER, SIGNED, Tree, ask, join, membership, place_of
from tests.cases.joining import rider as rider
from tests.cases.joining import tree as tree
from tests.moments import at
from tests.sign_in import Headers, SignIn

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
