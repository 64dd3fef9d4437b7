"""A question to an anonymous reporter: time stands still only from when they looked in and said so, and nothing tells
at which minute that was."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.flow.machine import Position, Ticking
from server.cases.loader import ServiceError, declare
from server.cases.models import Case, CaseEvent
from server.cases.reader import service_of
from server.cases.tasks import lapse_cases
from server.cases.vocabulary import IdentityMode
from server.clocks.models import Clock, ClockPause
from server.core.audit import AuditEvent
from server.core.clock import full_hour
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, Worker
from tests.cases.declared import document, pausable

QUESTION = "是哪个站点？"
LOOKED = FRIDAY + timedelta(minutes=40, seconds=12, microseconds=345678)
FROM_THEN = FRIDAY + timedelta(hours=1)


@pytest.fixture
def asked(submit: Submit, desk: Desk, follow: Follow, freeze: Freeze) -> Worker:
    """Whoever holds the secret of a case in which something was asked on Friday at ten."""
    freeze(FRIDAY)
    case = submit("grievance")
    desk.do(case, "accept", ("ask_unnamed", QUESTION))
    return follow(case)


def clock(read: dict[str, Any], key: str) -> dict[str, Any]:
    return next(one for one in read["clocks"] if one["key"] == key)


def test_no_time_stands_still_while_nobody_has_looked_in(asked: Worker, desk: Desk, freeze: Freeze) -> None:
    before = clock(asked.read(), "answer")["due_at"]
    freeze(FRIDAY + timedelta(days=4))
    read = asked.read()
    assert (read["state"], read["phase"]) == ("asked", "handling")
    assert (clock(read, "answer")["paused"], clock(read, "answer")["due_at"]) == (False, before)
    assert "acknowledgement" in read["can"], "reading alone is no look that anything follows from"
    desk.do(read, ("reply", "没有等到补充，按现有的情况查过了。"))
    assert asked.read()["state"] == "replied"


def test_the_question_stays_what_was_asked_whatever_is_written_since(asked: Worker, desk: Desk, freeze: Freeze) -> None:
    freeze(FRIDAY + timedelta(minutes=5))
    assert desk.run("message", asked.read()["no"], "--text", "我们今天去看过现场。").exit_code == 0
    assert asked.read()["messages"][-1]["text"] == "我们今天去看过现场。"
    assert asked.read()["question"] == QUESTION
    freeze(FRIDAY + timedelta(minutes=9))
    desk.do(asked.read(), ("ask_unnamed", "哪一天的事？"))
    assert asked.read()["question"] == "哪一天的事？"
    assert asked.post("acknowledgement", {}).json["question"] == "哪一天的事？"
    assert "question" not in asked.post("supplements", {"answers": {"place_text": "梅林站点"}}).json


def test_unprotected_a_pause_would_begin_with_the_question_and_such_a_service_is_refused() -> None:
    spoilt = document("grievance")
    spoilt["flow"]["transitions"]["ask_unnamed"]["clocks"] = {"pause": True}
    machine = service_of(spoilt, pausable=pausable()).machine
    asked = machine.after(
        Position("accepted", {"answer": Ticking.RUNS}), machine.steps["ask_unnamed"], mode=IdentityMode.ANONYMOUS
    )
    assert asked.clocks["answer"] is Ticking.STANDS, "nobody has looked in"
    with pytest.raises(ServiceError, match=r"ask_unnamed\.clocks\.pause: before an anonymous reporter has looked in"):
        declare(spoilt, pausable=pausable(), name="grievance.yaml")


def test_time_stands_still_from_the_full_hour_after_the_look(asked: Worker, freeze: Freeze) -> None:
    freeze(LOOKED)
    until = asked.read()["unseen"]["reply_by"]
    due = clock(asked.read(), "answer")["due_at"]
    seen = asked.post("acknowledgement", {})
    assert (seen.status_code, seen.json["state"]) == (200, "need_more")
    assert clock(seen.json, "answer")["paused"]
    assert seen.json["next"] == {"who": "worker", "name": "你", "by": until}
    assert "unseen" not in seen.json
    assert asked.post("acknowledgement", {}).json["timeline"] == seen.json["timeline"], "a second tap changes nothing"
    freeze(FRIDAY + timedelta(days=3))
    answered = asked.post("supplements", {"answers": {"place_text": "梅林站点"}})
    assert answered.json["state"] == "handling"
    assert clock(answered.json, "answer")["due_at"] > due


def test_nothing_tells_the_minute_of_the_look(asked: Worker, freeze: Freeze, db_session: Session) -> None:
    freeze(LOOKED)
    known = {row.id for kind in (CaseEvent, Clock, AuditEvent) for row in db_session.scalars(sa.select(kind))}
    db_session.rollback()
    assert asked.post("acknowledgement", {}).status_code == 200
    event, started, audited = (
        next(row for row in db_session.scalars(sa.select(kind)) if row.id not in known)
        for kind in (CaseEvent, Clock, AuditEvent)
    )
    case = db_session.scalars(sa.select(Case)).one()
    paused = [one.paused_at for one in db_session.scalars(sa.select(Clock)) if one.paused_at is not None]
    assert {event.at, started.started_at, audited.at, case.updated_at, *paused} == {FROM_THEN}
    assert {minted(row.id) for row in (event, started, audited)} == {FROM_THEN}
    assert (audited.actor, audited.action, event.staff_no) == ("anonymous", "case.see_question", None)


def minted(made: uuid.UUID) -> datetime:
    """The time that a UUIDv7 tells."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, tz=FRIDAY.tzinfo)


