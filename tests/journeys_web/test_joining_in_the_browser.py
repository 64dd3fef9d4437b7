"""Joining the union on the phone, approved by the chair of the union that it went to; the card is there."""

import re

from flask import Flask

from tests.journeys_web.phone import Phone


def test_a_rider_joins_and_shows_the_card(phone: Phone, app: Flask) -> None:
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
    done = app.test_cli_runner().invoke(args=["case", "do", number[0], "approve", "--as", "U0002"])
    assert done.exit_code == 0, done.output
    phone.press("看进展")
    phone.see("入会了")
    phone.open("/account/card/card")
    phone.see("华强北街道新就业形态行业工联会（演示）")
