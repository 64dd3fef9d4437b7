"""Verification before a person, with photos when the desk wants them; and consents that are taken back."""

from datetime import date, timedelta

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import FilePayload

from server.core.clock import today
from server.core.db import db, transaction
from server.identity.models import Consent, ConsentKey, DeskRequest, DeskState, Worker
from server.me import desk
from server.me.accounts import notice_expired_papers
from server.unions.models import TradeUnion
from tests.cases.files.conftest import jpeg
from tests.journeys_web.phone import Phone
from tests.staff import make_staff

WORDS = "请拍一张护照的照片页，四个角都要拍到。"


def begin(phone: Phone) -> None:
    """A passport's page of verification, whose lines are filled in."""
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("周大勇")
    phone.open("/account/verify/verify")
    fill_in(phone)


def fill_in(phone: Phone) -> None:
    phone.choose("护照")
    phone.write("证件号", "e 9903 0412")
    phone.write("姓名", "Zhou Dayong")
    phone.choose("外卖")


def test_a_passport_is_looked_at_by_a_person_who_asks_for_a_photo(phone: Phone, app: Flask) -> None:
    begin(phone)
    phone.see("这种证件要由工作人员核对")
    phone.agree()
    phone.press("提交认证")
    phone.see("工作人员在核对")
    phone.see("前核对好")

    desk.want(request_id=request().id, actor="staff:0042", words=WORDS)
    phone.open("/account/verify/verify")
    phone.see("等你补一样东西")
    phone.see(WORDS)
    assert not phone.sees("交上照片"), "nothing to send yet"
    with phone.page.expect_file_chooser() as choosing:
        phone.press("加照片")
    choosing.value.set_files([FilePayload(name="passport.jpg", mimeType="image/jpeg", buffer=jpeg())])
    phone.press("交上照片")
    phone.see("工作人员在核对")
    assert not phone.sees(WORDS)

    desk.approve(request_id=request().id, actor="staff:0042", born=date(1990, 5, 1))
    phone.open("/account/verify/verify")
    phone.see("你已经认证过了")
    phone.press("换了姓名或证件")
    phone.see("核对好以前，原来的认证照旧有效")


def test_the_street_that_was_chosen_has_it_and_the_page_says_who_sees_it(phone: Phone, app: Flask) -> None:
    begin(phone)
    phone.see("不选的，由")
    phone.choose("福田区")
    phone.choose("华强北街道")
    phone.agree()
    phone.press("提交认证")
    phone.see(f"由{union_of('GH440304011').name}核对")
    phone.see("只有它和它的上级看得到")
    asked = request()
    street, beside = (make_staff(code, "worker_desk", union=union_of(code)) for code in ("GH440304011", "GH440304001"))
    assert [one.id for one in desk.read_list(number=street.number)] == [asked.id]
    assert desk.read_list(number=beside.number) == []
    phone.open("/account/data/data")
    phone.see("谁看得到你的账号")
    phone.see(union_of("GH440304011").name)


def test_a_street_that_was_left_open_is_not_filled_in_again(phone: Phone) -> None:
    begin(phone)
    phone.open("/?s=FT0010")
    phone.see("通新岭")
    go(phone, "/account/verify/verify")
    chosen = phone.page.locator('.choice--on:visible:has-text("华强北街道")')
    chosen.wait_for()
    phone.press("不选了")
    chosen.wait_for(state="hidden")
    go(phone, "/account/consents/consents")
    with phone.page.expect_response("**/api/v1/me"):
        phone.page.get_by_label("返回").locator("visible=true").click()
    fill_in(phone)
    phone.agree()
    with phone.page.expect_request("**/api/v1/me/verification") as asked:
        phone.press("提交认证")
    assert "area" not in asked.value.post_data_json


def go(phone: Phone, path: str) -> None:
    """From page to page, without a cold start."""
    phone.page.evaluate("path => { location.hash = path }", path)


def union_of(code: str) -> TradeUnion:
    return db.session.scalars(sa.select(TradeUnion).where(TradeUnion.code == code)).one()


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


def test_what_was_not_agreed_to_is_read_and_agreed_to_and_taken_back(phone: Phone, app: Flask) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/account/consents/consents")
    phone.see("还没有同意的")
    phone.tap("打电话、发短信联系你")
    phone.see("我们只在这里的消息里通知你")
    phone.press("我同意")
    phone.see("同意，第 1 版")
    assert living() == [ConsentKey.CONTACT]
    phone.press("不再同意")
    phone.see("工作人员不再打电话、发短信给你")
    phone.page.locator('.sheet:visible .btn:has-text("不再同意")').click()
    phone.see("好，已经停了")
    assert living() == []


def test_a_new_version_is_read_and_agreed_to_anew(phone: Phone, app: Flask) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/account/consents/consents")
    phone.tap("打电话、发短信联系你")
    phone.press("我同意")
    phone.see("同意，第 1 版")
    with transaction() as session:
        session.execute(sa.update(Consent).values(version="0"))
    phone.open("/account/consents/consents")
    phone.see("说明改过了")
    phone.press("看新的说明")
    phone.press("我同意")
    phone.see("同意，第 1 版")
    assert not phone.sees("说明改过了")


def test_a_paper_that_ran_out_says_until_when_and_then_why(phone: Phone, app: Flask) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    with_paper_until(today() - timedelta(days=5))
    phone.open("/account/verify/verify")
    phone.see("证件到期了，要换")
    phone.press("用新证件认证")
    phone.press("提交认证")
    phone.see("请填证件号")

    with_paper_until(today() - timedelta(days=31))
    notice_expired_papers()
    phone.open("/account/verify/verify")
    phone.see("证件过期，认证停了")
    phone.see("原来的事都还在")


def with_paper_until(day: date) -> None:
    with transaction() as session:
        workers = session.scalars(sa.select(Worker)).all()
        next(one for one in workers if one.name == "陈小雨").paper_valid_to = day


def living() -> list[ConsentKey]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Consent.key).where(Consent.withdrawn_at.is_(None))))


def request() -> DeskRequest:
    db.session.expire_all()
    return db.session.scalars(sa.select(DeskRequest).where(DeskRequest.state == DeskState.OPEN)).one()
