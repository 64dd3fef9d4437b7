"""One tap for help on the phone, a call, and a small sum that finance pays at the console: the worker sees it all."""

import re

from flask import Flask
from playwright.sync_api import Browser

from server.cases import filling, working
from server.cases.working import Named
from tests.cases.declared import services
from tests.desk import Desk
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.phone import Phone
from tests.live import LiveServer
from tests.staff import make_staff


def test_a_driver_is_called_and_paid(phone: Phone, app: Flask, chromium: Browser, server: LiveServer) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("冯秀兰")
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
    phone.see("已收到")
    number = re.search(r"JZ[0-9A-Z]+-[0-9A-Z]+-[0-9A-Z]", phone.text(".page"))
    assert number
    no = number[0]
    working.staff_step(no=no, code="talk", staff_no="DEMO01", text="今晚先安顿下来。")
    later = [rule.key for rule in services()["hardship_aid"].consents if rule.later]
    rest = services()["hardship_aid"].example_by_staff
    filling.fill_in(no=no, staff_no="DEMO01", answers=rest, agreed=later)
    working.staff_step(no=no, code="fast_grant", staff_no="DEMO01", text="先安顿。", named=Named(amount=100_000))
    make_staff("DEMO02")
    working.decide(no=no, what="fast_grant", staff_no="DEMO02", approve=True)
    for staff, words in (("F0001", "我发了，等另一位确认"), ("F0003", "确认发了")):
        clerk = Clerk(chromium, server).enter(Desk(app).sign_in(staff))

        clerk.open("/console/payments")
        clerk.see("1,000.00 元")
        assert clerk.hindrances() == []
        clerk.press(words)
        clerk.page.locator("#ask button[value=yes]").click()
        clerk.page.locator(".message--done").wait_for()
        assert clerk.complaints == []
        clerk.context.close()
    phone.press("看进展")
    phone.see("应急的钱发到你的账户了")
    working.staff_step(no=no, code="file", staff_no="DEMO01")
    for step in ("visit", "street_agree"):
        working.staff_step(no=no, code=step, staff_no="DEMO01", text="看过了，属实。")
        working.decide(no=no, what=step, staff_no="DEMO02", approve=True)
    working.staff_step(no=no, code="district_agree", staff_no="DEMO01")
    phone.open("/pages/services/services")
    phone.tap("困难救助公示")
    phone.see("深度困难")
    phone.see("华富街道")
    assert not phone.sees("冯秀兰")
    phone.see("去提意见")
    assert phone.hindrances() == []
