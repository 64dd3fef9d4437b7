"""Joining the union on the phone, approved with others by the chair of the union that it went to; the card is there."""

import re

from flask import Flask
from playwright.sync_api import Browser

from tests.desk import Desk
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.phone import Phone
from tests.live import LiveServer


def test_a_rider_joins_and_shows_the_card(phone: Phone, app: Flask, chromium: Browser, server: LiveServer) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("唐玉兰")
    phone.open("/account/card/card")
    phone.see("还没有会员卡")
    phone.press("加入工会")
    phone.see("我们什么时候答复")
    phone.press("开始填")
    phone.see("唐*")
    phone.choose("众包，自己接单")
    phone.write("单位，或者平台和站点", "华强北")
    phone.see("华强北街道新就业形态行业工联会（演示）")
    phone.page.locator(".found").first.click()
    phone.see("找到了这家的工会")
    phone.choose("福田区")
    phone.choose("华强北街道")
    phone.choose("华红社区")
    phone.choose("都行，你们安排")
    phone.page.locator("#f-former .choice:has-text('不是')").click()
    phone.press("提交")
    phone.see("还有")
    phone.page.locator(".sign").click()
    phone.write("写上你的姓名", "唐玉兰")
    phone.agree()
    phone.press("提交")
    phone.see("已收到")
    assert phone.hindrances() == []
    number = re.search(r"RH[0-9A-Z]+-[0-9A-Z]+-[0-9A-Z]", phone.text(".page"))
    assert number
    phone.press("看进展")
    phone.see("已送到华强北街道新就业形态行业工联会（演示）")
    chair = Clerk(chromium, server).enter(Desk(app).sign_in("U0002"))
    chair.open("/console/cases")
    chair.press("一起办：同意入会")
    chair.see("唐玉兰")
    assert chair.hindrances() == []
    chair.press("勾上没有提示的")
    chair.press("勾了的都办")
    chair.press("确定")
    chair.see("办好 1 件")
    assert chair.hindrances() == []
    assert chair.complaints == []
    chair.context.close()
    phone.page.reload()
    phone.see("入会了")
    phone.open("/account/card/card")
    phone.see("华强北街道新就业形态行业工联会（演示）")
