"""Whether it is solved, where 12345 asks how it went: told to the desk and to 12345, never counted as a rating."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases.exchange.models import CaseExchange
from server.cases.exchange.outbound import deliver
from server.cases.models import CaseRating
from server.cases.tasks import ask_for_ratings
from server.core.db import db
from server.notices.models import Notice, StaffNotice
from tests.cases.conftest import FRIDAY, STAFF, Desk, Follow, Freeze, Submit
from tests.cases.exchange.conftest import ORDER, Push, only_case, taken, told, work
from tests.sign_in import Headers
from tests.standins import StandIn

REASON = "凌晨三点还是多扣了两块钱"


@pytest.fixture
def answered(app: Flask, handed_over: dict[str, Any], push: Push, desk: Desk, city_standin: StandIn) -> dict[str, Any]:
    """Handed to 12345, which asks how it went; the union has answered the worker."""
    work(app)
    [order] = told(city_standin, handed_over["no"])
    no = order["order_no"]
    for seq, word in enumerate(("taken", "answered"), 1):
        assert taken(push({"word": word, "order_no": no, "seq": seq, "text": "已处理。", "asks_rating": True}))
    desk.do(handed_over, ("reply", "城管已经处理好了。"))
    return handed_over | {"order_no": no}


def _ratings() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(CaseRating)) or 0


def test_solved_ends_the_case_and_rates_nothing(
    app: Flask, answered: dict[str, Any], follow: Follow, worker: Headers, city_standin: StandIn
) -> None:
    mine = follow(answered, worker)
    assert "outcome" in mine.read()["can"]
    solved = mine.post("outcome", {"solved": True})
    assert (solved.status_code, solved.json["state"]) == (200, "done")
    assert "outcome" not in solved.json["can"]
    assert mine.post("outcome", {"solved": True}).status_code == 409
    work(app)
    assert [one["word"] for one in told(city_standin, answered["no"])] == ["order"]
    assert _ratings() == 0


def test_not_solved_goes_to_somebody_else_and_as_one_word_to_12345_through_an_outage(
    app: Flask, answered: dict[str, Any], follow: Follow, worker: Headers, desk: Desk, city_standin: StandIn
) -> None:
    mine = follow(answered, worker)
    assert mine.post("outcome", {"solved": False}).json["errors"] == {"reason": ["请写哪里没解决，接着办的人要看"]}
    before = only_case().handler_no
    again = mine.post("outcome", {"solved": False, "reason": REASON})
    assert (again.json["state"], again.json["next"]["who"]) == ("reopened", "union")
    case = only_case()
    assert (case.handler_no, case.barred_no, case.round) == (None, before, 1)
    assert any(one["key"] == "answer" for one in again.json["clocks"]), "a new clock"
    exchange_id = str(db.session.scalars(sa.select(CaseExchange.id)).one())
    db.session.rollback()
    city_standin.fault("/v1/messages", status=502, body="<html>", times=1)
    deliver(exchange_id=exchange_id)
    assert len(told(city_standin, answered["no"])) == 1
    with db.engine.begin() as connection:  # a minute later
        connection.execute(sa.text("UPDATE case_exchange_message SET due_at = at WHERE sent_at IS NULL"))
    deliver(exchange_id=exchange_id)
    deliver(exchange_id=exchange_id)
    said = told(city_standin, answered["no"])
    assert [(one["word"], one["order_no"], one["again"]) for one in said] == [
        ("order", answered["order_no"], 0),
        ("reopened", answered["order_no"], 0),
    ]
    assert REASON not in json.dumps(said, ensure_ascii=False), "her words are for the union"
    assert _ratings() == 0


def test_not_solved_for_the_second_time_is_told_to_whoever_handles_it(
    app: Flask, answered: dict[str, Any], follow: Follow, worker: Headers, desk: Desk, city_standin: StandIn
) -> None:
    mine = follow(answered, worker)
    assert mine.post("outcome", {"solved": False, "reason": REASON}).status_code == 200
    for step in (("begin",), ("reply", "--text", "又请城管去看了一次。")):
        done = desk.run("do", answered["no"], *step, staff="B2")
        assert done.exit_code == 0, done.output
    second = mine.post("outcome", {"solved": False, "reason": "又扣了。"})
    assert (second.status_code, second.json["state"]) == (200, "replied")
    assert second.json["messages"][-1]["text"] == "又扣了。"
    notice = db.session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == "case.not_solved")).one()
    assert (notice.staff_no, "没有解决" in notice.text, "扣" in notice.text) == ("B2", True, False)
    work(app)
    assert [one["word"] for one in told(city_standin, answered["no"])] == ["order", "reopened", "reopened"]


def test_nobody_asks_twice(
    app: Flask, answered: dict[str, Any], follow: Follow, worker: Headers, desk: Desk, freeze: Freeze
) -> None:
    by_phone = desk.run("phone-rating", answered["no"], "--solved", "--attitude", "5", "--result", "5", staff="A1")
    assert "这件事由 12345 回访" in by_phone.output
    assert follow(answered, worker).post("rating", {"solved": True, "attitude": 5, "result": 5}).status_code == 409
    assert _ratings() == 0


def test_where_12345_says_so_later_the_reminder_is_dropped(
    app: Flask, handed_over: dict[str, Any], push: Push, desk: Desk, freeze: Freeze, city_standin: StandIn
) -> None:
    work(app)
    no = told(city_standin, handed_over["no"])[0]["order_no"]
    assert taken(push({"word": "answered", "order_no": no, "seq": 1}))
    desk.do(handed_over, ("reply", "处理好了。"))
    assert taken(push({"word": "closed", "order_no": no, "seq": 2, "asks_rating": True}))
    assert only_case().state == "replied", "an order of ours: the worker still has the say"
    freeze(only_case().updated_at + timedelta(hours=3))
    ask_for_ratings()
    db.session.rollback()
    assert db.session.scalars(sa.select(Notice).where(Notice.kind == "case.rating")).all() == []


def test_where_we_ask_ourselves_it_is_a_rating(submit: Submit, follow: Follow, worker: Headers, desk: Desk) -> None:
    case = submit("grievance", worker)
    desk.do(case, "accept", ("reply", "办好了。"))
    mine = follow(case, worker)
    assert "outcome" not in mine.read()["can"]
    assert mine.post("outcome", {"solved": True}).json["code"] == "rate_instead"


def test_said_twice_at_the_same_moment_it_is_reopened_once(
    app: Flask, client: FlaskClient, answered: dict[str, Any], follow: Follow, worker: Headers, city_standin: StandIn
) -> None:
    statuses: list[int] = []

    def say() -> None:
        with app.app_context():
            body = {"solved": False, "reason": REASON}
            statuses.append(follow(answered, worker).post("outcome", body).status_code)
            db.session.remove()

    threads = [threading.Thread(target=say) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409, 409, 409]
    assert only_case().round == 1
    work(app)
    assert [one["word"] for one in told(city_standin, answered["no"])] == ["order", "reopened"]


# 12345 reopens


@pytest.mark.parametrize("state", ["replied", "done", "not_accepted"])
def test_12345_reopens_its_order_as_often_as_it_likes(
    app: Flask, push: Push, desk: Desk, freeze: Freeze, state: str
) -> None:
    freeze(FRIDAY)
    push(ORDER)
    case = {"no": only_case().no}
    if state == "not_accepted":
        assert desk.run("do", case["no"], "refuse", "--ground", "empty").exit_code == 0
    else:
        desk.do(case, "accept", ("reply", "办好了。"))
    seq = 2
    if state == "done":
        assert taken(push({"word": "closed", "order_no": "SZ-1", "seq": seq}))
        seq += 1
    assert only_case().state == state
    first = only_case().handler_no
    freeze(FRIDAY + timedelta(days=4))
    reopened = {
        "word": "reopened",
        "order_no": "SZ-1",
        "seq": seq,
        "text": "来电人说没解决。",
        "due_at": "2026-03-30T18:00:00+08:00",
    }
    assert taken(push(reopened))
    assert not taken(push(reopened)), "the same twice is once"
    case_now = only_case()
    assert (case_now.state, case_now.handler_no, case_now.barred_no, case_now.round) == ("reopened", None, first, 1)
    due = db.session.scalar(sa.text("SELECT max(due_at) FROM clock WHERE key = 'answer' AND stopped_at IS NULL"))
    assert due > FRIDAY + timedelta(days=7), "counted anew"
    if first is not None:
        assert "换" in desk.run("do", case["no"], "begin").output, "not by whoever answered"
    for step in (("begin",), ("reply", "--text", "又办了一次。")):
        assert desk.run("do", case["no"], *step, staff="B2").exit_code == 0
    assert taken(push({"word": "reopened", "order_no": "SZ-1", "seq": seq + 1}))
    assert (only_case().state, only_case().barred_no, only_case().round) == ("reopened", "B2", 2)


def test_12345_reopens_an_order_of_ours_and_the_worker_is_told(
    app: Flask, answered: dict[str, Any], follow: Follow, worker: Headers, push: Push
) -> None:
    assert taken(push({"word": "reopened", "order_no": answered["order_no"], "seq": 3}))
    seen = follow(answered, worker).read()
    assert (seen["state"], seen["next"]["who"]) == ("reopened", "union")
    assert only_case().barred_no == STAFF
    told_of = db.session.scalars(sa.select(Notice.title).order_by(Notice.created_at.desc())).first()
    assert told_of == "你的事项重新办理"
    # They take it up themselves: it is their turn again, and ours after that.
    assert taken(push({"word": "taken", "order_no": answered["order_no"], "seq": 4, "office": "城管局"}))
    assert follow(answered, worker).read()["next"]["name"] == "12345 城管局"
    assert taken(push({"word": "answered", "order_no": answered["order_no"], "seq": 5}))
    assert taken(push({"word": "reopened", "order_no": answered["order_no"], "seq": 6})), "before the union answered"
    assert follow(answered, worker).read()["state"] == "city_handling"


def test_what_cannot_go_on_is_refused(
    app: Flask, push: Push, handed_over: dict[str, Any], city_standin: StandIn
) -> None:
    work(app)
    ours = told(city_standin, handed_over["no"])[0]["order_no"]
    assert push({"word": "recalled", "order_no": ours, "seq": 1}).json["code"] == "not_yours_to_say"
    push(ORDER)
    assert push({"word": "answered", "order_no": "SZ-1", "seq": 2}).json["code"] == "not_yours_to_say"
    assert taken(push({"word": "recalled", "order_no": "SZ-1", "seq": 2}))
    assert push({"word": "reopened", "order_no": "SZ-1", "seq": 3}).json["code"] == "over"


def test_of_an_order_that_was_taken_back_nothing_more_is_said(
    app: Flask, handed_over: dict[str, Any], follow: Follow, worker: Headers, desk: Desk, city_standin: StandIn
) -> None:
    copied = desk.run("do", handed_over["no"], "take_back", "--text", json.loads(only_case().answers)["text"])
    assert "不要抄工友的原话" in copied.output
    desk.do(handed_over, ("take_back", "工会自己去看。"), ("reply", "看过了。"))
    assert follow(handed_over, worker).post("reopening", {"reason": REASON}).status_code == 200
    work(app)
    said = told(city_standin, handed_over["no"])
    assert [(one["word"], one.get("text")) for one in said[1:]] == [("recalled", "工会自己去看。")]


def test_why_a_worker_withdraws_is_not_passed_on(
    app: Flask, handed_over: dict[str, Any], follow: Follow, worker: Headers, city_standin: StandIn
) -> None:
    assert follow(handed_over, worker).post("withdrawal", {"reason": REASON}).status_code == 200
    work(app)
    assert [(one["word"], one.get("text")) for one in told(city_standin, handed_over["no"])][1:] == [("recalled", None)]
