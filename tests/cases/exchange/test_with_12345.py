"""Cases that go to 12345 and come from there: once, with consent, through an outage, and nothing that tells who."""

import json
import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.cases.exchange.models import CaseExchange, ExchangeMessage
from server.cases.exchange.orders import order_rules
from server.cases.exchange.outbound import NUMBER_OF_ANOTHER, deliver, pick_up
from server.cases.models import Case
from server.cases.retention.purging import purge
from server.cases.tasks import lapse_cases
from server.city.words import Incoming, Word
from server.core import clock
from server.core.db import db
from server.core.signed_requests import signed_headers
from server.identity.models import Consent, ConsentKey
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, consents
from tests.cases.declared import services
from tests.cases.exchange.conftest import ANEW, ORDER, PATH, Push, only_case, taken, told, work
from tests.desk import desk_of, words
from tests.sign_in import Headers
from tests.staff import make_street
from tests.standins import CITY_APP_ID, CITY_SECRET, StandIn

# Orders of theirs


def test_an_order_becomes_a_case_with_both_numbers_and_both_clocks(app: Flask, push: Push) -> None:
    assert taken(push(ORDER))
    case = only_case()
    exchange = db.session.scalars(sa.select(CaseExchange)).one()
    assert (case.service, case.identity_mode, case.worker_id) == ("grievance", "named", None)
    assert json.loads(case.answers)["topic"] == "pay"
    assert "拖欠两个月工资" in json.loads(case.answers)["text"]
    assert exchange.their_no == "SZ-1"
    assert exchange.their_due_at == datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
    assert db.session.scalar(sa.text("SELECT count(*) FROM clock WHERE stopped_at IS NULL")) == 4


def test_the_same_order_twice_and_at_the_same_moment_is_one_case(app: Flask, client: FlaskClient, push: Push) -> None:
    answers: list[TestResponse] = []

    def again() -> None:
        with app.app_context():
            answers.append(push(ORDER))
            db.session.remove()

    threads = [threading.Thread(target=again) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken(answer) for answer in answers) == [False, False, False, True]
    assert not taken(push(ORDER | {"seq": 2, "text": "再发一次的不一样"}))
    only_case()


def test_a_forged_or_stale_or_senseless_message_does_nothing(app: Flask, push: Push) -> None:
    assert push(ORDER, secret="guessed").status_code == 403
    assert push(ORDER, off=timedelta(minutes=-6)).status_code == 403
    nan = float("nan")
    nonsense: list[Any] = [b"\xff\xfe", b"{", [], {**ORDER, "seq": "one"}, {**ORDER, "due_at": "2026-03-20T18:00:00"}]
    # No JSON, also where nobody looks: read as an empty value it would say that 12345 told nothing.
    nonsense += [
        json.dumps({**ORDER, **more}).encode() for more in ({"caller": {"name": nan}}, {"more": {"of": [nan]}})
    ]
    for message in [*nonsense, {**ORDER, "order_no": " "}, {**ORDER, "word": "hello"}, {**ORDER, "text": "a\x00b"}]:
        assert push(message).status_code == 400, message
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == 0


def test_a_body_changed_on_the_way_is_forged(app: Flask, client: FlaskClient) -> None:
    signed = json.dumps(ORDER).encode()
    headers = signed_headers(
        method="POST", path=PATH, body=signed, app_id=CITY_APP_ID, secret=CITY_SECRET, at=clock.now()
    )
    other = json.dumps(ORDER | {"text": "别的内容"}).encode()
    assert client.post(PATH, data=other, headers=headers).status_code == 403


def test_every_row_of_the_file_fits_its_service(app: Flask) -> None:
    for rule in order_rules():
        service = services()[rule.service]
        field = service.form.declaration.field(rule.text)
        assert field is not None
        assert field.maximum is not None
        for text in ("x", "长" * 5000, None):
            order = Incoming(word=Word.ORDER, order_no="1", seq=1, text=text, place="华强北")
            answers, errors = service.asked.accept(rule.answers_for(order, longest=field.maximum))
            assert errors == {}, rule
            assert len(answers[rule.text]) <= field.maximum


def test_reply_and_closure_are_told_in_order(app: Flask, push: Push, desk: Desk, city_standin: StandIn) -> None:
    push(ORDER | {"order_no": "SZ-back"})
    no = only_case().no
    desk.do({"no": no}, "accept", ("reply", "站点已经补发工资。"))
    work(app)
    said = told(city_standin, no)
    assert [(one["word"], one["order_no"], one.get("text")) for one in said] == [
        ("taken", "SZ-back", None),
        ("answered", "SZ-back", "站点已经补发工资。"),
    ]


