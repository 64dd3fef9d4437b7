"""The rest of a long form with the worker on the line: rows, a card, a session that ends, somebody who is faster."""

import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from server.cases import filling
from server.core.access import Level
from tests.cases.conftest import submission
from tests.desk import Desk
from tests.journeys_web.clerk import NARROW, WIDE, Clerk
from tests.live import LiveServer
from tests.sign_in import SignIn
from tests.staff import make_staff

CARD = "6222020200011112220"


@pytest.fixture
def no(client: FlaskClient, sign_in: SignIn, town: None) -> str:
    """Number of a case of somebody in need."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answer = client.post("/api/v1/cases", json=submission("hardship_aid"), headers={**sign_in(Level.L1), **key})
    assert answer.status_code == 201, answer.json
    return str(answer.json["no"])


def member_of(page: Page, number: int) -> None:
    """Fill in one row of the household."""
    row = page.locator("[data-row-asked]").nth(number)
    row.get_by_label("和申请人的关系").select_option("配偶" if number else "本人")
    row.get_by_label("年龄").fill(str(41 - number))


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_long_form_is_filled_in_whatever_happens_meanwhile(
    no: str, app: Flask, chromium: Browser, server: LiveServer, size: tuple[int, int]
) -> None:
    clerk = Clerk(chromium, server, size=size).enter(Desk(app).sign_in("DEMO01"))
    page = clerk.page
    clerk.open(f"/console/cases/{no}/answers")
    member_of(page, 0)
    clerk.press("再加一行")
    member_of(page, 1)
    clerk.press("再加一行")
    page.locator("[data-row-asked]").nth(1).get_by_role("button", name="去掉这一行").click()
    member_of(page, 1)
    page.get_by_label("一共几口人").fill("4")
    page.get_by_label("哪家银行").fill("演示银行")
    page.get_by_label("卡号").fill(CARD)
    page.get_by_label("看病、受伤花了多少").fill("5000")
    assert clerk.hindrances() == []

    # The session ends; what was typed is there again, but for the number of the card.
    clerk.context.clear_cookies()
    clerk.press("记下")
    page.get_by_label("工号").wait_for()
    clerk.context.clear_cookies()
    clerk.enter(Desk(app).sign_in("DEMO01"))
    clerk.open(f"/console/cases/{no}/answers")
    clerk.see("上次填了还没记下的，放回来了")
    expect(page.locator("[data-row-asked]")).to_have_count(2)
    expect(page.locator("[data-row-asked]").nth(1).get_by_label("年龄")).to_have_value("40")
    expect(page.get_by_label("一共几口人")).to_have_value("4")
    expect(page.get_by_label("卡号")).to_have_value("")

    # Somebody else is faster.
    make_staff("A0009", "district_rights")
    filling.fill_in(no=no, staff_no="A0009", answers={"people": 3, "other_aid": "没有"})
    page.get_by_label("卡号").fill(CARD)
    clerk.press("记下")
    clerk.see("你写的时候，别人先动了这件事")
    clerk.see("（A0009）：改了填写的内容：一共几口人、保险和别的救助拿到多少")
    clerk.see("刚才别人写的是：3")
    expect(page.get_by_label("一共几口人")).to_have_value("4")
    expect(page.get_by_label("保险和别的救助拿到多少")).to_have_value("没有")
    assert clerk.hindrances() == []

    # The form has lain too long: the page keeps what was typed, and so does the next one.
    page.locator("#filling [name=csrf_token]").evaluate("one => one.value = 'old'")
    clerk.press("记下")
    expect(page.get_by_text("这个页面放得太久了")).to_be_in_viewport()
    expect(page.get_by_label("一共几口人")).to_have_value("4")
    clerk.open(f"/console/cases/{no}/answers")
    clerk.see("上次填了还没记下的，放回来了")
    page.get_by_label("卡号").fill(CARD)
    clerk.press("记下")
    clerk.see("记下了，工友会收到提醒")
    clerk.see("演示银行 尾号 2220")
    clerk.open(f"/console/cases/{no}/answers")
    assert not page.get_by_text("上次填了还没记下的，放回来了").is_visible()
    clerk.context.close()


def test_a_question_is_there_when_the_answer_before_asks_for_it(
    client: FlaskClient, sign_in: SignIn, app: Flask, chromium: Browser, server: LiveServer, town: None
) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    sent = client.post("/api/v1/cases", json=submission("legal_aid"), headers={**sign_in(Level.L2), **key})
    clerk = Clerk(chromium, server).enter(Desk(app).sign_in("DEMO01"))
    clerk.open(f"/console/cases/{sent.json['no']}/answers")
    wages = clerk.page.get_by_role("group", name="每个月的工钱")
    expect(wages).to_be_visible()
    clerk.page.get_by_label("出了什么事").select_option("社保")
    expect(wages).to_be_hidden()
    clerk.page.get_by_label("出了什么事").select_option("欠我钱")
    expect(wages).to_be_visible()
    assert clerk.complaints == []
    clerk.context.close()
