"""One tap for help on the phone; a call, visits, publication, money at the console by two; the worker sees it all."""

import re
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, expect

from server.cases import filling
from server.cases.tasks import lapse_cases
from server.clocks.models import Clock
from server.core.clock import now
from server.core.db import transaction
from tests.cases.declared import services
from tests.desk import Desk, make_member
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.phone import Phone
from tests.live import LiveServer


def test_a_driver_is_called_visited_and_paid(phone: Phone, app: Flask, chromium: Browser, server: LiveServer) -> None:
    no = tapped(phone)
    make_member("DEMO02", "district_rights")
    one, other = (Clerk(chromium, server).enter(Desk(app).sign_in(number)) for number in ("DEMO01", "DEMO02"))
    one.open("/console/cases?whose=nobody")
    one.page.locator(f"[data-row]:has-text('{no}')").click()
    step(one, no, "打通了", "今晚先安顿下来。")
    one.see("打过的电话")
    phone.press("看进展")
    phone.see("今晚先安顿下来。")
    tapped_again(phone, no)

    # The long form by hand: test_filling_in_in_the_browser.py
    aid = services()["hardship_aid"]
    later = [rule.key for rule in aid.consents if rule.later]
    filling.fill_in(no=no, staff_no="DEMO01", answers=aid.example_by_staff, agreed=later)
    seen(phone, "看看对不对")
    tell_of_a_wrong_card(phone)
    step(one, no, "先给应急的钱", "先安顿。", yuan="1000")
    make_member("CHAIR1", "district_chair")
    chair = Clerk(chromium, server).enter(Desk(app).sign_in("CHAIR1"))
    agree(chair, no)
    chair.context.close()
    paid(app, chromium, server, "1,000.00 元")
    seen(phone, "应急的钱发到你的账户了")

    step(one, no, "情况填全了")
    for what in ("上门看过了", "街道同意"):
        step(one, no, what, "看过了，属实。")
        agree(other, no)
    step(one, no, "区总工会同意")
    seen(phone, "开始公示")
    case = phone.page.url
    phone.open("/pages/services/services")
    phone.tap("困难救助公示")
    phone.see("深度困难")
    phone.see("华富街道")
    assert not phone.sees("冯秀兰")
    phone.see("去提意见")
    assert phone.hindrances() == []
    phone.press("去提意见")
    phone.press("开始填")
    phone.see("不由公示写的街道办，由区总工会办")
    phone.choose("冯*，华富街道")
    phone.page.locator('.choice--on:visible:has-text("华富街道")').nth(1).wait_for()
    assert phone.hindrances() == []

    published_long_enough()
    step(one, no, "批准", "按标准。", yuan="3000")
    agree(other, no)
    phone.page.goto(case)
    seen(phone, "批准了，财务在办发钱")
    paid(app, chromium, server, "3,000.00 元")
    seen(phone, "钱发到你的账户了")
    step(one, no, "回访过了", "伤口好了，能干活了。")
    seen(phone, "工会回访过了")
    assert not phone.sees("伤口好了"), "what staff note for each other"
    for clerk in (one, other):
        assert clerk.complaints == []
        clerk.context.close()


def tell_of_a_wrong_card(phone: Phone) -> None:
    """The worker reads what was filled in for them, and writes that the account is none of theirs."""
    phone.press("看看对不对")
    phone.press("全部 ")
    phone.see("演示银行 尾号 0000")
    phone.see("和申请人的关系：本人")
    assert phone.hindrances() == []
    phone.page.get_by_role("button", name="收钱的银行卡，不对").click()
    expect(phone.field("写一句")).to_have_value("“收钱的银行卡”不对，应该是：")
    phone.press("发出")
    phone.see("不对，应该是：")


def tapped(phone: Phone) -> str:
    """Number of the case of somebody who asks for help with one tap."""
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("冯秀兰")
    ask_for_help(phone)
    phone.see("已收到")
    number = re.search(r"JZ[0-9A-Z]+-[0-9A-Z]+-[0-9A-Z]", phone.text(".page"))
    assert number
    return number[0]


def ask_for_help(phone: Phone) -> None:
    phone.open("/pages/services/services")
    phone.tap("一键即救")
    phone.press("开始填")
    phone.choose("受伤了")
    phone.choose("今天就要")
    phone.choose("福田区")
    phone.choose("华富街道")
    phone.see("不填就用 199")
    phone.agree()
    assert phone.hindrances() == []
    phone.press("提交")


def tapped_again(phone: Phone, no: str) -> None:
    """Whoever asks again is led to what is under way."""
    ask_for_help(phone)
    phone.see("你已经有一件在办")
    phone.page.locator(".uni-modal__btn_primary").click()
    phone.see("今晚先安顿下来。")
    assert phone.sees(no)


def step(clerk: Clerk, no: str, title: str, words: str | None = None, *, yuan: str | None = None) -> None:
    """Make a step on the page of the case."""
    clerk.open(f"/console/cases/{no}")
    clerk.page.locator(f".actions .btn:has-text('{title}')").first.click()
    panel = clerk.page.locator(".act-panel")
    if words is not None:
        panel.locator("textarea").fill(words)
    if yuan is not None:
        panel.get_by_label("金额（元）").fill(yuan)
    panel.locator("button[type=submit]").click()
    clerk.page.locator(".message--done").wait_for()


def agree(clerk: Clerk, no: str) -> None:
    """Be the second person."""
    clerk.open(f"/console/cases/{no}")
    clerk.page.locator(".message--warn .btn-primary:has-text('批准')").click()
    clerk.page.locator("#ask button[value=yes]").click()
    clerk.page.locator(".message--done").wait_for()


def paid(app: Flask, chromium: Browser, server: LiveServer, amount: str) -> None:
    """Two of finance pay it."""
    for number, words in (("F0001", "我发了，等另一位确认"), ("F0003", "确认发了")):
        clerk = Clerk(chromium, server).enter(Desk(app).sign_in(number))
        clerk.open("/console/payments")
        clerk.see(amount)
        assert clerk.hindrances() == []
        clerk.press(words)
        clerk.page.locator("#ask button[value=yes]").click()
        clerk.page.locator(".message--done").wait_for()
        assert clerk.complaints == []
        clerk.context.close()


def seen(phone: Phone, words: str) -> None:
    """The worker looks again."""
    phone.page.reload()
    phone.see(words)


def published_long_enough() -> None:
    """The days of publication are over, and the job that looks has looked."""
    with transaction() as session:
        session.execute(sa.update(Clock).where(Clock.key == "public").values(due_at=now() - timedelta(seconds=1)))
    lapse_cases()