def test_12345_takes_its_order_back(app: Flask, push: Push, desk: Desk) -> None:
    push(ORDER)
    assert taken(push({"word": "recalled", "order_no": "SZ-1", "seq": 2}))
    assert only_case().state == "withdrawn"
    assert not taken(push({"word": "recalled", "order_no": "SZ-1", "seq": 2}))


# Orders of ours


def test_nothing_goes_without_consent(app: Flask, submit: Submit, worker: Headers, desk: Desk) -> None:
    case = submit("grievance", worker)
    desk.do(case, "accept")
    refused = desk.run("do", case["no"], "to_city", "--text", ANEW)
    assert refused.exit_code != 0
    assert "还没有同意" in refused.output
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CaseExchange)) == 0


def test_the_worker_is_asked_and_may_decline(submit: Submit, follow: Follow, worker: Headers, desk: Desk) -> None:
    case = submit("grievance", worker)
    desk.do(case, "accept", "ask_city")
    mine = follow(case, worker)
    asked = mine.read()
    assert asked["asks"]["key"] == "sharing"
    assert "12345" in asked["asks"]["why"]
    assert {"agreement", "refusal"} <= set(asked["can"])
    assert asked["next"]["who"] == "worker"
    assert mine.post("agreement", {"consents": [{"key": "sharing", "version": "0"}]}).status_code == 422
    assert mine.post("agreement", {"consents": consents("terms")}).status_code == 422
    declined = mine.post("refusal", {})
    assert declined.json["state"] == "handling"
    assert "asks" not in declined.json
    assert mine.post("agreement", {"consents": consents("sharing")}).status_code == 409


