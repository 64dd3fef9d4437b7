"""Whoever decided what a worker objects to does not decide it anew."""

from typing import Any

import pytest

from server.cases.barring import objected_to
from server.cases.steps import lock
from server.core.access import Level
from server.core.db import transaction
from tests.cases.conftest import Desk, Follow, Submit
from tests.cases.test_aid_in_need import Office
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff

OTHERS_TURN = "要由别的同事来办"


@pytest.fixture
def worker(sign_in: SignIn) -> Headers:
    return sign_in(Level.L2)


@pytest.fixture
def aid(worker: Headers, submit: Submit, desk: Desk) -> dict[str, Any]:
    make_staff("C1", "legal_coordinator")
    case = submit("legal_aid", worker)
    assert desk.run("do", case["no"], "screen", staff="C1").exit_code == 0
    return case


def refused(desk: Desk, no: str, *words: str, staff: str) -> str:
    done = desk.run("do", no, *words, staff=staff)
    assert done.exit_code == 1, done.output
    return done.output


def test_a_coordinator_screens_and_whoever_is_responsible_decides(aid: dict[str, Any], desk: Desk) -> None:
    for step in (("grant",), ("refuse", "--text", "不在范围里。")):
        assert "权限" in refused(desk, aid["no"], *step, staff="C1")
    assert desk.run("do", aid["no"], "grant", staff="A1").exit_code == 0


def test_who_refused_does_not_decide_the_objection(
    aid: dict[str, Any], desk: Desk, follow: Follow, worker: Headers
) -> None:
    no = aid["no"]
    assert desk.run("do", no, "refuse", "--text", "不在范围里。", staff="A1").exit_code == 0
    assert follow(aid, worker).post("reopening", {"reason": "我有证据。"}).status_code == 200
    for step in (("uphold", "--text", "一样。"), ("overturn",)):
        assert OTHERS_TURN in refused(desk, no, *step, staff="A1")
    assert desk.run("do", no, "overturn", staff="B2").exit_code == 0
    # Decided anew by somebody else: from here on nobody is barred.
    make_staff("L1", "lawyer")
    done = desk.run("do", no, "assign", "--assignee", "L1", staff="A1")
    assert done.exit_code == 0, done.output


def test_neither_who_took_it_nor_who_answered_does_it_again(
    submit: Submit, desk: Desk, follow: Follow, worker: Headers
) -> None:
    case = submit("grievance", worker)
    no = case["no"]
    assert desk.run("do", no, "accept", staff="A1").exit_code == 0
    assert desk.run("do", no, "reply", "--text", "已经说过他们了。", staff="B2").exit_code == 0
    assert follow(case, worker).post("reopening", {"reason": "还在罚。"}).status_code == 200
    for staff in ("A1", "B2"):
        assert OTHERS_TURN in refused(desk, no, "begin", staff=staff)
    assert desk.run("do", no, "begin", staff="A1024").exit_code == 0
    for staff in ("A1", "B2"):
        assert OTHERS_TURN in refused(desk, no, "reply", "--text", "还是一样。", staff=staff)
    assert desk.run("do", no, "reply", "--text", "罚款退了。", staff="A1024").exit_code == 0


def test_who_answered_the_case_that_one_was_merged_into_does_not_do_it_again(
    submit: Submit, desk: Desk, follow: Follow, worker: Headers
) -> None:
    lead, mine = submit("grievance", worker), submit("grievance", worker, apart=True)
    for case in (lead, mine):
        assert desk.run("do", case["no"], "accept", staff="A1").exit_code == 0
    assert desk.run("do", mine["no"], "merge", "--into", lead["no"], staff="A1").exit_code == 0
    assert desk.run("do", lead["no"], "reply", "--text", "已经说过他们了。", staff="B2").exit_code == 0
    assert follow(mine, worker).post("reopening", {"reason": "还在罚。"}).status_code == 200
    assert OTHERS_TURN in refused(desk, mine["no"], "begin", staff="B2")


def test_both_who_decided_together_are_out_of_it(submit: Submit, desk: Desk, sign_in: SignIn) -> None:
    office = Office(desk, submit("hardship_aid", sign_in(Level.L3))["no"])
    office.do("A1024", "talk", "说好了。")
    assert office.fill("A1024").exit_code == 0
    office.do("A1024", "file")
    office.do("A1", "visit", "两个人都看过了。")
    office.second("B2", "visit")
    with transaction():
        assert objected_to(*lock(no=office.no)) == ["A1", "A1024", "B2"]
