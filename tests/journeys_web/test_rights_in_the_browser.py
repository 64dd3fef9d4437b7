"""What is held about a worker: seen after a code, corrected, and gone after a time to think it over."""

import json
from pathlib import Path

import sqlalchemy as sa

from server.core.db import db
from server.identity.models import SmsCode
from server.me.models import AccountClosing, CorrectionRequest
from server.unions.models import JoiningRecord
from server.unions.vocabulary import Employment
from tests.journeys_web.phone import Phone


def newest_code() -> str:
    """The code that is on its way; nobody works the queue in these tests."""
    db.session.rollback()
    code = db.session.scalar(sa.select(SmsCode.code).order_by(SmsCode.id.desc()).limit(1))
    assert code is not None
    return code


def prove(phone: Phone) -> None:
    """Answer the sheet that asks for a code."""
    phone.see("确认是你本人")
    phone.press("发验证码")
    phone.see("秒后可再发")
    phone.write("验证码", newest_code())
    phone.page.locator('[role="dialog"]:visible .btn:has-text("确认")').last.click()


def taken(phone: Phone, button: str) -> Path:
    """The file that a button hands over, under its own name."""
    with phone.page.expect_download() as downloading:
        phone.press(button)
    file = downloading.value
    path = Path(file.path()).with_name(file.suggested_filename)
    file.save_as(path)
    return path


def test_a_worker_sees_everything_and_closes_the_account_and_keeps_it_after_all(phone: Phone) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/pages/me/me")
    phone.tap("我的信息")

    phone.press("看一看")
    prove(phone)
    phone.see("登录记录")
    phone.see("会员号")
    shown = phone.page.locator(".part:visible").all_inner_texts()
    assert any("陈小雨" in part for part in shown)
    assert not any("990304" in part for part in shown)

    # To be taken along: one to read, one for other systems.
    readable, machine = taken(phone, "存成文件"), taken(phone, "存成 JSON")
    assert readable.name.startswith("我的信息-")
    assert "姓名：陈小雨" in readable.read_text("utf-8-sig")
    assert "990304" not in readable.read_text("utf-8-sig")
    assert json.loads(machine.read_text("utf-8"))["parts"][0]["key"] == "account"

    # Proved a moment ago: nobody asks again.
    phone.press("注销账号")
    phone.see("按规定留下的")
    phone.page.locator('[role="dialog"]:visible .btn--danger').click()
    phone.see("在那以前都可以反悔")
    db.session.rollback()
    assert db.session.scalars(sa.select(AccountClosing)).one().cancelled_at is None

    phone.press("不注销了")
    phone.see("先有 15 天可以反悔")
    db.session.rollback()
    assert db.session.scalars(sa.select(AccountClosing)).one().cancelled_at is not None


def test_a_worker_corrects_what_is_wrong(phone: Phone) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/account/data/data")
    for line, choice in (("做什么工作", "快递"), ("怎么干的", "众包")):
        phone.tap(line)
        phone.choose(choice)
        phone.page.locator(f'.way:visible:has-text("{line}"):has-text("{choice}")').wait_for()
    phone.tap("单位，或者平台和站点")
    phone.write("单位，或者平台和站点", "演示配送站")
    phone.press("存下")
    phone.tap("常在的街道")
    phone.see("福田区的街道")
    phone.choose("南山区")
    phone.choose("西丽街道")
    phone.page.locator('.way:visible:has-text("西丽街道")').wait_for()
    db.session.rollback()
    said = db.session.scalars(sa.select(JoiningRecord)).one()
    assert (said.employment, said.employer) == (Employment.PLATFORM_CROWD, "演示配送站")
    phone.press("别的信息不对")
    phone.write("哪里不对，应该是什么", "我的名字有一个字写错了")
    phone.press("交给工会")
    phone.see("已交给工会")
    db.session.rollback()
    assert db.session.scalars(sa.select(CorrectionRequest)).one().text == "我的名字有一个字写错了"