def test_who_does_not_answer_has_not_agreed(
    submit: Submit, follow: Follow, worker: Headers, desk: Desk, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    case = submit("grievance", worker)
    desk.do(case, "accept", "ask_city")
    freeze(FRIDAY + timedelta(days=14))
    lapse_cases()
    assert follow(case, worker).read()["state"] == "handling"


def test_consent_taken_back_before_it_went_holds_it_back(
    app: Flask, client: FlaskClient, handed_over: dict[str, Any], worker: Headers, city_standin: StandIn
) -> None:
    assert client.delete("/api/v1/me/consents/sharing", headers=worker).status_code < 300
    work(app)
    assert told(city_standin, handed_over["no"]) == []
    assert db.session.scalars(sa.select(ExchangeMessage.refused)).one()


def test_a_newer_text_takes_nothing_back_of_what_was_agreed_to(
    app: Flask, handed_over: dict[str, Any], worker: Headers, db_session: Session, city_standin: StandIn
) -> None:
    given = sa.update(Consent).where(Consent.worker_id == worker.worker_id, Consent.key == ConsentKey.SHARING)
    assert db_session.execute(given.values(version="0")).rowcount == 1
    db_session.commit()
    work(app)
    assert told(city_standin, handed_over["no"])


def test_their_words_move_our_case_and_the_worker_sees_whose_turn_it_is(
    app: Flask, handed_over: dict[str, Any], follow: Follow, worker: Headers, desk: Desk, push: Push, city_standin: Any
) -> None:
    mine = follow(handed_over, worker)
    waiting = mine.read()
    assert waiting["state_name"] == "已登记，等 12345 接收"
    assert waiting["exchange"]["no"] is None
    answer_by = next(one["due_at"] for one in waiting["clocks"] if one["key"] == "answer")
    work(app)
    no = mine.read()["exchange"]["no"]
    assert no == told(city_standin, handed_over["no"])[0]["order_no"]
    assert taken(push({"word": "taken", "order_no": no, "seq": 1, "office": "市容管理局", "asks_rating": True}))
    seen = mine.read()
    assert seen["next"] == {"who": "outside", "name": "12345 市容管理局", "by": answer_by}, "our clock runs on"
    assert taken(push({"word": "answered", "order_no": no, "seq": 2, "text": "已责令整改。"}))
    assert mine.read()["state"] == "handling"
    assert "已责令整改" not in json.dumps(mine.read(), ensure_ascii=False), "the union looks first"
    desk.do(handed_over, ("reply", "城管已经处理好了。"))
    answered = mine.read()
    assert "rating" not in answered["can"], "12345 asks"
    assert mine.post("rating", {"solved": True, "attitude": 5, "result": 5}).json["code"] == "rated_elsewhere"
    assert db.session.scalar(sa.text("SELECT count(*) FROM case_rating_question")) == 0
    work(app)
    assert [one["word"] for one in told(city_standin, handed_over["no"])] == ["order"], "the answer is not theirs"


def test_what_comes_late_changes_nothing(
    app: Flask, handed_over: dict[str, Any], follow: Follow, worker: Headers, push: Push
) -> None:
    # Their answer to the handing over was lost: they know our number.
    answered = {"word": "answered", "order_no": "SZ-late", "our_no": handed_over["no"], "seq": 3}
    assert taken(push(answered))
    assert not taken(push({"word": "taken", "order_no": "SZ-late", "seq": 2}))
    assert not taken(push(answered))
    assert follow(handed_over, worker).read()["state"] == "handling"
    assert push({"word": "taken", "order_no": "SZ-unknown", "seq": 1}).json["code"] == "unknown_order"


# When 12345 is away


def test_an_outage_of_hours_delays_and_loses_nothing(
    app: Flask, submit: Submit, push: Push, desk: Desk, freeze: Freeze, city_standin: StandIn
) -> None:
    at = FRIDAY
    freeze(at)
    push(ORDER | {"order_no": "SZ-out"})
    no = only_case().no
    desk.do({"no": no}, "accept", ("reply", "办好了。"))
    exchange_id = str(db.session.scalars(sa.select(CaseExchange.id)).one())
    for fault in (
        {"status": 500},
        {"status": 502, "body": "<html>"},
        {"body": "不是 JSON"},
        {"errcode": "maintenance"},
    ):
        city_standin.fault("/v1/messages", times=1, **fault)
        deliver(exchange_id=exchange_id)
        at += timedelta(hours=1)
        freeze(at)
    db.session.rollback()
    first, second = db.session.scalars(sa.select(ExchangeMessage).order_by(ExchangeMessage.id)).all()
    assert (first.tries, first.trouble, second.tries) == (4, "maintenance", 0), "in order: the second waits"
    assert any("12345" in line for line in app.test_client().get("/status").json["warnings"])
    freeze(at + timedelta(hours=6))
    _same_time(city_standin, at + timedelta(hours=6))
    pick_up()
    waiting = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'cases.tell_city' AND scheduled_at IS NULL"
    assert db.session.scalar(sa.text(waiting)) > 0
    deliver(exchange_id=exchange_id)
    deliver(exchange_id=exchange_id)
    assert [(one["word"], one["again"]) for one in told(city_standin, no)] == [("taken", 0), ("answered", 0)]


def _same_time(city: StandIn, at: datetime) -> None:
    """12345's clock goes like ours."""
    theirs = city.control("POST", "clock", {"forward_s": 0})["now"]
    city.control("POST", "clock", {"forward_s": at.timestamp() - theirs})


def test_sent_twice_counts_once(app: Flask, handed_over: dict[str, Any], city_standin: StandIn) -> None:
    exchange_id = str(db.session.scalars(sa.select(CaseExchange.id)).one())
    deliver(exchange_id=exchange_id)
    with db.engine.begin() as connection:  # as if the worker had been killed before it wrote that down
        connection.execute(sa.update(ExchangeMessage).values(sent_at=None))
    deliver(exchange_id=exchange_id)
    [order] = told(city_standin, handed_over["no"])
    assert order["again"] == 1


def test_a_number_of_another_order_is_nonsense(
    app: Flask, handed_over: dict[str, Any], push: Push, city_standin: Any
) -> None:
    push(ORDER | {"order_no": "SZ-mine"})
    city_standin.fault("/v1/messages", body={"order_no": "SZ-mine"}, times=1)
    deliver(
        exchange_id=str(db.session.scalars(sa.select(CaseExchange.id).where(CaseExchange.their_no.is_(None))).one())
    )
    db.session.rollback()
    message = db.session.scalars(sa.select(ExchangeMessage)).one()
    assert (message.sent_at, message.trouble, message.refused) == (None, NUMBER_OF_ANOTHER, True)
    assert "对方给的是另一件事的编号" in words(desk_of(app, "R0009", "district_rights").get("/console/exchange"))


def test_what_waits_behind_a_refused_message_is_left_alone(
    app: Flask, push: Push, desk: Desk, freeze: Freeze, city_standin: StandIn
) -> None:
    freeze(FRIDAY)
    push(ORDER)
    desk.do({"no": only_case().no}, "accept", ("reply", "办好了。"))
    exchange_id = db.session.scalars(sa.select(CaseExchange.id)).one()
    city_standin.fault("/v1/messages", times=1, errcode="bad_order")
    deliver(exchange_id=str(exchange_id))
    db.session.rollback()
    told = db.session.execute(sa.select(ExchangeMessage.refused).order_by(ExchangeMessage.id)).scalars().all()
    assert told == [True, False]
    freeze(FRIDAY + timedelta(hours=6))
    count = sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'cases.tell_city'")
    before = db.session.scalar(count)
    pick_up()
    assert db.session.scalar(count) == before


# How long it is kept


def test_when_a_case_has_run_out_nothing_leads_to_who_called(app: Flask, push: Push, desk: Desk) -> None:
    push(ORDER)
    no = only_case().no
    assert desk.run("do", no, "refuse", "--ground", "not_ours", "--text", "请找人社局。").exit_code == 0
    purge(at=clock.now() + timedelta(days=20 * 366))
    db.session.rollback()
    exchange = db.session.scalars(sa.select(CaseExchange)).one()
    assert (exchange.their_no, exchange.said, exchange.caller_name, exchange.caller_phone) == (None,) * 4
    assert set(db.session.scalars(sa.select(ExchangeMessage.text))) == {None}


# Who it is from


MARKED = "凌晨三点十七分在蓝色铁门后面被组长王大锤扣了四百二十元"


@pytest.mark.parametrize("mode", ["named", "confidential"])
def test_the_answer_to_our_own_worker_may_quote_and_name_them_and_stays_here(
    app: Flask,
    submit: Submit,
    follow: Follow,
    worker: Headers,
    desk: Desk,
    push: Push,
    city_standin: StandIn,
    mode: str,
) -> None:
    case = submit("grievance", worker, identity_mode=mode, answers={"text": MARKED})
    mine = follow(case, worker)
    desk.do(case, "accept", "ask_city")
    assert mine.post("agreement", {"consents": consents("sharing")}).status_code == 200
    desk.do(case, ("to_city", ANEW))
    work(app)
    [order] = told(city_standin, case["no"])
    for seq, word in enumerate(("taken", "answered"), 1):
        assert taken(push({"word": word, "order_no": order["order_no"], "seq": seq, "text": "已处理。"}))
    answer = f"{worker.person.name}你好，你说的“{MARKED}”查清楚了。"
    desk.do(case, ("reply", answer))
    assert mine.read()["messages"][-1]["text"] == answer
    work(app)
    assert [one["word"] for one in told(city_standin, case["no"])] == ["order"]


@pytest.mark.parametrize("mode", ["named", "confidential", "anonymous"])
def test_what_leaves_points_to_nobody_who_does_not_want_it(
    app: Flask, submit: Submit, follow: Follow, worker: Headers, desk: Desk, city_standin: StandIn, mode: str
) -> None:
    headers = None if mode == "anonymous" else worker
    case = submit("grievance", headers, identity_mode=mode, answers={"text": MARKED, "firm": "蓝门配送"})
    mine = follow(case, headers)
    desk.do(case, "accept", "ask_city")
    assert mine.post("agreement", {"consents": consents("sharing")}).status_code == 200
    copied = desk.run("do", case["no"], "to_city", "--text", f"反映：{MARKED[4:20]}，请处理")
    assert "不要抄工友的原话" in copied.output
    phone = worker.person.phone
    if mode == "confidential":
        for pointing in (f"联系 {phone[:3]} {phone[3:7]} {phone[7:]}", f"工友{worker.person.name}反映"):
            assert "要求隐名" in desk.run("do", case["no"], "to_city", "--text", pointing).output
    desk.do(case, ("to_city", ANEW))
    work(app)
    [order] = told(city_standin, case["no"])
    assert order["text"] == ANEW
    left = json.dumps(order, ensure_ascii=False)
    assert ("contact" in order) == (phone in left) == (worker.person.name in left) == (mode == "named")
    for private in (MARKED, "蓝门配送", str(worker.worker_id), worker.person.id_number):
        assert private not in left


def test_staff_see_where_it_stands_and_send_it_again(
    app: Flask, handed_over: dict[str, Any], city_standin: Any
) -> None:
    city_standin.fault("/v1/messages", errcode="bad_request", times=1)
    exchange_id = str(db.session.scalars(sa.select(CaseExchange.id)).one())
    deliver(exchange_id=exchange_id)
    clerk = desk_of(app, "S0009", "district_rights")
    listed = words(clerk.get("/console/exchange"))
    assert handed_over["no"] in listed
    assert "对方不收" in listed
    assert "试过 1 次" in listed
    page = words(clerk.get(f"/console/cases/{handed_over['no']}"))
    assert "工会转给 12345 的" in page
    assert "对方说“bad_request”" in page
    taking_back = words(clerk.get(f"/console/cases/{handed_over['no']}/steps/take_back"))
    assert "写给 12345 的话（工友看不到）" in taking_back, "it goes out: nobody takes it for a note among colleagues"
    message_id: uuid.UUID = db.session.scalars(sa.select(ExchangeMessage.id)).one()
    clerk.post(f"/console/exchange/{message_id}")
    work(app)
    assert "都送到了" in words(clerk.get("/console/exchange"))
    elsewhere = desk_of(app, "S0010", "worker_desk", union=_other_street())
    assert elsewhere.post(f"/console/exchange/{message_id}").status_code == 404
    assert handed_over["no"] not in words(elsewhere.get("/console/exchange"))


def _other_street() -> Any:
    return make_street("440304001")
