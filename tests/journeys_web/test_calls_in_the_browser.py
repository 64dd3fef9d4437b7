"""要打的电话 with one of each kind, wide and narrow; and other hours of a street, from the desk to the door."""

from datetime import timedelta

from flask import Flask
from playwright.sync_api import Browser

from server.cases.models import RatingQuestion
from server.cases.proxies.filing import Told, file_at_desk
from server.cases.tasks import remind_of_last_days
from server.core.access import Level
from server.core.clock import now, today
from server.core.db import transaction
from server.identity.consents import GivenConsent, consent_texts
from server.identity.models import ConsentKey
from tests.cases.conftest import submission
from tests.cases.declared import services
from tests.cases.figures.conftest import Keep
from tests.cases.figures.conftest import keep as keep
from tests.console.test_calls import lose_a_message
from tests.desk import desk_of, make_member
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.test_every_page_of_the_desk import looked_at
from tests.live import LiveServer
from tests.people import person
from tests.sign_in import make_worker
from tests.staff import make_district, make_street
from tests.stations.making import make_station

NOW = {"service_version": services()["grievance"].version}


def type_legal_aid() -> str:
    """For somebody without an account, whose year is over in about twenty days."""
    make_member("T1", "legal_coordinator")
    told = submission("legal_aid", answers={"last_day": str(today() - timedelta(days=345))})
    given = [
        GivenConsent(key, consent_texts()[key].version) for key in (ConsentKey(one["key"]) for one in told["consents"])
    ]
    somebody = person(761)
    return file_at_desk(
        Told("legal_aid", "named", told["answers"], given, somebody.name, somebody.phone), staff_no="T1"
    ).case.no


def test_one_of_each_kind_is_read_and_ended(app: Flask, chromium: Browser, server: LiveServer, keep: Keep) -> None:
    app.extensions["warmbee_services"].kept.clear()
    no = type_legal_aid()
    remind_of_last_days()
    lose_a_message(make_worker(Level.L2, person(762)))
    answered = keep(make_district(), worker=make_worker(Level.L2, person(763)).id, case=NOW)
    with transaction() as session:
        session.add(RatingQuestion(case_id=answered.id, round=0, answered_at=now() - timedelta(days=5), ask_at=None))
    clerk = Clerk(chromium, server).enter(desk_of(app, "C1", "legal_coordinator", "worker_desk"))
    clerk.open("/console/calls")
    for heading in ("日子快到了", "消息没有送到", "办得怎么样，没有评"):
        clerk.see(heading)
    assert looked_at(clerk) == []
    clerk.open(f"/console/calls/dates/{no}")
    assert looked_at(clerk) == []
    clerk.press("打通了，告诉了")
    clerk.see("记下了：告诉了")
    clerk.open(f"/console/calls/ratings/{answered.no}")
    assert looked_at(clerk) == []
    clerk.page.get_by_label("解决了").check()
    for question in ("态度怎样", "结果怎样"):
        clerk.page.get_by_role("group", name=question).get_by_label("很好").check()
    clerk.press("记下工友说的")
    clerk.see("记下了：工友的评价")
    assert clerk.complaints == []
    clerk.context.close()


def test_a_street_is_closed_for_a_typhoon_and_opened_again(app: Flask, chromium: Browser, server: LiveServer) -> None:
    street = make_street("440304011")
    make_station("FT0001", street_code=street.area_code)
    clerk = Clerk(chromium, server).enter(desk_of(app, "S1", "street_worker", union=street))
    clerk.open("/console/stations")
    clerk.press("特别时间")
    clerk.press("关门或改时间")
    assert looked_at(clerk) == []
    clerk.page.get_by_label("从哪天").fill(str(today()))
    clerk.page.get_by_label("为什么").select_option("台风红色预警")
    clerk.page.get_by_label("谁决定的").fill("区三防指挥部")
    clerk.press("写好，马上生效")
    clerk.press("确定")
    clerk.see("1 个驿站")
    clerk.see("关门：台风红色预警")
    assert looked_at(clerk) == []
    rider = clerk.context.browser.new_context(locale="zh-CN", service_workers="block").new_page()
    rider.goto(f"{server.base_url}/s/FT0001")
    rider.get_by_text("今天不一样：台风红色预警").wait_for()
    clerk.press("取消")
    clerk.press("确定")
    clerk.see("都按平时的时间开")
    rider.reload()
    rider.get_by_text("开着").first.wait_for()
    rider.context.close()
    assert clerk.complaints == []
    clerk.context.close()
