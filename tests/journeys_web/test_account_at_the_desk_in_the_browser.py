"""Somebody without a phone page: the paper is typed at the desk, another one compares it, the account is there."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser

from server.cases.proxies import filing
from server.core.access import Level
from server.core.db import db
from server.identity.consents import GivenConsent
from server.identity.models import ConsentKey, Worker
from server.unions.models import TradeUnion
from tests.cases.conftest import submission
from tests.desk import Desk, make_member
from tests.journeys_web.clerk import NARROW, WIDE, Clerk
from tests.live import LiveServer
from tests.people import person

SOMEBODY = person(771)


@pytest.fixture
def two(app: Flask, chromium: Browser, server: LiveServer, town: None) -> Iterator[tuple[Clerk, Clerk]]:
    street = db.session.scalars(
        sa.select(TradeUnion).where(TradeUnion.area_code == "440304011", TradeUnion.kind == "street")
    ).one()
    signed_in = []
    for number, size in (("Y1", WIDE), ("Y2", NARROW)):
        make_member(number, "street_worker", union=street)
        signed_in.append(Clerk(chromium, server, size=size).enter(Desk(app).sign_in(number)))
    yield signed_in[0], signed_in[1]
    for one in signed_in:
        one.context.close()


def filed() -> str:
    body = submission("hardship_aid")
    told = filing.Told(
        service="hardship_aid",
        mode="named",
        answers=body["answers"],
        consents=[GivenConsent(ConsentKey(one["key"]), one["version"]) for one in body["consents"]],
        name=SOMEBODY.name,
        phone=SOMEBODY.phone,
    )
    return filing.file_at_desk(told, staff_no="Y1").case.no


def test_two_see_the_paper_and_the_account_is_there(two: tuple[Clerk, Clerk]) -> None:
    one, other = two
    no = filed()
    one.open(f"/console/cases/{no}")
    one.see("要核对本人才能办的事")
    one.press("给这位工友开账号")
    one.see("念给工友听")
    assert one.hindrances() == []
    one.press("填好了，请另一个人来对")
    one.see("请照证件填号码")
    one.page.get_by_text("念过上面的说明").click()
    one.page.get_by_label("在窗口，本人来了").check()
    one.page.get_by_label("证件号码").fill(SOMEBODY.id_number)
    one.page.get_by_label("做什么工作").select_option("sanitation")
    one.page.get_by_text("填的手机号是本人的").click()
    one.press("填好了，请另一个人来对")
    one.see("等另一个人对证件")

    other.open("/console/decisions")
    other.press("去看了定")
    other.press("去对证件")
    other.see(SOMEBODY.id_number)
    assert other.hindrances() == []
    other.press("对过了，开账号")
    other.press("确定")
    other.see("开了账号，归到工友的账号里了")
    db.session.rollback()
    worker = db.session.scalars(
        sa.select(Worker).where(Worker.name.is_not(None)).order_by(Worker.created_at.desc())
    ).first()
    assert worker is not None
    assert (worker.level, worker.name, worker.phone) == (Level.L3, SOMEBODY.name, SOMEBODY.phone)
    # The form that was sent empty is a 422.
    assert [said for said in one.complaints + other.complaints if "422" not in said] == []
