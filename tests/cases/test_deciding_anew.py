"""Whoever decided what a worker objects to does not decide it anew."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases import working
from server.cases.barring import objected_to
from server.cases.deciding import to_decide
from server.cases.desk import opened_case
from server.cases.locking import lock
from server.cases.too_few import NOBODY_DECIDES, NOBODY_WORKS
from server.core.access import Level
from server.core.clock import now, today
from server.core.db import db, transaction
from server.core.errors import Problem
from server.notices.models import StaffNotice
from server.unions.duty.models import StaffDuty
from server.unions.duty.vocabulary import DutyKind
from server.unions.staff.models import RoleGrant, StaffAccount
from tests.cases.aid import Office
from tests.cases.conftest import Desk, Follow, Submit
from tests.desk import Desk as DeskOf
from tests.desk import desk_of, give_credential, words
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff

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


def only(*numbers: str) -> None:
    """Everybody else of the staff has no role any more."""
    with transaction() as session:
        kept = sa.select(StaffAccount.id).where(StaffAccount.number.in_(numbers))
        session.execute(sa.update(RoleGrant).where(RoleGrant.staff_id.not_in(kept)).values(until=now()))


def said_to(number: str | None) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(StaffNotice.text).where(StaffNotice.staff_no == number)))


def test_that_nobody_is_left_to_decide_is_said_on_the_case_and_told_up(
    app: Flask, aid: dict[str, Any], desk: Desk, follow: Follow, worker: Headers
) -> None:
    no = aid["no"]
    only("A1", "C1")
    assert desk.run("do", no, "refuse", "--text", "不在范围里。", staff="A1").exit_code == 0
    assert opened_case(no=no, staff_no="C1").too_few is None, "nobody objects"
    assert follow(aid, worker).post("reopening", {"reason": "我有证据。"}).status_code == 200
    assert opened_case(no=no, staff_no="C1").too_few == NOBODY_DECIDES
    assert [text for text in said_to(None) if no in text and NOBODY_DECIDES in text]
    assert NOBODY_DECIDES in words(desk_of(app, "C2", "legal_coordinator").get(f"/console/cases/{no}"))
    make_staff("D1")
    assert opened_case(no=no, staff_no="C1").too_few is None


def test_that_nobody_is_left_to_work_on_it_is_told_the_head(
    submit: Submit, desk: Desk, follow: Follow, worker: Headers
) -> None:
    case = submit("grievance", worker)
    no = case["no"]
    head = make_staff("HEAD", "district_publicity")
    with transaction() as session:
        duty = {"union_id": make_district().id, "kind": DutyKind.HEAD, "first_day": today(), "last_day": None}
        session.add(StaffDuty(staff_id=head.id, **duty))
    only("A1")
    assert desk.run("do", no, "accept", staff="A1").exit_code == 0
    assert desk.run("do", no, "reply", "--text", "已经说过他们了。", staff="A1").exit_code == 0
    assert follow(case, worker).post("reopening", {"reason": "还在罚。"}).status_code == 200
    assert [text for text in said_to("HEAD") if no in text and NOBODY_WORKS in text]


def test_who_is_out_of_it_is_no_second_person_and_reads_why(
    app: Flask, submit: Submit, desk: Desk, follow: Follow, worker: Headers
) -> None:
    case = submit("grievance", worker)
    no = case["no"]
    give_credential(make_staff("D1"))
    assert desk.run("do", no, "accept", staff="D1").exit_code == 0
    assert desk.run("do", no, "reply", "--text", "已经说过他们了。", staff="D1").exit_code == 0
    assert follow(case, worker).post("reopening", {"reason": "还在罚。"}).status_code == 200
    assert desk.run("do", no, "begin", staff="A1").exit_code == 0
    assert desk.run("do", no, "complex", "--text", "牵涉三家公司。", staff="A1").exit_code == 0
    assert [one.no for one in to_decide(staff_no="B2")] == [no]
    assert to_decide(staff_no="D1") == []
    assert not said_to("D1")
    page = DeskOf(app).sign_in("D1").get(f"/console/cases/{no}")
    assert "你办过、定过的，工友不同意" in words(page)
    assert 'name="approve"' not in page.text
    for decision in (True, False):
        with pytest.raises(Problem) as barred:
            working.decide(no=no, what="complex", staff_no="D1", approve=decision)
        assert barred.value.code == "other_handler"


def test_asking_who_may_be_the_second_person_refuses_nobody(
    submit: Submit, desk: Desk, worker: Headers, caplog: pytest.LogCaptureFixture
) -> None:
    no = submit("grievance", worker)["no"]
    clerk = make_staff("W1", "worker_desk")
    with transaction() as session:
        duty = {"union_id": make_district().id, "kind": DutyKind.HEAD, "first_day": today(), "last_day": None}
        session.add(StaffDuty(staff_id=clerk.id, **duty))
    assert desk.run("do", no, "accept", staff="A1").exit_code == 0
    caplog.clear()
    assert desk.run("do", no, "extend", "--text", "要等账册。", staff="A1").exit_code == 0
    assert not said_to("W1"), "on duty, and without the right"
    assert "staff_refused" not in caplog.text


def test_both_who_decided_together_are_out_of_it(submit: Submit, desk: Desk, sign_in: SignIn) -> None:
    office = Office(desk, submit("hardship_aid", sign_in(Level.L3))["no"])
    office.do("A1024", "talk", "说好了。")
    assert office.fill("A1024").exit_code == 0
    office.do("A1024", "file")
    office.do("A1", "visit", "两个人都看过了。")
    office.second("B2", "visit")
    with transaction():
        assert objected_to(*lock(no=office.no)) == ["A1", "A1024", "B2"]
