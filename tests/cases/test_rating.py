"""Saying how it went: when, in which words, and having it done again."""

from typing import Any

import pytest

from server.core.access import Level
from tests.cases.conftest import Desk, Follow, Freeze, Submit
from tests.cases.doing import due
from tests.moments import at
from tests.sign_in import SignIn


def test_a_case_is_rated_once_and_only_when_there_is_something_to_rate(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    me = follow(case, headers)
    rating = {"solved": False, "attitude": 4, "result": 1}
    early = me.post("rating", rating)
    assert (early.status_code, early.json["code"]) == (409, "nothing_to_rate")
    desk.do(case, "accept", ("reply", "已经处理。"))
    rated = me.post("rating", rating)
    assert rated.status_code == 201
    assert rated.json["state"] == "replied"
    assert rated.json["can"] == ["messages", "reopening"]
    again = me.post("rating", rating)
    assert (again.status_code, again.json["code"]) == (409, "already_rated")


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"attitude": 0}, "attitude"),
        ({"result": 6}, "result"),
        ({"solved": "yes"}, "solved"),
        ({"solved": 1}, "solved"),
        ({"stars": 5}, "stars"),
    ],
)
def test_a_rating_has_two_questions_of_five_steps(
    sign_in: SignIn, submit: Submit, follow: Follow, wrong: dict[str, Any], path: str
) -> None:
    headers = sign_in(Level.L1)
    me = follow(submit("grievance", headers), headers)
    answer = me.post("rating", {"solved": True, "attitude": 5, "result": 5} | wrong)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [path])


def test_a_case_that_was_not_solved_is_done_again_once_and_rated_again(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at("2026-03-09 10:00"))
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    me = follow(case, headers)
    desk.do(case, "accept", ("reply", "已经处理。"))
    me.post("rating", {"solved": False, "attitude": 3, "result": 1})
    reopened = me.post("reopening", {"reason": "钱没有退"})
    assert reopened.status_code == 200
    assert (reopened.json["phase"], "rating" in reopened.json) == ("reopened", False)
    assert due(reopened.json) == {"answer": "2026-03-16T18:00:00+08:00"}
    refused = desk.run("do", case["no"], "begin")
    assert "要由别的同事来办" in refused.output
    for step in (("begin",), ("reply", "--text", "这次退了。")):
        assert desk.run("do", case["no"], *step, staff="B2").exit_code == 0
    assert me.post("rating", {"solved": True, "attitude": 4, "result": 5}).json["phase"] == "done"
    again = me.post("reopening", {"reason": "再来一次"})
    assert again.status_code == 409
