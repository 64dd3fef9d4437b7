"""Moving from one union to another: who lets go, who takes in, and what silence and refusals do."""

import pytest
from flask.testing import FlaskClient

from server.cases.tasks import lapse_cases
from server.unions.vocabulary import MembershipState
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit
from tests.cases.joining import Tree, ask, membership, place_of
from tests.cases.joining import member as member
from tests.cases.joining import rider as rider
from tests.cases.joining import tree as tree
from tests.moments import at
from tests.sign_in import Headers


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
