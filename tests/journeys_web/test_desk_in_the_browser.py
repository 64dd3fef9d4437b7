"""Worker and staff in two browsers: a grievance in each mode, two members of the staff on one case, the keyboard."""

import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, expect

from server.cases.homes import home_of
from server.cases.models import Case, CaseRating
from server.clocks.models import Clock
from server.core.clock import now
from server.core.db import db, transaction
from server.unions.models import TradeUnion
from tests.cases.conftest import submission
from tests.cases.figures.conftest import Keep
from tests.cases.figures.conftest import keep as keep
from tests.desk import Desk
from tests.journeys_web.clerk import NARROW, WIDE, Clerk
from tests.journeys_web.phone import Phone
from tests.live import LiveServer

WORDS = "站点从三月起每单多扣两元，没有说明<img src=x onerror=document.title=1>"
WHO = "陈小雨"
PHONE = "19900010011"


def grieve(phone: Phone, mode: str) -> tuple[str, str | None]:
    """Number, and the secret of an anonymous one."""
    if mode != "匿名":
        phone.open("/account/sign-in/sign-in")
        phone.sign_in_as(WHO)
    phone.open("/cases/form/form?key=grievance")
    chosen = phone.page.get_by_role("radiogroup").first.get_by_role("radio", checked=True)
    expect(chosen).to_have_text(re.compile("^隐名"))
    phone.choose(mode)
    phone.choose("投诉")
    phone.choose("报酬")
    phone.write("说说经过", WORDS)
    phone.choose("帮我解决")
    phone.agree()
    phone.press("提交")
    phone.see("只出现这一次" if mode == "匿名" else "已收到")
    receipt = phone.text(".page")
    number = re.search(r"SQ[0-9]+-[0-9]+-[A-Z]", receipt)
    secret = re.search(r"\b(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}\b", receipt)
    assert number
    return number[0], secret[0] if secret else None


def take(clerk: Clerk, no: str) -> None:
    """By keyboard."""
    clerk.open("/console/cases?whose=nobody")
    clerk.page.locator(f"[data-row]:has-text('{no}')").focus()
    clerk.page.keyboard.press("t")
    clerk.page.locator(".act-panel button:has-text('受理')").click()
    clerk.see("办好了：受理")


def write(clerk: Clerk, step: str, words: str) -> None:
    """Make a step that takes words."""
    clerk.page.locator(f".actions .btn:has-text('{step}')").click()
    clerk.page.locator(".act-panel textarea").fill(words)
    assert clerk.hindrances() == []
    clerk.page.locator(f".act-panel button:has-text('{step}')").click()
    clerk.see(f"办好了：{step}")


def look_in(phone: Phone, no: str, secret: str) -> None:
    """With number and secret."""
    phone.open("/cases/follow/follow")
    phone.write("编号", no)
    phone.write("暗号", secret)
    phone.press("查")


def ask_and_hear(clerk: Clerk, phone: Phone, no: str, secret: str) -> None:
    """Of whom nobody knows: nothing stands still before they have looked in and said so, and they need not wait."""
    write(clerk, "请补充", "是哪个站点？写个大概的位置就行。")
    waiting = clerk.page.get_by_role("button", name="暂停办理时间，等工友补充")
    expect(waiting).to_be_disabled()
    clerk.see("还没有人凭编号和暗号来看过问题")
    look_in(phone, no, secret)
    phone.see("你没看到以前，什么都不停")
    phone.see("是哪个站点？写个大概的位置就行。")
    assert not phone.sees("暂停计时")
    assert phone.hindrances() == []
    phone.press("看到了，晚点答")
    phone.see("办理时间停下来等你")
    phone.see("暂停计时")
    clerk.open(f"/console/cases/{no}")
    clerk.see("看到了问题，办理时间从这个钟点起停下来等工友补充")
    phone.press("现在就答")
    phone.write("写一句", "福民路那边的。")
    phone.press("发出")
    phone.see("办理中")
    assert not phone.sees("暂停计时")
    clerk.open(f"/console/cases/{no}")
    clerk.see("福民路那边的。")


