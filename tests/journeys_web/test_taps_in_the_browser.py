"""A thumb that taps twice means one tap, whatever the first one has put under it."""

from playwright.sync_api import BrowserContext

from tests.journeys_web.conftest import FUTIAN
from tests.journeys_web.phone import Phone
from tests.journeys_web.thumb import Thumb


def test_two_taps_on_please_call_me_open_its_page_and_send_nothing(phone: Phone, thumb: Thumb) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/cases/service/service?key=legal_aid", settled=True)
    cases: list[str] = []
    phone.page.on("request", lambda asked: cases.append(asked.url) if asked.url.endswith("/cases") else None)
    thumb.tap(phone.button("请打给我"))
    send = phone.page.locator(".btn--main:visible", has_text="打给我")
    send.wait_for()
    thumb.tap_again()
    phone.choose("上午")
    assert cases == []
    thumb.tap(send)
    phone.see("已收到")
    assert len(cases) == 1


def test_two_taps_on_signing_up_do_not_ask_to_give_the_seat_up(phone: Phone, thumb: Thumb) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/pages/activities/activities")
    phone.page.locator('.act:visible:has-text("骑手免费体检日")').first.click()
    phone.see("服务器时间")
    thumb.tap(phone.button("报名"))
    phone.button("来不了").wait_for()
    thumb.tap_again()
    # A question would lie over it.
    phone.press("入场码")
    phone.see("到门口给工作人员看")


def test_two_taps_mark_one_place_on_the_way(phone: Phone, context: BrowserContext, thumb: Thumb) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation(FUTIAN)
    phone.open("/cases/hazard/hazard")
    thumb.tap(phone.button("先记位置"))
    phone.see("待补报 1 条")
    thumb.tap_again()
    phone.press("用我现在的位置")
    phone.see("定位好了")
    phone.see("待补报 1 条")