def test_whoever_answers_within_the_hour_has_stopped_nothing(
    asked: Worker, freeze: Freeze, db_session: Session
) -> None:
    due = clock(asked.read(), "answer")["due_at"]
    freeze(LOOKED)
    asked.post("acknowledgement", {})
    freeze(LOOKED + timedelta(minutes=5))
    answered = asked.post("messages", {"text": "福民路那个"})
    assert (answered.status_code, answered.json["state"]) == (201, "handling")
    assert answered.json["messages"][-1]["text"] == "福民路那个"
    assert clock(answered.json, "answer")["due_at"] == due
    pause = db_session.scalars(sa.select(ClockPause)).one()
    assert pause.paused_at == pause.resumed_at == FROM_THEN


def test_what_runs_out_within_the_hour_of_the_look_is_missed(asked: Worker, freeze: Freeze) -> None:
    due = datetime.fromisoformat(clock(asked.read(), "answer")["due_at"])
    freeze(due - timedelta(minutes=10))
    assert asked.post("acknowledgement", {}).status_code == 200
    freeze(full_hour(due) + timedelta(hours=2))
    answered = asked.post("messages", {"text": "福民路那个"}).json
    until = datetime.fromisoformat(clock(answered, "answer")["due_at"])
    assert until < full_hour(due) + timedelta(hours=2), "a pause from the minute of the look would say when it was"


def test_whoever_answers_at_once_needs_no_pause(asked: Worker, freeze: Freeze) -> None:
    freeze(LOOKED)
    answered = asked.post("messages", {"text": "福民路那个"}).json
    assert (answered["state"], clock(answered, "answer")["paused"]) == ("handling", False)
    assert asked.post("acknowledgement", {}).status_code == 409


def test_what_was_seen_and_not_answered_is_gone_on_with(asked: Worker, freeze: Freeze) -> None:
    freeze(LOOKED)
    due = clock(asked.read(), "answer")["due_at"]
    until = asked.post("acknowledgement", {}).json["next"]["by"]
    freeze(datetime.fromisoformat(until) + timedelta(minutes=1))
    lapse_cases()
    read = asked.read()
    assert (read["state"], clock(read, "answer")["paused"]) == ("handling", False)
    assert clock(read, "answer")["due_at"] > due


@pytest.mark.parametrize(
    ("minute", "hour"), [(0, 0), (1, 1), (59, 1)], ids=["on the hour", "just after it", "just before the next"]
)
def test_the_full_hour_is_never_before(minute: int, hour: int) -> None:
    night = FRIDAY.replace(hour=23)
    assert full_hour(night + timedelta(minutes=minute)) == night + timedelta(hours=hour)