def counted_with_five_others(no: str, keep: Keep) -> None:
    """The last day of what was answered comes, and five others of the street were answered and found it good."""
    case = db.session.scalars(sa.select(Case).where(Case.no == no)).one()
    promised = db.session.scalars(sa.select(Clock).where(Clock.owner_id == case.id, Clock.key == "answer")).one()
    assert promised.stopped_at is not None
    # Of an anonymous reporter who looked in, time stands still from the next full hour, which is not here yet.
    answered = min(promised.stopped_at, now())
    with transaction() as session:
        # What was promised is kept by a trigger; nobody waits fifteen days here.
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        session.execute(sa.update(Clock).where(Clock.id == promised.id).values(due_at=answered))
        session.execute(sa.update(CaseRating).where(CaseRating.case_id == case.id).values(at=answered))
    street = db.session.get_one(TradeUnion, case.union_id or home_of(case))
    for _ in range(5):
        other = keep(street, closed=answered, due=answered, asked=True)
        with transaction() as session:
            session.add(CaseRating(case_id=other.id, round=0, at=answered, solved=True, attitude=5, result=5))


@pytest.mark.parametrize("mode", ["实名", "隐名", "匿名"])
def test_a_grievance_goes_from_the_phone_to_the_desk_and_back_to_a_rating(
    phone: Phone, clerk: Clerk, app: Flask, chromium: Browser, server: LiveServer, keep: Keep, mode: str
) -> None:
    no, secret = grieve(phone, mode)

    elsewhere = Clerk(chromium, server).enter(Desk(app).sign_in("S0002"))
    elsewhere.open("/console/cases?whose=all")
    assert no not in elsewhere.page.content()
    elsewhere.open(f"/console/cases/{no}")
    elsewhere.see("没有找到这个页面")
    elsewhere.context.close()

    clerk.open(f"/console/cases/{no}")
    assert (WHO in clerk.page.content()) == (mode == "实名")
    assert (PHONE in clerk.page.content()) == (mode == "实名")
    expect(clerk.page.get_by_text(WORDS)).to_be_visible()
    take(clerk, no)
    if secret is not None:
        ask_and_hear(clerk, phone, no, secret)
    write(clerk, "答复", "站点已经撤销罚款规定，多扣的钱下月退。")
    assert clerk.complaints == []

    if secret is None:
        phone.open(f"/cases/case/case?no={no}")
    else:
        look_in(phone, no, secret)
    phone.see("站点已经撤销罚款规定")
    phone.press("评一评")
    for question, chosen in (("问题解决了吗？", "解决了"), ("态度", "5"), ("结果", "4")):
        phone.page.locator(f'[aria-label="{question}"]:visible .choice:has-text("{chosen}")').first.click()
    phone.press("交评价")
    phone.see("已办结")
    clerk.open(f"/console/cases/{no}")
    clerk.see("工友说解决了，已办结")
    counted_with_five_others(no, keep)
    clerk.open("/console/report")
    for title in ("满意度", "解决了"):
        expect(clerk.page.locator(f".report__facts div:has(dt:text-is('{title}')) dd")).to_contain_text("100.00% 6/6")
    auditor = Clerk(chromium, server).enter(Desk(app).sign_in("C0001"))
    auditor.open("/console/report")
    auditor.page.locator(".report__facts a", has_text="6").first.click()
    auditor.page.get_by_role("link", name=no).click()
    auditor.see("工友说解决了，已办结")
    assert WHO not in auditor.page.content()
    assert auditor.complaints == []
    auditor.context.close()


