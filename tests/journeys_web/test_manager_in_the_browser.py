"""S1: the street gives a code, the manager opens or closes, the next rider sees it, and so does the street."""

import time

from flask import Flask
from playwright.sync_api import Browser

from server.core.clock import today
from tests.desk import Desk
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.phone import Phone
from tests.live import LiveServer


def test_what_a_manager_says_is_what_the_next_rider_and_the_street_see(
    phone: Phone, app: Flask, chromium: Browser, server: LiveServer
) -> None:
    street = Clerk(chromium, server).enter(Desk(app).sign_in("D0002"))
    street.open("/console/stations/FT0003")
    assert street.hindrances() == []
    street.press("给新站长一个码")
    code = street.page.locator(".codes code").inner_text()

    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/pages/me/me")
    phone.tap("我是站长")
    phone.see("还没有你管的驿站")
    phone.write("街道给的码", code.replace(" ", ""))
    phone.press("当这个驿站的站长")
    phone.see("30 秒看一遍")

    phone.press("今天不开")
    phone.write("为什么不开", "停电检修")
    phone.press("确定")
    phone.see("停电检修")

    rider = chromium.new_context(locale="zh-CN", service_workers="block").new_page()
    until = time.monotonic() + 20
    rider.goto(f"{server.base_url}/s/FT0003")
    # Another process of the server may know it a second later, and this page is whole as it comes.
    while not rider.get_by_text("今天不一样：停电检修").count():
        assert time.monotonic() < until, "nobody else sees that it is closed"
        rider.reload()
    rider.get_by_text("关着").first.wait_for()
    rider.context.close()
    street.open("/console/stations?need=closed")
    street.see("停电检修")
    street.see("关着")
    assert street.hindrances() == []

    phone.press("看看别人看到的")
    phone.see("停电检修")
    phone.page.get_by_label("返回").locator("visible=true").click()

    phone.press("都能用")
    phone.page.locator('.mark:visible:has-text("坏了")').first.click()
    with phone.page.expect_response(lambda answer: answer.url.endswith("/duty")):
        phone.press("报上去")
    phone.press("看看别人看到的")
    phone.see("坏了，在修")

    street.open("/console/stations?need=broken")
    street.see("站长说坏了")
    street.see("站长说今天不开")

    street.open("/console/stations/hours/new?station=FT0003")
    street.page.get_by_label("从哪天").fill(str(today()))
    street.page.get_by_label("为什么").select_option("台风红色预警")
    street.page.get_by_label("谁决定的").fill("区三防指挥部")
    street.press("写好，马上生效")
    street.press("确定")
    street.see("写好了，1 个驿站")
    phone.open("/manager/today/today")
    phone.see("工会说今天关门：台风红色预警")
    assert phone.page.get_by_text("30 秒看一遍").count() == 0
    assert street.complaints == []
    street.context.close()
