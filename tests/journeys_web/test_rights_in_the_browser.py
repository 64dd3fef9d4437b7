"""What is held about a worker: seen after a code, corrected, and gone after a time to think it over."""

import sqlalchemy as sa

from server.core.db import db
from server.identity.models import SmsCode
from server.me.models import AccountClosing, CorrectionRequest
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
    phone.press("工作类别")
    phone.choose("快递")
    phone.see("工作类别：快递")
    phone.press("别的信息不对")
    phone.write("哪里不对，应该是什么", "我的名字有一个字写错了")
    phone.press("交给工会")
    phone.see("已交给工会")
    db.session.rollback()
    assert db.session.scalars(sa.select(CorrectionRequest)).one().text == "我的名字有一个字写错了"
