"""Whoever does not want to type is rung up; and a case says who owes what until when, and who sees whom."""

import json
import re
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import BrowserContext, expect

from server.cases.files.models import Attachment
from server.cases.models import Case
from server.clocks.changes import extend_clock
from server.clocks.models import Clock, OwnerKind
from server.clocks.service import start_clock
from server.core.clock import SHANGHAI, now
from server.core.db import db, transaction
from tests.journeys_web.phone import Phone
from tests.journeys_web.resident import Resident


def newest_case() -> Case:
    db.session.rollback()
    return db.session.scalars(sa.select(Case).order_by(Case.created_at.desc()).limit(1)).one()


def answers_of(case: Case) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(case.answers)
    return answers


def test_two_taps_on_any_service_have_somebody_call(phone: Phone) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/cases/service/service?key=grievance")
    phone.press("请打给我")
    phone.see("想问：反映问题")
    expect(phone.field("打哪个电话")).to_have_value("19900010011")
    phone.press("打给我")
    phone.see("等工会打给你")
    assert answers_of(newest_case()) == {
        "phone": "19900010011",
        "when": "any",
        "text": "想问“反映问题”的事。",
        "about": "反映问题",
    }


def test_from_the_page_of_a_case_the_request_takes_its_number_along(phone: Phone, resident: Resident) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open(f"/cases/case/case?no={resident.case_no}", settled=True)
    phone.press("请打给我")
    phone.see(f"{resident.case_no}，由在办这一件的工会打给你")
    phone.press("打给我")
    phone.see("等工会打给你")
    call = newest_case()
    assert answers_of(call)["case"] == resident.case_no
    # There is nothing to ask to be called about but the case that it is about.
    phone.open(f"/cases/case/case?no={call.no}", settled=True)
    phone.see(resident.case_no)
    assert not phone.button("请打给我").is_visible()


def test_a_minute_of_voice_will_do_at_a_station(phone: Phone, context: BrowserContext) -> None:
    context.grant_permissions(["microphone"])
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/stations/detail/detail?code=FT0003")
    phone.tap("请打给我")
    phone.press("不想打字，说一段")
    # Two seconds at least; a page that is held up for a while counts over one of them.
    phone.see(re.compile("还剩 ([1-4]?[0-9]|5[0-8]) 秒"))
    # The line breaks while it is on its way; one tap, and it goes on.
    phone.page.route("**/api/v1/attachments", lambda route: route.abort())
    phone.press("说完了")
    phone.see("录了 ")
    phone.see("没有网络")
    phone.page.unroute("**/api/v1/attachments")
    phone.press("再试一次")
    phone.page.get_by_text("没有网络").locator("visible=true").wait_for(state="hidden")
    phone.page.get_by_text("正在传").locator("visible=true").wait_for(state="hidden")
    phone.choose("晚上")
    phone.press("打给我")
    phone.see("等工会打给你")
    case = newest_case()
    answers = answers_of(case)
    assert answers["about"].startswith("FT0003 ")
    assert "text" not in answers
    (voice,) = db.session.scalars(sa.select(Attachment).where(Attachment.case_id == case.id)).all()
    assert voice.media_type == "audio/webm"


def test_what_is_still_being_said_goes_along_when_one_asks_to_be_called(phone: Phone, context: BrowserContext) -> None:
    context.grant_permissions(["microphone"])
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/cases/service/service?key=grievance")
    phone.press("请打给我")
    phone.press("不想打字，说一段")
    phone.see(re.compile("还剩 ([1-4]?[0-9]|5[0-8]) 秒"))
    phone.press("打给我")
    phone.see("等工会打给你")
    phone.press("看进展")
    phone.see(re.compile("听录音|看附件 1"))
    (voice,) = db.session.scalars(sa.select(Attachment).where(Attachment.case_id == newest_case().id)).all()
    assert voice.media_type == "audio/webm"


def test_a_guest_asks_to_be_called_where_something_went_wrong_and_signs_in_on_the_way(phone: Phone) -> None:
    phone.open("/activities/detail/detail?id=00000000-0000-7000-8000-000000000000")
    phone.see("没有找到")
    phone.press("请打给我")
    phone.write("打哪个电话", "19900010011")
    phone.write("什么事", "活动找不到了")
    phone.press("打给我")
    phone.see("演示：选一个人登录")
    phone.sign_in_as("陈小雨")
    assert phone.field("什么事").input_value() == "活动找不到了"
    phone.press("打给我")
    phone.see("等工会打给你")


def start(key: str, deadline: str, case: Case, *, event_at: datetime | None = None) -> Clock:
    return start_clock(
        owner_kind=OwnerKind.CASE, owner_id=case.id, key=key, deadline=deadline, at=now(), event_at=event_at
    )


def test_a_case_says_who_owes_what_until_when_and_where_to_be(phone: Phone, resident: Resident) -> None:
    with transaction() as session:
        case = session.scalars(sa.select(Case).where(Case.no == resident.case_no)).one()
        award = start("award", "ARB_AWARD", case)
        hearing = datetime(now().year + 1, 3, 18, 9, 30, tzinfo=SHANGHAI)
        start("hearing", "HEARING", case, event_at=hearing)
        extend_clock(
            owner_kind=OwnerKind.CASE,
            owner_id=case.id,
            key=award.key,
            amount=None,
            reason="案情复杂",
            asked_by="staff:A1",
            approved_by="staff:A2",
            at=now(),
        )
        case.state = "transferred"
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open(f"/cases/case/case?no={resident.case_no}")
    phone.see("现在由区法律援助处处理")
    phone.see("要到场")
    phone.see(f"开庭 · {hearing.year}年3月18日")
    phone.see("延长过一次，原定")
    phone.see("工会来办")
    assert phone.hindrances() == []
    with phone.page.expect_download() as calendar:
        phone.press("加到日历")
    assert calendar.value.suggested_filename.endswith(".ics")


def test_each_way_of_asking_says_who_learns_what(phone: Phone) -> None:
    phone.open("/cases/form/form?key=grievance")
    for mode, words in (
        ("实名", "能直接打给你"),
        ("隐名", "给公司的话由工会另写"),
        ("匿名", "凭编号和暗号回来看"),
    ):
        phone.choose(mode)
        phone.see(words)
    assert phone.hindrances() == []


def test_without_a_name_one_is_told_while_typing_what_may_tell_who_it_is(phone: Phone) -> None:
    phone.open("/cases/form/form?key=grievance")
    hint = phone.page.get_by_text("这些细节能让人猜出你是谁").locator("visible=true")
    phone.choose("隐名")
    phone.write("说说经过", "站点无故罚款，没有说明。")
    expect(hint).to_have_count(0)
    phone.write("说说经过", "3月11日晚8点那单被罚了二百，订单号 8812345678901，是沙头站站长罚的。")
    phone.see("3月11日 · 晚8点 · 订单号 8812345678901 · 是沙头站站长")
    assert phone.hindrances() == []
    phone.choose("实名")
    expect(hint).to_have_count(0)
    phone.choose("匿名")
    expect(hint).to_have_count(1)
