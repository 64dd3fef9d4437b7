"""Orders between the union and 12345, by click: theirs is answered and closed, ours comes back; both sides see it."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, BrowserContext

from server.cases.exchange.models import CaseExchange
from server.cases.exchange.outbound import deliver
from server.cases.models import Case, CaseRating
from server.city.service import init_city
from server.core.access import Level
from server.core.db import db
from server.core.settings import Settings
from tests.cases.conftest import submission
from tests.desk import desk_of
from tests.journeys_web.clerk import NARROW, WIDE, Clerk
from tests.journeys_web.phone import Phone
from tests.journeys_web.resident import kept_script
from tests.leaks import OutputFolder
from tests.live import ROOT, LiveServer, free_port, start_server, stop_server
from tests.sign_in import SignIn
from tests.staff import make_district
from tests.standins import CITY_APP_ID, CITY_SECRET, StandIn, running


@pytest.fixture(scope="module")
def connected(shared_app: Flask, environment: dict[str, str]) -> Iterator[tuple[LiveServer, StandIn]]:
    """A service and 12345 that know each other's address."""
    port = free_port()
    wired = {"CITY_APP_ID": CITY_APP_ID, "CITY_APP_SECRET": CITY_SECRET, "CITY_API_BASE": f"http://127.0.0.1:{port}"}
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    log = OutputFolder(ROOT / "var" / "test-output").folder / f"gunicorn-12345-{worker}.log"
    server = start_server(environment | wired, log=log, workers=1)
    callback = server.url("/api/v1/city/messages")
    known = ("--app-id", CITY_APP_ID, "--secret", CITY_SECRET)
    with running("city", "--port", str(port), "--callback-url", callback, *known) as city:
        yield server, city
    stop_server(server)


@pytest.fixture
def city(app: Flask, connected: tuple[LiveServer, StandIn]) -> Iterator[StandIn]:
    """12345, which this process tells what waits, as the job worker does."""
    settings: Settings = app.config["WARMBEE"]
    standin = connected[1]
    init_city(
        app,
        replace(settings, city_api_base=standin.base_url, city_app_id=CITY_APP_ID, city_app_secret=CITY_SECRET),
    )
    yield standin
    init_city(app, settings)


def say(city: StandIn, **message: object) -> str:
    """12345 says something; its number of the order."""
    answer = city.control("POST", "push", message)
    assert (answer["status"], answer["body"]) == (200, '{"taken":true}'), answer
    return str(answer["order_no"])


def deliver_all() -> None:
    db.session.rollback()
    exchange_id = str(db.session.scalars(sa.select(CaseExchange.id)).one())
    for _ in range(5):
        deliver(exchange_id=exchange_id)
    db.session.rollback()


def words_of(city: StandIn, no: str) -> list[str]:
    """What 12345 was told of a case."""
    return [one["word"] for one in city.messages() if one["our_no"] == no]


