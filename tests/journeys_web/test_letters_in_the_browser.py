"""一函两书 at the desk: from a complaint to what the firm put right, and what becomes of a firm that says nothing."""

import uuid
from datetime import timedelta

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser

from server.cases import working
from server.cases.escalation import escalate
from server.cases.files.service import store_of_staff
from server.cases.opened_from import open_from
from server.core.clock import now
from server.core.db import db
from server.notices.models import StaffNotice
from tests.cases.declared import services
from tests.cases.files.conftest import encoded, jpeg, picture
from tests.desk import Desk, make_member
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.phone import Phone
from tests.journeys_web.resident import Resident
from tests.live import LiveServer

WORDS = "你单位每单扣“管理费”没有依据，也没有公示。请停扣、退还，并把结算规则贴出来。"
PROOF = {"name": "receipt.png", "mimeType": "image/png", "buffer": encoded(picture(300, 200), "PNG")}


@pytest.fixture
def complaint(resident: Resident, server: LiveServer) -> str:
    """Number of what 陈小雨 complained of."""
    api = f"{server.base_url}/api/v1"
    declared = requests.get(f"{api}/services/grievance", timeout=10).json()
    answer = requests.post(
        f"{api}/cases",
        json={
            "service": "grievance",
            "identity_mode": "named",
            "answers": declared["example"],
            "consents": [{"key": one["key"], "version": one["version"]} for one in declared["consents"]],
        },
        headers={"Authorization": f"Bearer {resident.session['token']}", "Idempotency-Key": str(uuid.uuid4())},
        timeout=10,
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["no"])


def test_a_firm_is_written_to_until_it_has_put_things_right(
    complaint: str, app: Flask, chromium: Browser, server: LiveServer, phone: Phone
) -> None:
    make_member("DEMO02", "district_chair")
    desk = Clerk(chromium, server).enter(Desk(app).sign_in("DEMO01"))
    chair = Clerk(chromium, server, size=(390, 844), dark=True).enter(Desk(app).sign_in("DEMO02"))
    page = desk.page
    desk.open(f"/console/cases/{complaint}")
    desk.press("开一件一函两书")
    page.get_by_label("单位全称").fill("深圳市演示配送有限公司")
    page.get_by_label("劳动报酬").check()
    assert desk.hindrances() == []
    page.locator("main button[type=submit]").last.click()
    desk.see("开好了。核实清楚、补齐以后再发")
    letter = page.url.rpartition("/")[2]
    desk.press("补充、改正")
    page.get_by_label("核实到的情况").fill("两位监督员到站点看了公示栏和结算规则，扣款没有公示。")
    for number, card in enumerate(("JD-0001", "JD-0002")):
        if page.locator("[data-row-asked]").count() <= number:
            desk.press("再加一行")
        row = page.locator("[data-row-asked]").nth(number)
        row.get_by_label("姓名").fill(f"测小工{card[-1]}")
        row.get_by_label("监督员证号").fill(card)
    page.locator("main button[type=submit]").last.click()
    desk.see("记下了")

    write(desk, letter, "发提示函", "你单位扣款没有依据。陈小雨 说每单都扣。")
    desk.see("第 2 句里有工友的姓名、电话或证件号。不能让单位知道是谁反映的")
    page.locator(".act-panel textarea").fill(WORDS)
    page.locator(".act-panel button[type=submit]").click()
    desk.see("提出来了，等另一个人来定")
    sign(chair, letter, "提示函〔")
    assert chair.hindrances() == []
    desk.open(f"/console/cases/{letter}")
    for kind in ("PDF", "Word"):
        page.get_by_role("link", name=f"{kind} 工会劳动法律监督提示函").click()
        with page.expect_download() as kept:
            desk.press("存下来")
        assert kept.value.path().stat().st_size > 3_000
        page.go_back()

    delivered(desk, letter, "提示函送到了")
    write(desk, letter, "单位答复了", "单位回函说会改。", proof=True)
    desk.see("办好了：单位答复了")
    # Nothing was put right: the next letter.
    write(desk, letter, "发意见书", WORDS)
    sign(chair, letter, "意见书〔")
    delivered(desk, letter, "意见书送到了")
    write(desk, letter, "单位答复了", "书面答复：停扣了，退了三个月的。")
    write(desk, letter, "看过了，改好了", "监督员去看了，规则贴出来了，退款单看过。", proof=True)
    desk.see("单位改好了")
    assert desk.hindrances() == []

    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open(f"/cases/case/case?no={complaint}", settled=True)
    for told in ("工会的提示函送到单位了，等单位答复", "工会去看过了，单位改好了"):
        phone.see(told)
    for clerk in (desk, chair):
        assert [one for one in clerk.complaints if "422" not in one] == []
        clerk.context.close()


def test_a_firm_that_says_nothing_gets_the_next_letter(
    complaint: str, app: Flask, chromium: Browser, server: LiveServer
) -> None:
    make_member("DEMO02", "district_chair")
    letter = delivered_today(complaint)
    escalate(at=now() + timedelta(days=60))
    rung = db.session.scalars(sa.select(StaffNotice).where(StaffNotice.text.contains("单位答复提示函"))).all()
    assert {one.kind for one in rung} == {"clock.150"}, "silence goes up to the head"
    desk = Clerk(chromium, server).enter(Desk(app).sign_in("DEMO01"))
    chair = Clerk(chromium, server).enter(Desk(app).sign_in("DEMO02"))
    desk.open("/console/reminders")
    desk.see(letter)
    desk.open(f"/console/cases/{letter}")
    desk.see("提示函送到了，等单位答复")
    assert desk.hindrances() == []
    write(desk, letter, "发意见书", WORDS)
    sign(chair, letter, "意见书〔")
    for clerk in (desk, chair):
        assert clerk.complaints == []
        clerk.context.close()


def delivered_today(complaint: str) -> str:
    """A 提示函 that a firm has; number of its case."""
    whole = dict(services()["firm_letter"].example_by_staff)
    letter = open_from(no=complaint, service="firm_letter", staff_no="DEMO01", answers=whole).no
    working.staff_step(no=letter, code="take", staff_no="DEMO01")
    working.staff_step(no=letter, code="hint", staff_no="DEMO01", text=WORDS)
    working.decide(no=letter, what="hint", staff_no="DEMO02", approve=True)
    proof = [store_of_staff(jpeg())]
    working.staff_step(no=letter, code="deliver_hint", staff_no="DEMO01", text="前台签收。", items=proof)
    return letter


def write(desk: Clerk, no: str, title: str, words: str, *, proof: bool = False) -> None:
    """Make a step on the page of the letter's case, or ask for it."""
    desk.open(f"/console/cases/{no}")
    desk.page.locator(f".actions .btn:has-text('{title}')").first.click()
    desk.page.locator(".act-panel textarea").fill(words)
    if proof:
        desk.page.locator(".act-panel input[type=file]").set_input_files(PROOF)
    desk.page.locator(".act-panel button[type=submit]").click()
    desk.page.locator(".message--done, .field__wrong").first.wait_for()


def delivered(desk: Clerk, no: str, title: str) -> None:
    """With the photo that it needs."""
    write(desk, no, title, "人事部签收。", proof=True)
    desk.see(f"办好了：{title}")


def sign(chair: Clerk, no: str, number: str) -> None:
    """Be the second person; the letter has its number then."""
    chair.open(f"/console/cases/{no}")
    chair.page.locator(".message--warn .btn-primary:has-text('批准')").click()
    chair.page.locator("#ask button[value=yes]").click()
    chair.page.locator(".message--done").wait_for()
    chair.see(number)
