"""等我来定的: what takes two persons is found by the second, who is told of it, and both stand in the file."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases import working
from server.cases.models import CaseMessage
from server.cases.proposals import ask_for
from server.cases.vocabulary import PairedAct
from server.core.access import Level
from server.core.clock import today
from server.core.db import transaction
from server.core.errors import Problem
from server.notices.models import StaffNotice
from server.unions.duty.models import StaffDuty
from server.unions.duty.vocabulary import DutyKind
from tests.console.conftest import Send, enrol
from tests.desk import Desk, make_member, words
from tests.sign_in import SignIn
from tests.staff import make_district, make_street

ASKED, SECOND, CLERK, ELSEWHERE = "S0001", "R0001", "W0001", "R0009"


@pytest.fixture
def no(sign_in: SignIn, send: Send, app: Flask) -> str:
    """In confidence, of a member of a street in which somebody works; the district has its rights department."""
    street = make_street("440304001")
    for number in (ASKED, "S0002"):
        make_member(number, "street_worker", union=street)
    make_member(SECOND, "district_rights")
    make_member(CLERK, "worker_desk")
    make_member(ELSEWHERE, "district_rights", union=make_street("440305001"))
    return send(enrol(sign_in(Level.L2), street), identity_mode="confidential")


def at_desk(app: Flask, number: str) -> Desk:
    return Desk(app).sign_in(number)


def told(session: Session, number: str) -> list[str]:
    notices = sa.select(StaffNotice.text).where(StaffNotice.staff_no == number).order_by(StaffNotice.created_at)
    return list(session.scalars(notices))


def test_whoever_may_decide_finds_it_and_nobody_else_does(app: Flask, no: str, db_session: Session) -> None:
    second = at_desk(app, SECOND)
    assert "没有等你来定的事" in words(second.get("/console/decisions"))
    ask_for(no=no, act=PairedAct.REVEAL, staff_no=ASKED, reason="要陪她去劳动监察")
    assert "1 等我来定的" in words(second.get("/console/"))
    page = words(second.get("/console/decisions"))
    assert f"查看是谁反映的 · 反映问题 {no}" in page
    assert f"（{ASKED}）" in page
    assert "劳动监察" not in page, "the reason is read with the case, which is recorded"
    assert told(db_session, SECOND) == [f"{no}（反映问题）等你来定：查看是谁反映的"]
    for other in (ASKED, "S0002", CLERK, ELSEWHERE):
        assert "没有等你来定的事" in words(at_desk(app, other).get("/console/decisions"))
        assert told(db_session, other) == []
        with pytest.raises(Problem):
            working.decide(no=no, what="reveal", staff_no=other, approve=True)

    working.decide(no=no, what="reveal", staff_no=SECOND, approve=False)
    assert "没有等你来定的事" in words(second.get("/console/decisions"))
    assert told(db_session, ASKED) == [f"{no}（反映问题）你提的“查看是谁反映的”没有批准"]


def test_the_head_on_duty_is_told_alone(app: Flask, no: str, db_session: Session) -> None:
    head = make_member("R0002", "district_rights")
    with transaction() as session:
        session.add(StaffDuty(staff_id=head.id, union_id=make_district().id, kind=DutyKind.HEAD, first_day=today()))
    ask_for(no=no, act=PairedAct.HOLD, staff_no=ASKED, reason="有人要查")
    assert [len(told(db_session, one)) for one in ("R0002", SECOND)] == [1, 0]


def test_a_step_of_two_stands_in_both_names_and_its_words_are_whose_they_are(
    app: Flask, no: str, db_session: Session
) -> None:
    working.staff_step(no=no, code="accept", staff_no=ASKED)
    working.staff_step(no=no, code="extend", staff_no=ASKED, text="站点的材料下周才有。")
    assert f"延长办理时间 · 反映问题 {no}" in words(at_desk(app, SECOND).get("/console/decisions"))
    working.decide(no=no, what="extend", staff_no=SECOND, approve=True)
    written = db_session.scalars(sa.select(CaseMessage)).one()
    assert (written.staff_no, written.text) == (ASKED, "站点的材料下周才有。")
    page = words(at_desk(app, ASKED).get(f"/console/cases/{no}"))
    assert f"测小工{ASKED}（{ASKED}） 提的，测小工{SECOND}（{SECOND}） 批准" in page