def step(clerk: Clerk, words: str, text: str | None = None) -> None:
    clerk.page.locator(".actions .btn").filter(has_text=re.compile(rf"^\s*{words}")).click()
    if text is not None:
        clerk.page.locator(".act-panel textarea").fill(text)
    clerk.page.locator(f".act-panel button:has-text('{words}')").click()
    clerk.see(f"办好了：{words}")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_an_order_of_theirs_is_answered_closed_and_reopened(
    app: Flask,
    chromium: Browser,
    connected: tuple[LiveServer, StandIn],
    city: StandIn,
    size: tuple[int, int],
) -> None:
    server, _ = connected
    clerk = Clerk(chromium, server, size=size).enter(desk_of(app, "R1", "district_rights"))
    caller = {"name": "测来电", "phone": "19900000781"}
    text = "来电人说站点拖欠两个月工资，要求帮助。"
    order = say(city, word="order", text=text, category="欠薪", caller=caller, due_at="2036-03-20T18:00:00+08:00")
    no = db.session.scalars(sa.select(Case.no)).one()
    clerk.open("/console/cases?whose=nobody")
    clerk.page.locator(f'a[href$="{no}"]').first.click()
    for seen in (order, "等工会办", text, "2036年3月20日", "测来电"):
        clerk.see(seen)
    assert clerk.hindrances() == []
    step(clerk, "受理")
    clerk.see("还没送到")
    step(clerk, "答复", "站点已经补发两个月工资，一共 8,000 元。")
    deliver_all()
    assert words_of(city, no) == ["taken", "answered"]
    [_, answer] = [one for one in city.messages() if one["our_no"] == no]
    assert (answer["order_no"], answer["text"]) == (order, "站点已经补发两个月工资，一共 8,000 元。")

    say(city, word="closed", order_no=order)
    clerk.open(f"/console/cases/{no}")
    clerk.see("12345 问过来电人，办结了")
    clerk.see("送到了")
    assert clerk.hindrances() == []
    say(city, word="reopened", order_no=order, text="来电人说只补了一个月。")
    clerk.open(f"/console/cases/{no}")
    for seen in ("没解决，重新办", "来电人说只补了一个月。", "12345 说没解决，换人重新办理"):
        clerk.see(seen)
    assert clerk.page.locator(".actions .btn:has-text('开始办理')").count() == 0, "somebody else's now"
    assert clerk.hindrances() == []
    assert clerk.complaints == []
    clerk.context.close()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_grievance_is_handed_to_12345_comes_back_and_whether_it_is_solved_is_no_rating(
    app: Flask,
    chromium: Browser,
    connected: tuple[LiveServer, StandIn],
    city: StandIn,
    context: BrowserContext,
    sign_in: SignIn,
    size: tuple[int, int],
) -> None:
    server, _ = connected
    make_district()
    headers = sign_in(Level.L2)
    api = server.url("/api/v1")
    key = {"Idempotency-Key": "00000000-0000-4000-8000-000000000012"}
    sent = requests.post(f"{api}/cases", json=submission("grievance"), headers={**headers, **key}, timeout=30)
    no = sent.json()["no"]
    worker = requests.get(f"{api}/me", headers=headers, timeout=30).json()
    session = {"token": headers["Authorization"].removeprefix("Bearer "), "worker": worker}
    context.add_init_script(kept_script("session", session))
    phone = Phone(context.new_page(), server.base_url)
    clerk = Clerk(chromium, server, size=size).enter(desk_of(app, "R1", "district_rights"))
    other = Clerk(chromium, server, size=size).enter(desk_of(app, "R2", "district_rights"))

    clerk.open(f"/console/cases/{no}")
    step(clerk, "受理")
    step(clerk, "请工友同意转给 12345")
    look(phone, no)
    phone.see("这件事要问你同不同意")
    assert phone.hindrances() == []
    phone.press("同意")
    phone.see("办理中")
    clerk.open(f"/console/cases/{no}")
    step(clerk, "转给 12345", "有配送员反映站点没有说明就多收费用，请了解这一带站点的收费情况。")
    look(phone, no)
    phone.see("已登记，等 12345 接收")
    deliver_all()
    [order] = [one for one in city.messages() if one["our_no"] == no]
    say(city, word="taken", order_no=order["order_no"], office="市场监管局", asks_rating=True)
    look(phone, no)
    for seen in ("12345 市场监管局", order["order_no"], "12345 会回访你"):
        phone.see(seen)
    assert phone.hindrances() == []
    clerk.open(f"/console/cases/{no}")
    clerk.see("市场监管局")
    say(city, word="answered", order_no=order["order_no"], text="已责令整改并退费。")
    say(city, word="closed", order_no=order["order_no"])
    clerk.open(f"/console/cases/{no}")
    for seen in ("已责令整改并退费。", "由 12345 回访，我们不再请工友评价", "已办结"):
        clerk.see(seen)
    assert clerk.hindrances() == []
    step(clerk, "答复", "市场监管局责令站点整改，多扣的会退给你。")

    look(phone, no)
    phone.press("说说解决没有")
    phone.see("不算评价")
    phone.choose("没解决")
    phone.write("哪里没解决？", "站长说下个月再说。")
    assert phone.hindrances() == []
    phone.press("发出")
    phone.see("重新办理")
    deliver_all()
    assert words_of(city, no) == ["order", "reopened"]
    other.open(f"/console/cases/{no}")
    other.see("站长说下个月再说。")
    step(other, "开始办理")
    step(other, "答复", "站点今天把钱退了。")
    assert other.hindrances() == []
    look(phone, no)
    phone.press("说说解决没有")
    phone.choose("解决了")
    phone.press("发出")
    phone.see("你说解决了，已办结")
    assert db.session.scalars(sa.select(CaseRating)).all() == []
    for one in (clerk, other, phone):
        assert one.complaints == []
    for one in (clerk, other):
        one.context.close()


def look(phone: Phone, no: str) -> None:
    phone.open(f"/cases/case/case?no={no}", settled=True)
