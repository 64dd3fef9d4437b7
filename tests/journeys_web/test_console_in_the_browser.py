"""The console in a real browser: by hand, with the keyboard, on a phone."""

from datetime import timedelta

from flask import Flask
from playwright.sync_api import Browser, expect

from server.core.clock import today
from tests.desk import Desk
from tests.journeys_web.clerk import NARROW, Clerk
from tests.live import LiveServer


def test_a_stranger_on_the_list_is_signed_out_after_being_asked(chromium: Browser, server: LiveServer) -> None:
    stranger = Clerk(chromium, server).sign_in("S0001", "street_worker")
    # A code is good once: the next half minute has another, and no test waits for it.
    clerk = Clerk(chromium, server)
    clerk.context.add_cookies(stranger.context.cookies())
    clerk.open("/console/me")
    clerk.see("我的会话")
    clerk.press("退出")
    clerk.see("已经退出")
    stranger.open("/console/me")
    stranger.see("登录工作台")
    for one in (clerk, stranger):
        assert one.complaints == []
        one.context.close()


def test_the_menu_of_a_phone_opens_with_the_keyboard(chromium: Browser, server: LiveServer) -> None:
    clerk = Clerk(chromium, server, size=NARROW).sign_in("S0001", "street_worker")
    line = clerk.page.get_by_role("navigation").get_by_text("今日必办")
    expect(line).to_be_hidden()
    clerk.page.get_by_role("button", name="菜单").focus()
    clerk.page.keyboard.press("Enter")
    expect(line).to_be_visible()
    assert clerk.complaints == []
    clerk.context.close()


def test_a_role_is_asked_for_by_one_and_approved_by_another(
    app: Flask, chromium: Browser, server: LiveServer, town: None
) -> None:
    asking = Clerk(chromium, server).enter(Desk(app).sign_in("B0001"))
    asking.open("/console/requests/new?number=S0001")
    asking.page.get_by_label("什么权限").select_option("worker_desk")
    asking.page.get_by_label("管哪个工会").fill("GH440304")
    asking.page.get_by_label("用到哪天").fill(str(today() + timedelta(days=30)))
    asking.page.get_by_label("为什么需要").fill("窗口缺人")
    asking.press("交申请")
    asking.see("你自己申请的，等另一位安全管理员批准")

    approving = Clerk(chromium, server, size=NARROW).enter(Desk(app).sign_in("B0002"))
    approving.open("/console/")
    approving.page.get_by_text("权限申请等批准").click()
    approving.press("批准")
    approving.see("批准 S0001 的“职工服务窗口”？马上生效。")
    approving.press("不做了")
    approving.press("批准")
    approving.press("确定")
    approving.see("批准了，马上生效")
    for one in (asking, approving):
        assert one.complaints == []
        one.context.close()
