"""What goes wrong on the way: broken uploads, the back button, a service that is away, codes opened from outside."""

from collections.abc import Callable
from io import BytesIO
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Route

from tests.journeys_web.phone import Phone
from tests.sign_in import end_sign_ins

STORY = "站点从三月起每单多扣两元，没有说明"


def answer_with(status: int) -> Callable[[Route], None]:
    """A service that turns everybody away."""

    def turn_away(route: Route) -> None:
        route.fulfill(
            status=status,
            headers={"Retry-After": "0"},
            content_type="application/problem+json",
            body=f'{{"title": "", "status": {status}, "code": "busy"}}',
        )

    return turn_away


def grieve(phone: Phone) -> None:
    """Everything that the form asks for, anonymously."""
    phone.open("/cases/form/form?key=grievance")
    phone.choose("匿名")
    phone.choose("投诉")
    phone.choose("报酬")
    phone.write("说说经过", STORY)
    phone.choose("帮我解决")
    phone.agree()


def photo() -> FilePayload:
    """A picture as a phone takes it."""
    made = BytesIO()
    Image.new("RGB", (640, 480), (200, 120, 40)).save(made, "JPEG")
    return FilePayload(name="工牌.jpg", mimeType="image/jpeg", buffer=made.getvalue())


def test_a_photo_whose_upload_broke_off_is_sent_again_by_a_tap_and_goes_with_the_case(phone: Phone) -> None:
    keys: list[str] = []
    phone.page.on(
        "request",
        lambda asked: keys.append(asked.headers["idempotency-key"]) if asked.url.endswith("/attachments") else None,
    )
    grieve(phone)
    phone.page.route("**/api/v1/attachments", lambda route: route.abort())
    with phone.page.expect_file_chooser() as chooser:
        phone.press("加照片")
    chooser.value.set_files([photo()])
    phone.see("没有网络")

    phone.page.unroute("**/api/v1/attachments")
    with phone.page.expect_response(lambda answer: answer.url.endswith("/attachments")) as sent:
        phone.press("再试一次")
    assert sent.value.status == 201
    phone.page.locator('.photo:visible:has-text("工牌.jpg") .btn:has-text("删掉")').wait_for()
    assert len(keys) == 2
    assert len(set(keys)) == 1

    with phone.page.expect_request(lambda asked: asked.url.endswith("/cases")) as case:
        phone.press("提交")
    assert case.value.post_data_json["attachments"][0]["claim"]
    phone.see("只出现这一次")


@pytest.mark.parametrize(("status", "words"), [(429, "现在人很多"), (503, "服务暂时不通")])
def test_a_service_that_is_away_loses_nothing(phone: Phone, status: int, words: str) -> None:
    grieve(phone)
    phone.page.route("**/api/v1/cases", answer_with(status))
    phone.press("提交")
    phone.see(words)
    assert phone.field("说说经过").input_value() == STORY
    phone.page.unroute("**/api/v1/cases")
    phone.press("提交")
    phone.see("只出现这一次")


def test_the_back_button_in_the_middle_of_a_form_loses_nothing(phone: Phone) -> None:
    phone.open("/cases/service/service?key=grievance")
    phone.press("开始填")
    phone.choose("匿名")
    phone.write("说说经过", STORY)
    phone.page.go_back()
    phone.press("接着填")
    phone.see("匿名")
    assert phone.field("说说经过").input_value() == STORY


def test_two_taps_on_submit_make_one_case(phone: Phone) -> None:
    posts: list[str] = []
    phone.page.on("request", lambda asked: posts.append(asked.url) if asked.url.endswith("/cases") else None)
    grieve(phone)
    phone.button("提交").dblclick()
    phone.see("只出现这一次")
    assert len(posts) == 1


def test_a_login_that_ran_out_leaves_everything_open_readable(phone: Phone) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    end_sign_ins()
    phone.open("/pages/stations/stations")
    phone.page.locator(".station:visible").first.wait_for()
    phone.open("/pages/me/me")
    phone.see("还没登录")


def test_the_list_comes_back_with_the_network_by_one_tap(phone: Phone, context: BrowserContext) -> None:
    phone.open("/pages/activities/activities")
    phone.page.locator(".act:visible").first.click()
    phone.see("服务器时间")
    phone.page.get_by_label("返回").locator("visible=true").click()
    phone.page.locator(".act:visible").nth(1).wait_for()
    context.set_offline(True)
    phone.page.locator(".act:visible").nth(1).click()
    phone.see("没有网络")
    context.set_offline(False)
    phone.press("再试一次")
    phone.see("服务器时间")


@pytest.mark.parametrize(
    "way",
    ["/#/?s=FT0003", "/#/?scene=FT0003", "/#/?scene=s%3DFT0003", "/#/?q={link}", "/#/stations/detail/detail?q={link}"],
)
def test_a_code_opened_from_outside_shows_its_station(phone: Phone, way: str) -> None:
    link = quote(f"{phone.base_url}/s/FT0003", safe="")
    phone.page.goto(phone.base_url + way.format(link=link))
    phone.see("到了？告诉后面的人")
    assert "渔农" in phone.text(".title")


def test_the_page_that_any_scanner_opens_is_usable_by_everybody(phone: Phone) -> None:
    phone.page.goto(f"{phone.base_url}/s/FT0003")
    phone.see("渔农")
    assert phone.hindrances() == []
