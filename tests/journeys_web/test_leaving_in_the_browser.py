"""Leaving on the phone and thinking better of it; a membership that the desk wants to change, and the answer."""

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser

from server.core.db import db
from server.identity.models import SmsCode, Worker
from server.unions.models import Membership
from tests.desk import Desk
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.phone import Phone
from tests.live import LiveServer


def code_sent() -> str:
    """The last code on its way to a phone."""
    db.session.rollback()
    row = db.session.scalars(sa.select(SmsCode).order_by(SmsCode.id.desc())).first()
    assert row is not None
    assert row.code is not None
    return row.code


def number_of(name: str) -> str:
    db.session.rollback()
    rows = db.session.execute(sa.select(Membership.number, Worker).join(Worker, Worker.id == Membership.worker_id))
    return next(number for number, worker in rows if worker.name == name)


def test_a_member_leaves_thinks_better_of_it_and_answers_the_union(
    phone: Phone, app: Flask, chromium: Browser, server: LiveServer
) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/account/card/card", settled=True)
    phone.press("退会，或者保留会籍")
    phone.see("不用谁批准")
    phone.press("开始填")
    phone.choose("退会：不当会员了")
    phone.see("会员号给你留着")
    assert phone.hindrances() == []
    phone.page.locator(".sign").click()
    phone.write("写上你的姓名", "陈小雨")
    phone.agree()
    phone.press("提交")
    phone.press("发验证码")
    phone.see("短信已发出")
    phone.page.locator(".sheet:visible input").fill(code_sent())
    phone.page.locator('.sheet:visible .btn:has-text("确认")').click()
    phone.see("已收到")
    phone.press("看进展")
    phone.see("还可以反悔")
    assert phone.hindrances() == []
    phone.press("撤回")
    phone.page.locator('.sheet:visible .btn:has-text("撤回")').click()
    phone.page.locator(".uni-modal__btn_primary").click()
    phone.see("会籍不变")

    desk = Clerk(chromium, server).enter(Desk(app).sign_in("D0001"))
    desk.open("/console/members")
    assert desk.hindrances() == []
    desk.page.get_by_label("会员号").fill(number_of("陈小雨"))
    desk.press("打开")
    desk.see("会籍变动")
    assert desk.hindrances() == []
    desk.press("提出来")
    desk.page.get_by_label("会籍变成").select_option("lapsed")
    desk.page.get_by_label("依据").fill("半年没有参加活动，打过两次电话。")
    assert desk.hindrances() == []
    desk.press("告诉本人，请本人说说情况")
    desk.see("等工友说说情况")
    assert desk.complaints == []
    desk.context.close()

    phone.open("/account/inbox/inbox", settled=True)
    phone.tap("有一件事请你说说情况")
    phone.see("打过两次电话")
    assert phone.hindrances() == []
    phone.press("说说我的情况")
    phone.write("你的情况", "我一直在跑单，电话不是我接的。")
    phone.press("交上去")
    phone.see("工会在定")
    assert phone.complaints == []
