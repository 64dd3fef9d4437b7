"""A dispute, a supervision or a lawsuit keeps everything; two persons decide on that, and on its end."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.models import Case, CaseNote
from server.cases.retention import purging
from server.cases.retention.holds import is_held
from server.core import clock
from server.core.audit import AuditEvent
from server.core.db import db
from server.me import closing, erasure
from server.me.models import AccountClosing
from tests.cases.conftest import FRIDAY, Desk
from tests.cases.retention.conftest import MARK, Ended
from tests.desk import desk_of, words
from tests.staff import make_staff

LATE = FRIDAY.replace(year=2060)


def hold(desk: Desk, no: str) -> None:
    assert desk.run("hold", no, "--because", "劳动仲裁 123 号").exit_code == 0
    assert desk.run("approve", no, "legal_hold", staff="B2").exit_code == 0


def test_nothing_of_a_held_case_goes_until_two_persons_let_it(
    app: Flask, ended: Ended, desk: Desk, db_session: Session
) -> None:
    case = ended("grievance")
    assert desk.run("hold", case.no, "--because", "劳动仲裁 123 号").exit_code == 0
    assert not is_held(case)
    assert desk.run("approve", case.no, "legal_hold").exit_code == 1, "nobody approves their own"
    assert desk.run("approve", case.no, "legal_hold", staff="B2").exit_code == 0
    assert purging.purge(at=LATE) == {}
    db_session.expire_all()
    assert MARK in db_session.get_one(Case, case.id).answers
    assert desk.run("hold", case.no, "--because", "再来一次").exit_code == 1

    assert desk.run("lift", case.no, "--because", "裁决生效", staff="B2").exit_code == 0
    assert purging.purge(at=LATE) == {}
    assert desk.run("approve", case.no, "lift_hold").exit_code == 0
    assert {(one.staff_no, one.step, one.text) for one in db_session.scalars(sa.select(CaseNote)) if one.step} == {
        ("A1024", "legal_hold", "劳动仲裁 123 号"),
        ("B2", "lift_hold", "裁决生效"),
    }
    assert purging.purge(at=LATE)["grievance"] == 1
    acts = db_session.execute(
        sa.select(AuditEvent.actor, AuditEvent.action, AuditEvent.detail["what"].astext).where(
            AuditEvent.action.in_(["case.ask", "case.approve"])
        )
    )
    assert {tuple(act) for act in acts} == {
        ("staff:A1024", "case.ask", "legal_hold"),
        ("staff:B2", "case.approve", "legal_hold"),
        ("staff:B2", "case.ask", "lift_hold"),
        ("staff:A1024", "case.approve", "lift_hold"),
    }


def test_what_is_not_held_cannot_be_let_go(app: Flask, ended: Ended, desk: Desk) -> None:
    assert desk.run("lift", ended("grievance").no, "--because", "没有保留过").exit_code == 1


def test_declined_it_is_not_held(app: Flask, ended: Ended, desk: Desk) -> None:
    case = ended("grievance")
    desk.run("hold", case.no, "--because", "也许会仲裁")
    assert desk.run("decline", case.no, "legal_hold", staff="B2").exit_code == 0
    assert not is_held(case)


def test_a_street_asks_and_the_district_decides(app: Flask, ended: Ended, desk: Desk) -> None:
    case = ended("grievance")
    desk.run("hold", case.no, "--because", "劳动仲裁")
    make_staff("P9", "partner_office")
    assert desk.run("approve", case.no, "legal_hold", staff="P9").exit_code == 1


@pytest.mark.parametrize("held", [True, False])
def test_closing_the_account_leaves_what_is_held_and_says_what_the_law_keeps(
    app: Flask, ended: Ended, desk: Desk, freeze: Callable[[datetime], None], *, held: bool
) -> None:
    case = ended("grievance")
    if held:
        hold(desk, case.no)
    assert case.worker_id is not None
    started = closing.start(worker_id=case.worker_id)
    freeze(clock.now() + closing.COOLING_OFF)
    erasure.erase(closing_id=started.id)
    db.session.expire_all()
    left = db.session.get_one(Case, case.id)
    assert (left.place is not None) == held
    receipt = str(db.session.get_one(AccountClosing, started.id).receipt)
    assert ("争议、监督或者诉讼" in receipt) == held
    assert ("诉求材料，结案后保存 3 年" in receipt) == (not held)


def test_it_is_asked_for_and_approved_on_the_page(app: Flask, ended: Ended) -> None:
    case = ended("grievance")
    first, second = desk_of(app, "T0001", "district_rights"), desk_of(app, "T0002", "district_rights")
    first.get(f"/console/cases/{case.no}")
    first.post(f"/console/cases/{case.no}/acts/legal_hold", {"text": "区总接到法院来函"})
    page = words(second.get(f"/console/cases/{case.no}"))
    assert "等另一个人定：暂停删除，全部保留" in page
    second.post(f"/console/cases/{case.no}/proposals/legal_hold", {"approve": "yes"})
    assert "到期也不删除" in words(first.get(f"/console/cases/{case.no}"))
    assert first.get(f"/console/cases/{case.no}/acts/nonsense").status_code == 404
