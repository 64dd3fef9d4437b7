"""Verification before a person, with photos when the desk wants them; and consents that are taken back."""

import sqlalchemy as sa
from flask import Flask

from server.core.db import db
from server.identity.models import DeskRequest, DeskState
from server.me import desk
from tests.journeys_web.phone import Phone

WORDS = "请拍一张护照的照片页，四个角都要拍到。"


def test_a_passport_is_looked_at_by_a_person_who_asks_for_a_photo(phone: Phone, app: Flask) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("周大勇")
    phone.open("/account/verify/verify")
    phone.choose("护照")
    phone.see("这种证件要由工作人员核对")
    phone.write("证件号", "e 9903 0412")
    phone.write("姓名", "Zhou Dayong")
    phone.choose("外卖")
    phone.agree()
    phone.press("提交认证")
    phone.see("工作人员在核对")
    phone.see("前核对好")

    desk.want(request_id=request().id, actor="staff:0042", words=WORDS)
    phone.open("/account/verify/verify")
    phone.see("等你补一样东西")
    phone.see(WORDS)
    assert not phone.sees("交上照片"), "nothing to send yet"

    desk.approve(request_id=request().id, actor="staff:0042")
    phone.open("/account/verify/verify")
    phone.see("你已经认证过了")
    phone.press("换了姓名或证件")
    phone.see("核对好以前，原来的认证照旧有效")


def test_who_is_refused_reads_why_above_the_form(phone: Phone, app: Flask) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("周大勇")
    phone.open("/account/verify/verify")
    phone.choose("台湾居民来往大陆通行证")
    phone.write("证件号", "99030412")
    phone.write("姓名", "周大勇")
    phone.choose("外卖")
    phone.agree()
    phone.press("提交认证")
    phone.see("工作人员在核对")
    desk.refuse(request_id=request().id, actor="staff:0042", note="姓名和证件上的不一样，请照证件上的填。")
    phone.open("/account/verify/verify")
    phone.see("姓名和证件上的不一样")
    assert phone.field("证件号").input_value() == ""


def request() -> DeskRequest:
    db.session.expire_all()
    return db.session.scalars(sa.select(DeskRequest).where(DeskRequest.state == DeskState.OPEN)).one()
