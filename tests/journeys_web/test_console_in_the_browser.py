"""The console in a real browser: by hand, with the keyboard, on a phone; axe-core on each page."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys_web.clerk import NARROW, WIDE, Clerk
from tests.live import LiveServer

PAGES = ("/console/", "/console/me", "/console/no-such-page")


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_every_page_can_be_read_by_everybody(chromium: Browser, server: LiveServer, size: tuple[int, int]) -> None:
    clerk = Clerk(chromium, server, size=size)
    clerk.open("/console/")
    assert clerk.hindrances() == []
    clerk.sign_in("DEMO01", "district_rights")
    found = {}
    for path in PAGES:
        clerk.open(path)
        found[path] = clerk.hindrances()
    assert found == {path: [] for path in PAGES}
    assert [said for said in clerk.complaints if "404" not in said] == []
    clerk.context.close()


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