def test_who_was_slower_is_told_and_keeps_what_was_typed_through_a_session_that_ended_too(
    phone: Phone, clerk: Clerk, app: Flask, chromium: Browser, server: LiveServer
) -> None:
    no, _ = grieve(phone, "匿名")
    other = Clerk(chromium, server).enter(Desk(app).sign_in("W0001"))
    clerk.open(f"/console/cases/{no}")
    other.open(f"/console/cases/{no}")
    other.see("谭晓梅（DEMO01）也打开着这件事")
    clerk.page.keyboard.press("r")
    clerk.page.locator(".act-panel textarea").fill("我们明天去站点问。")
    other.page.keyboard.press("t")
    other.page.locator(".act-panel button:has-text('受理')").click()
    other.see("办好了：受理")
    clerk.press("发出去")
    clerk.see("别人先动了这件事")
    clerk.see("凌霞（W0001）：已受理")
    expect(clerk.page.locator(".act-panel textarea")).to_have_value("我们明天去站点问。")
    assert clerk.hindrances() == []

    clerk.page.locator(".act-panel textarea").fill("我们后天去站点问。")
    clerk.context.clear_cookies()
    clerk.press("发出去")
    clerk.page.get_by_label("工号").wait_for()
    clerk.context.clear_cookies()
    clerk.enter(Desk(app).sign_in("DEMO01"))
    clerk.open(f"/console/cases/{no}")
    clerk.page.keyboard.press("r")
    expect(clerk.page.locator(".act-panel textarea")).to_have_value("我们后天去站点问。")
    clerk.press("发出去")
    clerk.see("留言发出去了")
    clerk.page.keyboard.press("r")
    expect(clerk.page.locator(".act-panel textarea")).to_be_focused()
    expect(clerk.page.locator(".act-panel textarea")).to_have_value("")
    other.context.close()


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_pages_of_a_case_can_be_read_by_everybody(
    phone: Phone, app: Flask, chromium: Browser, server: LiveServer, town: None, size: tuple[int, int]
) -> None:
    no, _ = grieve(phone, "实名")
    clerk = Clerk(chromium, server, size=size).enter(Desk(app).sign_in("DEMO01"))
    found = {}
    for path in ("", "cases?whose=all&due=week", f"cases/{no}", f"cases/{no}/steps/accept", f"cases/{no}/answers"):
        clerk.open(f"/console/{path}")
        found[path] = clerk.hindrances()
    assert {path: hindrances for path, hindrances in found.items() if hindrances} == {}
    clerk.open(f"/console/cases/{no}")
    # On a slow machine the page is still on its way to the form when that is given the focus.
    slow = clerk.context.new_cdp_session(clerk.page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 10})
    # Nothing to fill in, so that nothing is focused that a browser would scroll to.
    missed = clerk.page.locator(".actions .btn:has-text('打了电话没打通')")
    missed.evaluate("button => button.scrollIntoView({ block: 'end' })")
    missed.click()
    expect(clerk.page.locator(".act-panel button[type=submit]")).to_be_in_viewport(ratio=1)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    clerk.open("/console/cases?whose=all")
    clerk.page.keyboard.press("?")
    clerk.see("下一件")
    assert clerk.complaints == []
    clerk.context.close()


def test_whoever_is_signed_out_while_writing_is_told_there_and_not_led_away(app: Flask, clerk: Clerk) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    sent = app.test_client().post("/api/v1/cases", json=submission("grievance", identity_mode="anonymous"), headers=key)
    page = f"/console/cases/{sent.json['no']}"
    clerk.page.clock.install()
    clerk.open(page)
    clerk.page.keyboard.press("r")
    area = clerk.page.locator(".act-panel textarea")
    area.fill("正在写的")
    clerk.context.clear_cookies()
    asked: list[str] = []
    clerk.page.on("request", lambda request: asked.append(request.url) if "/present" in request.url else None)
    clerk.page.clock.run_for(21_000)
    clerk.see("你已经退出登录了")
    clerk.page.clock.run_for(60_000)
    assert len(asked) == 1, "it asks no more"
    expect(area).to_have_value("正在写的")
    clerk.press("去登录")
    clerk.page.get_by_label("工号").wait_for()
