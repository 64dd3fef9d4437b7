"""A unit puts somebody on its list: they verify, are asked, join or not; the desk reads what came of it."""

import uuid

import pytest
from flask import Flask
from playwright.sync_api import Browser

from server.unions.lists import reading
from tests.desk import Desk
from tests.journeys_web.clerk import NARROW, WIDE, Clerk
from tests.journeys_web.phone import Phone
from tests.live import LiveServer

OF_A_CHILD = "990304201503071014"
# Of another union than the one whose register has them: those of a register are not asked.
WHO, NUMBER, CODE = "周大勇", "990304198809231178", "GH440304010-01"


@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (NARROW, True)], ids=["joins", "is somebody else"])
def test_who_is_on_a_list_is_asked_and_the_desk_reads_the_answers(
    phone: Phone, app: Flask, chromium: Browser, server: LiveServer, size: tuple[int, int], dark: bool
) -> None:
    desk = Clerk(chromium, server, size=size, dark=dark).enter(Desk(app).sign_in("D0001"))
    desk.open("/console/imports/roster")
    content = f"姓名,证件号码,工会编码\n{WHO},{NUMBER},{CODE}\n".encode()
    desk.page.get_by_label("文件").set_input_files({"name": "名册.csv", "mimeType": "text/csv", "buffer": content})
    desk.page.get_by_label("正式导入").check()
    desk.press("开始")
    desk.see("在排队")
    address = desk.page.url
    # What a worker does; its loop and the browser's do not go together in one thread.
    reading.read_list(str(uuid.UUID(address.rpartition("/")[2])))
    desk.see("要问本人 1 人")
    assert desk.hindrances() == []

    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as(WHO)
    phone.open("/account/verify/verify")
    phone.write("证件号", NUMBER)
    phone.write("姓名", WHO)
    phone.choose("外卖")
    phone.agree()
    phone.press("提交认证")
    phone.see("要不要入会，你说了算")
    phone.press("去看看")
    phone.see("的会员名单里有你")
    assert phone.hindrances() == []
    if dark:
        phone.press("以后再说")
        phone.see("想好了再来")
        phone.open("/account/verify/verify", settled=True)
        phone.press("换了姓名或证件")
        phone.write("证件号", OF_A_CHILD)
        phone.write("姓名", WHO)
        phone.choose("外卖")
        phone.agree()
        phone.press("提交认证")
        phone.see("没有通过")
        phone.see("你还没满 16 周岁")
        assert not phone.sees("有单位把你报进了会员名单")
        phone.open("/account/card/card", settled=True)
        phone.press("不是我")
        phone.page.locator(".uni-modal__btn_primary").click()
        phone.see("你还没有入会")
    else:
        phone.open("/pages/home/home", settled=True)
        phone.tap("有单位把你报进了会员名单")
        phone.press("是我，愿意入会")
        phone.see("有效到")

    desk.open(address.removeprefix(server.base_url))
    desk.see("问本人的结果")
    told = desk.page.locator("dl.facts").inner_text()
    assert ("说不是本人\n1 人" in told, "愿意，入会了\n1 人" in told) == (dark, not dark)
    assert (desk.page.get_by_text("第 2 行").count() > 0) == dark
    assert desk.hindrances() == []
    assert desk.complaints == []
    desk.context.close()
