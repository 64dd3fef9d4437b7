"""By keyboard only, with less motion, on a phone that is not one's own, and across an edition that was replaced."""

from playwright.sync_api import Browser, Page, Request, Route

from tests.journeys_web.phone import Phone
from tests.journeys_web.resident import Resident
from tests.live import LiveServer

IN_FRONT = "() => document.activeElement.innerText || document.activeElement.getAttribute('aria-label') || ''"
RINGED = "() => getComputedStyle(document.activeElement).outlineStyle !== 'none'"
WATCH = """() => {
    window.moved = new Set()
    const look = () => {
        for (const { effect } of document.getAnimations()) window.moved.add(effect.target.tagName)
        requestAnimationFrame(look)
    }
    look()
}"""
FURTHEST = 80
"""Stops of the Tab key on the longest page."""


def walk_to(page: Page, words: str) -> None:
    """Press Tab until what has these words is in front, as somebody without a mouse does."""
    for _ in range(FURTHEST):
        page.keyboard.press("Tab")
        if words in page.evaluate(IN_FRONT):
            assert page.evaluate(RINGED), f"one does not see that {words} is in front"
            return
    raise AssertionError(f"the Tab key does not lead to {words}")


def test_a_sign_up_needs_nothing_but_the_keyboard(phone: Phone) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.see("陈小雨")
    walk_to(phone.page, "陈小雨")
    phone.page.keyboard.press("Enter")
    phone.page.locator('.title:visible:has-text("登录")').wait_for(state="hidden")

    phone.open("/pages/activities/activities")
    phone.see("骑手免费体检日")
    walk_to(phone.page, "骑手免费体检日")
    phone.page.keyboard.press("Enter")
    phone.button("报名").wait_for()
    walk_to(phone.page, "报名")
    phone.page.keyboard.press("Space")
    phone.see("报上了")


def test_nothing_moves_for_whom_less_motion_is_better(chromium: Browser, server: LiveServer, town: None) -> None:
    for asked, moves in (("no-preference", True), ("reduce", False)):
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, locale="zh-CN", reduced_motion=asked, service_workers="block"
        )
        phone = Phone(context.new_page(), server.base_url)
        phone.open("/pages/stations/stations", settled=True)
        phone.page.evaluate(WATCH)
        phone.press("选地方")
        phone.see("你在哪里？")
        moved = phone.page.evaluate("[...window.moved]")
        assert bool(moved) is moves, moved
        context.close()


def test_a_borrowed_phone_is_signed_out_after_three_minutes_without_a_tap(phone: Phone, resident: Resident) -> None:
    phone.page.clock.install()
    phone.open("/account/sign-in/sign-in")
    phone.tap("这不是我的手机")
    phone.sign_in_as("陈小雨")
    phone.page.evaluate(f"location.hash = '/cases/case/case?no={resident.case_no}'")
    phone.see("工会在办")

    # A tap begins the three minutes anew.
    phone.page.clock.run_for(170_000)
    phone.page.locator(".title:visible").click()
    phone.page.clock.run_for(170_000)
    assert phone.sees("工会在办")

    with phone.page.expect_request(lambda asked: asked.method == "DELETE" and asked.url.endswith("/sessions/current")):
        phone.page.clock.run_for(11_000)
    phone.see("在路上，有工会")
    assert not phone.sees("工会在办")


def test_a_page_that_misses_a_file_of_a_replaced_edition_starts_anew_once(phone: Phone) -> None:
    starts: list[str] = []
    missing: list[str] = []

    def count(request: Request) -> None:
        # Asked for before anything that the page loads; its "load" event may come after.
        if request.resource_type == "document":
            starts.append(request.url)

    def gone(route: Route) -> None:
        missing.append(route.request.url)
        if not starts:
            route.fulfill(status=404, content_type="text/plain", body="")
        else:
            route.continue_()

    phone.open()
    phone.see("在路上，有工会")
    phone.complaints.clear()
    phone.page.on("request", count)
    phone.page.route("**/assets/account-settings-settings*.js", gone)
    phone.page.evaluate("location.hash = '/account/settings/settings'")
    phone.page.locator('.title:visible:has-text("语言和大字")').wait_for()
    assert len(starts) == 1
    assert missing
    # That the file was not there is what the browser says, and what this test is about.
    phone.complaints.clear()
