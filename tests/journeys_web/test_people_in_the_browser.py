"""J3: verification and the card; and a phone that is somebody else's."""

from playwright.sync_api import BrowserContext

from tests.journeys_web.phone import Phone


def test_a_rider_verifies_and_carries_a_card_that_works_without_a_network(
    phone: Phone, context: BrowserContext
) -> None:
    phone.open("/account/verify/verify")
    phone.press("登录")
    phone.sign_in_as("周大勇")

    # Back where she was. A slip in the number is seen before anything is sent.
    phone.write("证件号", "990304198809231170")
    phone.write("姓名", "周大勇")
    phone.choose("外卖")
    phone.press("提交认证")
    phone.see("号码里有一位不对")
    phone.see("要先同意才能交")

    phone.write("证件号", "990304198809231178")
    phone.agree()
    phone.press("提交认证")
    phone.see("认证好了")

    phone.open("/pages/me/me")
    phone.tap("会员卡")
    phone.see("给驿站工作人员看")
    phone.page.get_by_label("返回").locator("visible=true").click()
    phone.see("已实名")
    context.set_offline(True)
    phone.tap("会员卡")
    phone.see("没有网络，用的是存下的码")
    assert phone.page.locator(".qr:visible").count() == 1


def test_nothing_of_a_person_stays_on_a_borrowed_phone(phone: Phone) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.tap("这不是我的手机")
    phone.sign_in_as("陈小雨")
    phone.page.evaluate("location.hash = '/cases/form/form?key=grievance'")
    phone.see("借来的手机，不存草稿")
    phone.write("说说经过", "站点无故罚款，没有说明")
    kept = phone.page.evaluate("JSON.stringify(localStorage)")
    assert "罚款" not in kept
    assert "token" not in kept


def test_another_person_on_the_same_phone_finds_nothing_of_the_first(phone: Phone) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/pages/me/me")
    phone.see("陈*")
    phone.press("退出登录")
    phone.see("还没登录")
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("周大勇")
    phone.open("/pages/me/me")
    phone.see("已登录，未实名")
    assert not phone.sees("陈*")


def test_a_draft_goes_with_the_one_who_signs_in_on_the_way_and_not_with_the_next_one(phone: Phone) -> None:
    words = "站点无故罚款，没有说明"
    phone.open("/cases/form/form?key=grievance")
    phone.write("说说经过", words)
    phone.see("已存在手机里")
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/cases/form/form?key=grievance")
    assert phone.field("说说经过").input_value() == words

    phone.open("/pages/me/me")
    phone.see("草稿：反映问题")
    phone.press("退出登录")
    phone.see("还没登录")
    assert not phone.sees("草稿：")
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("周大勇")
    phone.open("/cases/form/form?key=grievance")
    assert phone.field("说说经过").input_value() == ""

    phone.open("/pages/me/me")
    phone.press("退出登录")
    phone.see("还没登录")
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/cases/form/form?key=grievance")
    assert phone.field("说说经过").input_value() == words


def test_a_consent_is_taken_back_after_reading_what_stops(phone: Phone) -> None:
    phone.open("/account/verify/verify")
    phone.press("登录")
    phone.sign_in_as("周大勇")
    phone.write("证件号", "990304198809231178")
    phone.write("姓名", "周大勇")
    phone.choose("外卖")
    phone.agree()
    phone.press("提交认证")
    phone.see("认证好了")

    phone.open("/account/consents/consents")
    phone.see("用姓名和证件号码做实名认证")
    phone.press("不再同意")
    phone.see("实名认证作废")
    phone.page.locator('.sheet:visible .btn:has-text("不再同意")').click()
    phone.see("好，已经停了")
    phone.open("/pages/me/me")
    phone.see("已登录，未实名")
