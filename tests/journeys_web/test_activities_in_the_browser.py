"""J4: a sign-up that can be tapped twice, waited for in the crowd, and passed on."""

from datetime import timedelta

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Route

from server.core.clock import today
from tests.desk import Desk
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.phone import Phone
from tests.journeys_web.thumb import Thumb
from tests.live import LiveServer


def open_one(phone: Phone) -> None:
    """Somebody with a phone number, at the first open activity with one group that asks no more."""
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/pages/activities/activities")
    phone.page.locator(".act:visible:has(.pill--open)").first.click()
    phone.see("服务器时间")
    if phone.page.locator(".choice:visible").count():
        phone.page.locator(".choice:visible").first.click()


def test_two_taps_make_one_sign_up_and_the_seat_can_be_passed_on(phone: Phone, thumb: Thumb) -> None:
    posts: list[str] = []
    phone.page.on(
        "request",
        lambda request: (
            posts.append(request.url) if request.url.endswith("/signups") and request.method == "POST" else None
        ),
    )
    open_one(phone)
    thumb.tap(phone.button("报名"))
    thumb.tap_again()
    phone.see("报上了")
    assert len(posts) == 1

    thumb.tap(phone.button("来不了，把名额让出去"))
    phone.page.locator(".uni-modal__btn_primary").click()
    phone.see("已取消，名额让出去了")
    phone.button("报名").wait_for()


def test_a_full_activity_has_a_waiting_list_with_a_place_in_it(phone: Phone) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/pages/activities/activities")
    phone.page.locator('.act:visible:has-text("夜校：咖啡拉花")').first.click()
    phone.press("排队等名额")
    phone.see("前面还有 8 位")
    phone.see("有人让出名额就按顺序给")

    phone.open("/activities/mine/mine")
    phone.tap("夜校：咖啡拉花")
    phone.see("前面还有 8 位")
    phone.press("不排了")
    phone.page.locator(".uni-modal__btn_primary").click()
    phone.button("排队等名额").wait_for()


def test_the_code_for_the_door_is_there_without_a_network(phone: Phone, context: BrowserContext) -> None:
    open_one(phone)
    phone.press("报名")
    phone.see("报上了")
    phone.press("入场码")
    phone.see("到门口给工作人员看")
    phone.page.get_by_label("返回").locator("visible=true").click()
    phone.see("报上了")
    context.set_offline(True)
    phone.press("入场码")
    phone.see("到门口给工作人员看")
    assert phone.page.locator(".qr:visible").count() == 1


def test_in_a_crowd_it_waits_and_tries_again_by_itself(phone: Phone) -> None:
    refusals = iter((503, 429))

    def busy(route: Route) -> None:
        if status := next(refusals, None):
            route.fulfill(
                status=status, headers={"Retry-After": "0"}, content_type="application/problem+json", body="{}"
            )
        else:
            route.continue_()

    open_one(phone)
    phone.page.route("**/signups", busy)
    phone.press("报名")
    phone.see("报上了")


def test_a_broken_line_says_that_the_outcome_is_unknown_and_a_second_tap_is_safe(phone: Phone) -> None:
    open_one(phone)
    phone.page.route("**/signups", lambda route: route.abort())
    phone.press("报名")
    phone.see("再点一次不会重复报名")
    phone.page.unroute("**/signups")
    phone.press("报名")
    phone.see("报上了")


def test_groups_that_the_desk_puts_together_are_chosen_from_on_the_phone(
    phone: Phone, app: Flask, chromium: Browser, server: LiveServer, town: None
) -> None:
    clerk = Clerk(chromium, server).enter(Desk(app).sign_in("D0002"))
    try:
        clerk.open("/console/activities/new")
        page = clerk.page
        day = f"{today() + timedelta(days=3):%Y-%m-%d}"
        for label, value in (
            ("叫什么", "夏日观影"),
            ("说明", "看电影，送饮料。"),
            ("在哪里", "福民路 12 号"),
            ("几点开始", f"{day}T14:00"),
            ("几点结束", f"{day}T16:00"),
            ("报名到什么时候", f"{day}T12:00"),
        ):
            page.get_by_label(label, exact=True).fill(value)
        clerk.press("再加一组名额")
        clerk.see("第 2 组")
        for place, name, seats in ((0, "外卖和快递", "1"), (1, "街道会员", "30")):
            page.locator(f"#groups-{place}-name").fill(name)
            page.locator(f"#groups-{place}-seats").fill(seats)
        page.locator("#groups-0").get_by_label("外卖配送", exact=True).check()
        page.locator("#groups-1-members_of").select_option(index=1)
        assert clerk.hindrances() == []
        clerk.press("发出去")
        page.locator("#ask .btn-primary").click()
        clerk.see("发出去了")
        clerk.see("和下面工会的会员")
        assert clerk.hindrances() == []
        assert clerk.complaints == []
        shown = page.url.rpartition("/")[2]
    finally:
        clerk.context.close()

    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open(f"/activities/detail/detail?id={shown}")
    phone.see("给做这些的：外卖")
    phone.see("（和下面工会）的会员")
    phone.choose("街道会员")
    phone.press("报名")
    phone.see("报上了")
    phone.see("街道会员")
