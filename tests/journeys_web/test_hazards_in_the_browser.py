"""Two riders report one hole without a network; the desk checks, sends, and shows what was mended; both are told."""

import io
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session

from server.cases.files.images import COVERED
from server.cases.files.models import Attachment
from server.cases.files.service import content_of
from tests.cases.files.conftest import encoded, picture
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.conftest import FUTIAN
from tests.journeys_web.phone import Phone
from tests.live import LiveServer


@pytest.fixture
def other(chromium: Browser, server: LiveServer, town: None) -> Iterator[Phone]:
    """Somebody else's phone, ten metres away."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai", service_workers="block"
    )
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": FUTIAN["latitude"] + 0.0001, "longitude": FUTIAN["longitude"]})
    made = Phone(context.new_page(), server.base_url)
    yield made
    assert made.complaints == []
    context.close()


def report(phone: Phone, context: BrowserContext) -> None:
    """A picture, a tap, where it is, sent: all of it in a dead zone."""
    context.set_offline(True)
    take_picture(phone.page)
    cover_a_face(phone)
    phone.choose("路面坑洼")
    phone.press("用我现在的位置")
    phone.see("定位好了")
    phone.press("发送")
    phone.see("待发送 1 条")


def take_picture(page: Page) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator('.btn:visible:has-text("拍一张")').first.click()
    chooser.value.set_files({"name": "hole.png", "mimeType": "image/png", "buffer": encoded(picture(400, 300), "PNG")})
    page.locator(".shot").wait_for()


def cover_a_face(phone: Phone) -> None:
    """In the middle of the left half; what was covered beside it by mistake is uncovered again."""
    phone.press("遮一遮")
    picture_of = phone.page.locator(".cover:visible")
    box = picture_of.bounding_box()
    assert box is not None
    for across in (0.25, 0.75, 0.75):
        picture_of.click(position={"x": box["width"] * across, "y": box["height"] / 2})
    expect(phone.page.locator(".cover__spot:visible")).to_have_count(1)
    phone.press("遮好了")
    phone.see("遮了 1 处")


def test_two_riders_report_one_hole_offline_and_both_are_told_when_it_is_mended(
    located_phone: Phone, context: BrowserContext, other: Phone, clerk: Clerk, db_session: Session
) -> None:
    located_phone.open("/account/sign-in/sign-in")
    located_phone.sign_in_as("陈小雨")
    located_phone.tap("首页")
    with located_phone.page.expect_file_chooser():
        # The camera opens with the page.
        located_phone.tap("骑手秒报")
    located_phone.see("停稳再拍")
    report(located_phone, context)
    located_phone.page.locator("uni-toast").wait_for(state="hidden")
    assert located_phone.hindrances() == []

    other.open("/cases/hazard/hazard", settled=True)
    report(other, other.page.context)

    for phone in (located_phone, other):
        phone.page.context.set_offline(False)
        phone.see("已发送 1 条")
    other.see("合在一起办")
    first, second = (number(phone) for phone in (located_phone, other))
    for kept in db_session.scalars(sa.select(Attachment)):
        seen = Image.open(io.BytesIO(content_of(kept))).convert("RGB")
        assert (seen.getpixel((100, 150)), seen.getpixel((300, 150))[2] > 200) == ((COVERED,) * 3, True)

    clerk.open(f"/console/cases/{first}")
    clerk.see(second)
    step(clerk, "核对了，属实")
    clerk.press("帮他填")
    clerk.page.get_by_label("转给哪个部门").select_option(label="城管")
    clerk.page.get_by_label("那边给的编号").fill("CG-118")
    clerk.page.locator("main button[type=submit]").last.click()
    clerk.see("记下了")
    clerk.see("手机定位")
    step(clerk, "转给管的部门")
    clerk.page.locator(".actions .btn:has-text('修好了')").click()
    clerk.page.locator(".act-panel textarea").fill("城管今天上午补好了。")
    after = {"name": "after.png", "mimeType": "image/png", "buffer": encoded(picture(300, 200), "PNG")}
    clerk.page.locator(".act-panel input[type=file]").set_input_files(after)
    assert clerk.hindrances() == []
    clerk.page.locator(".act-panel button:has-text('修好了')").click()
    clerk.see("办好了：修好了")

    for phone in (located_phone, other):
        phone.press("看进展")
        phone.see("城管今天上午补好了")
    located_phone.open("/account/inbox/inbox")
    located_phone.see("你报的情况办好了")


def test_what_is_marked_on_the_way_is_completed_at_the_stop_or_taken_away(
    located_phone: Phone, context: BrowserContext
) -> None:
    context.grant_permissions(["geolocation", "microphone"])
    located_phone.open("/cases/hazard/hazard", settled=True)
    located_phone.write("说一句", "井盖塌了半边")
    located_phone.press("先记位置")
    located_phone.see("待补报 1 条")
    located_phone.page.reload()
    located_phone.see("待补报 1 条")
    with located_phone.page.expect_file_chooser() as chooser:
        located_phone.press("补完")
    chooser.value.set_files({"name": "hole.png", "mimeType": "image/png", "buffer": encoded(picture(), "PNG")})
    located_phone.page.locator(".shot").wait_for()
    expect(located_phone.field("说一句")).to_have_value("井盖塌了半边")
    located_phone.press("发送")
    located_phone.see("点一下是什么")
    located_phone.choose("积水")
    # What is still being said when it is sent is in it, and will do without a picture.
    located_phone.page.locator(".shot").locator('.btn:has-text("删掉")').click()
    located_phone.press("录一段，最多 15 秒")
    located_phone.see(re.compile("还剩 1[0-4] 秒"))
    context.set_offline(True)
    located_phone.press("发送")
    located_phone.see("待发送 1 条")
    assert not located_phone.sees("还剩")
    assert not located_phone.sees("待补报")
    located_phone.press("删掉")
    located_phone.see("还没有发出去")
    located_phone.page.locator(".uni-modal__btn_primary").click()
    located_phone.page.get_by_text("待发送").wait_for(state="hidden")


def step(clerk: Clerk, words: str) -> None:
    """Make a step that asks for nothing."""
    clerk.page.locator(f".actions .btn:has-text('{words}')").click()
    clerk.page.locator(f".act-panel button:has-text('{words}')").click()
    clerk.see(f"办好了：{words}")


def number(phone: Phone) -> str:
    found = re.search(r"MB[0-9]+-[0-9]+-[A-Z]", phone.text(".page"))
    assert found
    return found[0]
