"""A manager types for a worker who came to the station; the worker takes the case over. Then the desk."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser

from server.core.db import db
from server.stations.managers import codes
from server.stations.models import Station
from tests.desk import Desk
from tests.journeys_web.clerk import NARROW, Clerk
from tests.journeys_web.phone import Phone
from tests.live import LiveServer

WORKER, PHONE = "陈小雨", "19900010011"


@pytest.fixture
def clerk(app: Flask, chromium: Browser, server: LiveServer, town: None) -> Iterator[Clerk]:
    signed_in = Clerk(chromium, server, size=NARROW).enter(Desk(app).sign_in("DEMO01"))
    yield signed_in
    signed_in.context.close()


def code_for(station: str) -> str:
    """As the street gives it to a new manager."""
    found = db.session.scalars(sa.select(Station).where(Station.code == station)).one()
    return codes.issue(station=found, by="staff:DEMO01").replace(" ", "")


def number_on(text: str) -> str:
    found = re.search(r"SQ[0-9]+-[0-9]+-[A-Z]", text)
    assert found, text
    return found[0]


def test_a_manager_files_and_the_worker_takes_it_over(phone: Phone, clerk: Clerk) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.page.locator('[tabindex="0"]:visible').filter(has_text="何志强").first.click()
    phone.page.locator('.title:visible:has-text("登录")').wait_for(state="hidden")
    phone.open("/manager/today/today")
    phone.write("街道给的码", code_for("FT0003"))
    phone.press("当这个驿站的站长")
    phone.press("替工友填")
    phone.see("念给工友听，他说同意再打钩")
    phone.agree()
    phone.write("工友的手机号", PHONE)
    phone.choose("投诉")
    phone.choose("报酬")
    phone.write("说说经过", "站点从三月起每单多扣两元，没有说明。")
    phone.choose("帮我解决")
    assert phone.hindrances() == []
    phone.press("念给工友听一遍，没错就交")
    phone.see("编号用短信发到工友的手机上了")
    no = number_on(phone.text(".page"))
    phone.see("今天代填的")

    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as(WORKER)
    phone.open("/cases/follow/follow")
    phone.page.locator("input[aria-label]:visible").first.fill(no)
    phone.press("用手机号认领")
    phone.see("驿站站长替你填的（FT0003）")

    clerk.open(f"/console/cases/{no}")
    clerk.see("驿站 FT0003 的站长")
    clerk.page.get_by_role("link", name="工友来补充情况").click()
    clerk.page.get_by_label("本人来了").check()
    clerk.page.get_by_label("工友补充的").fill("上个月也扣了。")
    clerk.page.get_by_label("念给工友听了").check()
    assert clerk.hindrances() == []
    clerk.press("记下，打印回执")
    clerk.see("念给你听过，你说对")
    assert clerk.hindrances() == []
    clerk.open(f"/console/cases/{no}")
    clerk.see("上个月也扣了。")
    clerk.open("/console/proxies/grievance")
    assert clerk.hindrances() == []
    clerk.page.get_by_text("念过《").first.click()
    clerk.page.get_by_label("匿名").check()
    clerk.page.get_by_label("你想").select_option("report")
    clerk.page.get_by_label("关于什么").fill("hours")
    clerk.page.get_by_label("说说经过").fill("夜里派单太多，一晚上没有歇过。")
    clerk.page.get_by_label("希望我们").select_option("reply")
    clerk.press("念给工友听一遍，没错就交")
    clerk.see("只显示这一次")
    assert clerk.hindrances() == []
    assert re.search(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}", clerk.page.content())
    assert clerk.complaints == []


def test_at_the_desk_a_question_comes_with_the_answer_that_it_belongs_to_and_a_table_takes_another_row(
    clerk: Clerk,
) -> None:
    clerk.open("/console/proxies/grievance")
    earlier = clerk.page.locator("[name=q_earlier]")
    earlier.wait_for(state="hidden")
    clerk.page.get_by_label("关于什么").fill("因为反映问题被报复")
    earlier.wait_for()
    clerk.open("/console/proxies/legal_aid")
    rows = clerk.page.locator("[id='q_other_parties'] [data-row-asked]")
    clerk.page.locator("[id='q_other_parties']").get_by_role("button", name="再加一行").click()
    assert rows.count() == 2
    rows.last.get_by_role("button", name="去掉这一行").click()
    assert rows.count() == 1
    clerk.open("/console/proxies/grievance")
    assert clerk.page.get_by_label("关于什么").input_value() == "", "the next worker begins with an empty form"
    assert clerk.complaints == []
