"""What a worker without a phone page says at the desk: made in their name, by somebody who may, with a receipt."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases.models import Author, Case, CaseEvent, CaseMessage, CaseNote, CasePhoneRating
from server.cases.proxies import filing, receipts
from server.cases.proxies.models import CaseProxy
from server.cases.vocabulary import Actor
from server.cases.working import staff_step
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.errors import Problem
from server.core.jobs import run_worker
from server.identity.consents import GivenConsent
from server.identity.models import ConsentKey
from server.notices.models import StaffNotice
from tests.cases.conftest import submission
from tests.desk import Desk, desk_of, words
from tests.people import person
from tests.sign_in import SignIn
from tests.staff import make_staff, make_street
from tests.standins import StandIn

SOMEBODY = person(781)
HEARD = {"how": "came", "agreed": "y"}
RATED = HEARD | {"solved": "yes", "attitude": "4", "result": "5"}
Typed = Callable[..., str]


@pytest.fixture
def handler(app: Flask) -> Desk:
    """H1, who handles; T1 types, S1 has no part in it; all of one street."""
    street = make_street("440304012")
    make_staff("T1", "street_worker", union=street)
    desk = desk_of(app, "H1", "street_worker", union=street)
    desk_of(app, "S1", "street_worker", union=street)
    return desk


@pytest.fixture
def typed(app: Flask, handler: Desk) -> Typed:
    """A grievance that T1 typed for somebody; its number."""

    def type_one(mode: str = "named") -> str:
        body = submission("grievance")
        told = filing.Told(
            service="grievance",
            mode=mode,
            answers=body["answers"],
            consents=[GivenConsent(ConsentKey(one["key"]), one["version"]) for one in body["consents"]],
            name=SOMEBODY.name if mode == "named" else None,
            phone=SOMEBODY.phone if mode == "named" else None,
        )
        return filing.file_at_desk(told, staff_no="T1").case.no

    return type_one


def do(no: str, code: str, text: str | None = None) -> None:
    staff_step(no=no, code=code, staff_no="H1", text=text)


def say(desk: Desk, no: str, via: str, **given: Any) -> tuple[int, str]:
    """Open the form as a browser does, and send it."""
    path = f"/console/cases/{no}/said/{via}"
    opened = desk.get(path)
    if opened.status_code != 200:
        return opened.status_code, words(opened)
    hidden = dict(re.findall(r'name="(version|seen|once)" value="([^"]+)"', opened.text))
    answer = desk.post(path, hidden | given)
    return answer.status_code, words(answer)


def case_of(session: Session, no: str) -> Case:
    session.expire_all()
    return session.scalars(sa.select(Case).where(Case.no == no)).one()


def test_a_case_is_added_to_answered_objected_to_and_rated_without_any_phone_page(
    app: Flask, handler: Desk, typed: Typed, db_session: Session, sms_standin: StandIn
) -> None:
    no, other = typed(), Desk(app).sign_in("S1")
    do(no, "accept")
    do(no, "ask_more", "请问是哪几天扣的？")
    status, told = say(handler, no, "supplement", **HEARD)
    assert (status, "请写工友说了什么" in told) == (422, True)
    status, told = say(handler, no, "supplement", how="called", text="三月十日起每天都扣。")
    assert (status, "要念给工友听" in told) == (422, True), "nothing that was not read to them"
    _, told = say(handler, no, "supplement", agreed="y")
    assert ("请选怎么说的" in told, "请从列出的里选" in told) == (True, False), "one sentence for one thing"
    assert case_of(db_session, no).state == "need_more"
    status, told = say(handler, no, "supplement", **HEARD, text="三月十日起每天都扣。")
    assert status == 200, told
    assert no in told
    assert "三月十日起每天都扣。" in told
    assert case_of(db_session, no).state == "handling"

    do(no, "reply", "站点说有规定。")
    assert "由没有办过的同事来记" in say(handler, no, "solved", **RATED)[1], "nobody judges themselves"
    assert "由没有办过的同事来记" in words(handler.get(f"/console/cases/{no}"))
    status, told = say(other, no, "solved", **RATED | {"solved": "no", "result": "1"})
    assert (status, "没解决：回到这件事" in told) == (200, True)
    assert case_of(db_session, no).state == "replied", "what is to become of it they have yet to say"
    assert "这一次已经回访过了" in say(other, no, "solved", **RATED)[1]
    assert say(handler, no, "reopening", **HEARD, text="规定没有给我看过。")[0] == 200
    case = case_of(db_session, no)
    assert (case.state, case.handler_no, case.barred_no) == ("reopened", None, "H1")

    messages = db_session.scalars(sa.select(CaseMessage).where(CaseMessage.author == Author.WORKER)).all()
    assert {one.text for one in messages} == {"三月十日起每天都扣。", "规定没有给我看过。"}
    event = db_session.scalars(sa.select(CaseEvent).where(CaseEvent.step == "reopen")).one()
    assert (event.actor, event.staff_no) == (Actor.STAFF, "H1")
    notes = [one.text for one in db_session.scalars(sa.select(CaseNote).order_by(CaseNote.at))]
    assert notes[-1] == "工友不同意，要求重新办：本人来了，看了证件，念给他听过，他说对"
    rating = db_session.scalars(sa.select(CasePhoneRating)).one()
    assert (rating.staff_no, rating.solved, rating.attitude, rating.result) == ("S1", False, 4, 1)
    spoken = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.say_for")).all()
    assert [(one.actor, one.detail["what"], one.detail["how"]) for one in spoken] == [
        ("staff:H1", "supplement", "came"),
        ("staff:S1", "solved", "came"),
        ("staff:H1", "reopening", "came"),
    ]
    run_worker(app, wait=False, periodic_tasks=False)
    said = [one for one in sms_standin.messages() if one["phone"] == SOMEBODY.phone and "said" in str(one)]
    assert len(said) == 1, "three within a moment are one message"
    assert no in str(said)
    db_session.expire_all()
    assert db_session.scalars(sa.select(CaseProxy.said_at)).one() is None


def test_a_phone_that_is_none_is_told_to_who_typed_it_and_who_has_the_case(
    app: Flask, handler: Desk, typed: Typed, db_session: Session, sms_standin: StandIn
) -> None:
    no = typed()
    run_worker(app, wait=False, periodic_tasks=False)
    do(no, "accept")
    sms_standin.fault("/v1/messages", errcode="invalid_number", times=1)
    assert say(handler, no, "supplement", **HEARD, text="三月十日起每天都扣。")[0] == 200
    run_worker(app, wait=False, periodic_tasks=False)
    db_session.rollback()
    wrong = db_session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == "case.wrong_number")).all()
    assert sorted(one.staff_no or "" for one in wrong) == ["H1", "T1"]
    assert "手机号不对" in words(handler.get(f"/console/cases/{no}"))
    receipts.mend_phone(no=no, staff_no="H1", phone=person(782).phone)
    run_worker(app, wait=False, periodic_tasks=False)
    assert [one["phone"] for one in sms_standin.messages()] == [SOMEBODY.phone, person(782).phone]


def test_solved_ends_the_case_and_a_second_click_is_none(
    app: Flask, handler: Desk, typed: Typed, db_session: Session
) -> None:
    no, other = typed(), Desk(app).sign_in("S1")
    do(no, "accept")
    do(no, "reply", "退了，请查收。")
    path = f"/console/cases/{no}/said/solved"
    hidden = dict(re.findall(r'name="(version|seen|once)" value="([^"]+)"', other.get(path).text))
    first, again = (words(other.post(path, hidden | RATED)) for _ in range(2))
    assert first == again
    assert "回执" in first
    assert case_of(db_session, no).state == "done"
    assert len(db_session.scalars(sa.select(CasePhoneRating)).all()) == 1


def test_whose_account_it_is_reads_the_marks_that_were_written_down_and_may_rate_anew(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    who, other = sign_in(Level.L1), desk_of(app, "D1", "district_rights")
    desk_of(app, "D2", "district_rights")
    key = {"Idempotency-Key": "5f0c3a52-7f13-4c86-8f5e-0d8a3f0a9d13"}
    body = submission("grievance", identity_mode="named")
    no = client.post("/api/v1/cases", json=body, headers={**who, **key}).json["no"]
    staff_step(no=no, code="accept", staff_no="D2")
    staff_step(no=no, code="reply", staff_no="D2", text="退了，请查收。")
    assert "heard" not in client.get(f"/api/v1/cases/{no}", headers=who).json
    say(other, no, "solved", **RATED | {"solved": "no"})
    seen = client.get(f"/api/v1/cases/{no}", headers=who).json
    assert (seen["heard"]["solved"], seen["heard"]["attitude"], "rating" in seen) == (
        False,
        int(RATED["attitude"]),
        False,
    )
    assert "rating" in seen["can"]


def test_whoever_only_wrote_down_what_was_said_may_decide_anew(app: Flask, handler: Desk, typed: Typed) -> None:
    no, other = typed(), Desk(app).sign_in("S1")
    do(no, "accept")
    staff_step(no=no, code="reply", staff_no="T1", text="站点说有规定。")
    assert say(other, no, "solved", **RATED)[0] == 200
    assert say(other, no, "reopening", **HEARD, text="又扣了。")[0] == 200
    for decided in ("H1", "T1"):
        with pytest.raises(Problem, match="other_handler"):
            staff_step(no=no, code="begin", staff_no=decided)
    staff_step(no=no, code="begin", staff_no="S1")


def test_what_changed_meanwhile_is_told_and_nothing_is_written_down(
    app: Flask, handler: Desk, typed: Typed, db_session: Session
) -> None:
    no = typed()
    path = f"/console/cases/{no}/said/supplement"
    hidden = dict(re.findall(r'name="(version|seen|once)" value="([^"]+)"', handler.get(path).text))
    do(no, "accept")
    told = handler.post(path, hidden | HEARD | {"text": "还有一笔。"})
    assert told.status_code == 422
    assert "别人先动了这件事" in words(told)
    assert "还有一笔。" in told.text
    assert db_session.scalars(sa.select(CaseMessage)).all() == []


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_nobody_speaks_for_whom_nobody_knows(
    app: Flask, client: FlaskClient, sign_in: SignIn, handler: Desk, typed: Typed, mode: str
) -> None:
    if mode == "anonymous":
        no = typed("anonymous")
    else:
        body = submission("grievance", identity_mode=mode)
        key = {"Idempotency-Key": "5f0c3a52-7f13-4c86-8f5e-0d8a3f0a9d11"}
        no = client.post("/api/v1/cases", json=body, headers={**sign_in(Level.L1), **key}).json["no"]
    desk = desk_of(app, "D1", "district_rights")
    assert "工友来了，或者打电话来" not in words(desk.get(f"/console/cases/{no}"))
    assert say(desk, no, "withdrawal", **HEARD)[0] == 409


def test_whose_account_it_is_reads_what_was_written_down(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    who, desk = sign_in(Level.L1), desk_of(app, "D1", "district_rights")
    body = submission("grievance", identity_mode="named")
    key = {"Idempotency-Key": "5f0c3a52-7f13-4c86-8f5e-0d8a3f0a9d12"}
    no = client.post("/api/v1/cases", json=body, headers={**who, **key}).json["no"]
    status, told = say(desk, no, "withdrawal", **HEARD, text="不办了")
    assert (status, "工友的账号里也收到了消息" in told) == (200, True)
    seen = client.get(f"/api/v1/cases/{no}", headers=who).json
    assert [one["text"] for one in seen["messages"]] == ["不办了"]
    titles = [one["title"] for one in client.get("/api/v1/notices", headers=who).json["items"]]
    assert "你的事项已撤回" in titles
    assert "工会按你说的记下了" in titles
    assert "你在窗口或电话里说的，工会替你记下了" in [one["what"] for one in seen["timeline"]]
    assert re.search(r"20\d\d年\d+月\d+日 \d\d:\d\d · .+，.+（D1）记下", told), "a paper is read on another day"
