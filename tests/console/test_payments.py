"""Finance at the console: whom to pay, two persons for it, and nothing of the story."""

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases import filling, working
from server.cases.capabilities.models import CasePayment
from server.cases.working import Named
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import db
from tests.cases.declared import services
from tests.console.conftest import Send
from tests.desk import Desk, desk_of, words
from tests.people import person
from tests.sign_in import SignIn
from tests.staff import make_staff

KEY = "hardship_aid"
RIDER = person(6)
CARD = services()[KEY].example_by_staff["account"]["number"]


@pytest.fixture
def no(app: Flask, send: Send, sign_in: SignIn) -> str:
    """A case whose worker was granted 1000 yuan at once."""
    make_staff("A1")
    make_staff("Z1", "district_chair")
    no = send(sign_in(Level.L3, who=RIDER), KEY)
    working.staff_step(no=no, code="talk", staff_no="A1", text="今晚没地方住。")
    filling.fill_in(no=no, staff_no="A1", answers=services()[KEY].example_by_staff)
    working.staff_step(no=no, code="fast_grant", staff_no="A1", text="先安顿。", named=Named(amount=100_000))
    working.decide(no=no, what="fast_grant", staff_no="Z1", approve=True)
    db.session.rollback()
    return no


@pytest.fixture
def first(app: Flask) -> Desk:
    return desk_of(app, "F1", "finance")


@pytest.fixture
def second(app: Flask) -> Desk:
    return desk_of(app, "F2", "finance")


def test_one_pays_another_confirms_and_the_worker_is_told(app: Flask, no: str, first: Desk, second: Desk) -> None:
    seen = words(first.get("/console/payments"))
    assert all(part in seen for part in ("1,000.00 元", RIDER.name, "演示银行", CARD))
    assert "等另一位财务确认" in words(first.post(f"/console/payments/{no}", {"do": "prepare"}, follow=True))
    assert "你已经发了" in words(first.get("/console/payments"))
    alone = first.post(f"/console/payments/{no}", {"do": "confirm"}, follow=True)
    assert "要由另一个人来定" in words(alone)
    assert "请对着账户确认" in words(second.get("/console/payments"))
    confirmed = words(second.post(f"/console/payments/{no}", {"do": "confirm"}, follow=True))
    assert "没有要发的钱" in confirmed
    assert "工友会收到消息" in confirmed
    db.session.rollback()
    paid = db.session.scalars(sa.select(CasePayment)).one()
    assert (paid.prepared_by, paid.confirmed_by) == ("F1", "F2")
    book = words(desk_of(app, "R1", "ledger_review").get("/console/ledger"))
    assert "1,000.00 元" in book
    assert RIDER.name not in book


def test_what_is_not_right_goes_back_and_is_prepared_anew(no: str, first: Desk, second: Desk) -> None:
    first.post(f"/console/payments/{no}", {"do": "prepare"})
    second.get("/console/payments")
    assert "退回了" in words(second.post(f"/console/payments/{no}", {"do": "return"}, follow=True))
    assert "我发了，等另一位确认" in words(second.get("/console/payments"))


def test_finance_reads_accounts_and_no_story_and_each_reading_is_recorded(no: str, first: Desk) -> None:
    seen = words(first.get("/console/payments"))
    assert "今晚没地方住" not in seen
    assert "几个月跑不了单" not in seen
    assert first.get(f"/console/cases/{no}").status_code == 403
    db.session.rollback()
    assert db.session.scalars(sa.select(AuditEvent.actor).where(AuditEvent.action == "payment.read")).all()


def test_a_number_that_is_not_owed_is_not_there(no: str, first: Desk) -> None:
    assert first.post("/console/payments/JZ260101-0001-A", {"do": "prepare"}).status_code == 404


def test_whoever_confirms_a_moment_later_is_told_that_it_is_done(
    app: Flask, no: str, first: Desk, second: Desk
) -> None:
    third = desk_of(app, "F3", "finance")
    first.post(f"/console/payments/{no}", {"do": "prepare"})
    for desk in (second, third):
        desk.get("/console/payments")
    second.post(f"/console/payments/{no}", {"do": "confirm"})
    assert "已经有别的同事办好了" in words(third.post(f"/console/payments/{no}", {"do": "confirm"}, follow=True))
    db.session.rollback()
    assert db.session.scalars(sa.select(CasePayment)).one().confirmed_by == "F2"


def test_whoever_granted_cannot_pay(app: Flask, no: str, first: Desk) -> None:
    both = desk_of(app, "A3", "finance", "district_rights")
    db.session.execute(sa.update(CasePayment).values(granted_by="A3"))
    db.session.commit()
    first.post(f"/console/payments/{no}", {"do": "prepare"})
    both.get("/console/payments")
    assert "批钱的人不能发钱" in words(both.post(f"/console/payments/{no}", {"do": "confirm"}, follow=True))
