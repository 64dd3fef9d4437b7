"""Two at once on one case: one wins, the other is told, nothing is lost or doubled."""

import hashlib
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases import acts, working
from server.cases.models import Case, CaseEvent, CaseMessage
from server.cases.ownership import Key
from server.core.access import Level
from server.core.crypto import one_at_a_time
from server.core.db import db, transaction
from server.core.errors import Problem
from tests.cases.conftest import Desk, Submit, consents, submission
from tests.sign_in import SignIn

Act = Callable[[], object]


def together(app: Flask, no: str, *acts: Act) -> list[object]:
    """Let acts meet at the case's lock, then let them go; what each came to, in the order given."""
    outcomes: list[object] = [None] * len(acts)

    def run(place: int, act: Act) -> None:
        with app.app_context():
            try:
                outcomes[place] = act()
            except Problem as problem:
                outcomes[place] = problem

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    with transaction() as session:
        session.execute(sa.select(Case.id).where(Case.no == no).with_for_update())
        for number, thread in enumerate(threads, start=1):
            thread.start()
            await_waiting(number)
    for thread in threads:
        thread.join(timeout=20)
    return outcomes


def await_waiting(number: int) -> None:
    """Until so many statements wait for a lock in this database."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(200):
        with db.engine.connect() as connection:
            if connection.scalar(waiting) >= number:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def codes(outcomes: list[object]) -> list[object]:
    return [outcome.code if isinstance(outcome, Problem) else "done" for outcome in outcomes]


def test_of_two_staff_members_one_wins_and_the_other_is_told(
    app: Flask, sign_in: SignIn, submit: Submit, db_session: Session
) -> None:
    no = submit("grievance", sign_in(Level.L1))["no"]
    outcomes = together(
        app,
        no,
        lambda: working.staff_step(no=no, code="accept", staff_no="A1"),
        lambda: working.staff_step(no=no, code="refuse", staff_no="B2", text="不归我们管。"),
    )
    assert codes(outcomes) == ["done", "step_not_possible"]
    assert db_session.scalars(sa.select(CaseEvent.step).order_by(CaseEvent.number)).all() == ["submit", "accept"]
    assert db_session.scalars(sa.select(CaseMessage)).all() == []


def test_without_the_lock_the_rows_themselves_refuse_the_second(
    app: Flask, sign_in: SignIn, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    no = submit("grievance", sign_in(Level.L1))["no"]
    meet = threading.Barrier(2)
    lock = working.lock

    def look_together(*, no: str) -> Any:
        case, service = lock(no=no)
        db.session.commit()
        meet.wait(timeout=10)
        return case, service

    monkeypatch.setattr(working, "lock", look_together)
    outcomes: list[str] = []

    def accept() -> None:
        with app.app_context():
            try:
                working.staff_step(no=no, code="accept", staff_no="A1")
                outcomes.append("done")
            except sa.exc.IntegrityError:
                outcomes.append("refused")

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["done", "refused"]


def test_a_message_that_arrives_before_the_end_makes_who_closes_look_again(
    app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session
) -> None:
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    no, key = case["no"], Key(worker_id=headers.worker_id)
    desk.do(case, "screen", "grant")
    desk.give(case)
    desk.do(case, "begin")
    seen = db_session.scalars(sa.select(Case.version)).one()
    db_session.rollback()
    outcomes = together(
        app,
        no,
        lambda: acts.say(no=no, key=key, text="公司又发了通知", items=[]),
        lambda: working.staff_step(no=no, code="finish", staff_no="A1", text="已办结。", version=seen),
    )
    assert codes(outcomes) == ["done", "changed"]
    assert db_session.scalars(sa.select(Case.state)).one() == "in_service"


def test_a_message_after_the_end_is_refused_and_not_lost_in_silence(
    app: Flask, sign_in: SignIn, submit: Submit, db_session: Session
) -> None:
    headers = sign_in(Level.L2)
    no, key = submit("legal_aid", headers)["no"], Key(worker_id=headers.worker_id)
    outcomes = together(
        app,
        no,
        lambda: acts.withdraw(no=no, key=key, reason="谈好了。"),
        lambda: acts.say(no=no, key=key, text="公司又发了通知", items=[]),
    )
    assert codes(outcomes) == ["done", "ended"]
    texts = [message.text for message in db_session.scalars(sa.select(CaseMessage))]
    assert "公司又发了通知" not in texts


def test_a_case_is_taken_back_or_accepted_but_not_both(
    app: Flask, sign_in: SignIn, submit: Submit, db_session: Session
) -> None:
    headers = sign_in(Level.L1)
    no = submit("grievance", headers)["no"]
    outcomes = together(
        app,
        no,
        lambda: acts.withdraw(no=no, key=Key(worker_id=headers.worker_id), reason=None),
        lambda: working.staff_step(no=no, code="accept", staff_no="A1"),
    )
    assert codes(outcomes) == ["done", "step_not_possible"]


def test_two_ratings_at_once_are_one(app: Flask, sign_in: SignIn, submit: Submit, desk: Desk) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    no, key = case["no"], Key(worker_id=headers.worker_id)
    desk.do(case, "accept", ("reply", "已经处理。"))
    rating = acts.Rating(solved=False, attitude=3, result=2, comment=None)
    outcomes = together(app, no, *[lambda: acts.rate(no=no, key=key, rating=rating)] * 2)
    assert codes(outcomes) == ["done", "already_rated"]


def test_the_same_submission_twice_at_once_is_one_case(app: Flask, sign_in: SignIn, db_session: Session) -> None:
    headers = {**sign_in(Level.L1), "Idempotency-Key": str(uuid.uuid4())}
    body = submission("grievance")
    meet = threading.Barrier(4)
    statuses: list[int] = []

    def send() -> None:
        client = app.test_client()
        meet.wait(timeout=10)
        statuses.append(client.post("/api/v1/cases", json=body, headers=headers).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Case)) == 1


def test_a_supplement_that_had_to_wait_for_the_question_comes_after_it(
    app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    no, key = case["no"], Key(worker_id=headers.worker_id)
    desk.do(case, "accept")
    outcomes = together(
        app,
        no,
        lambda: working.staff_step(no=no, code="ask_more", staff_no="A1", text="是哪个站点？"),
        lambda: acts.supplement(no=no, key=key, answers={"firm": "演示二站"}, items=[]),
    )
    assert codes(outcomes) == ["done", "done"]
    assert db_session.scalars(sa.select(Case.state)).one() == "handling"
    times = db_session.scalars(sa.select(CaseEvent.at).order_by(CaseEvent.number)).all()
    assert list(times) == sorted(times)


def test_two_who_report_one_thing_at_the_same_moment_are_one_case(
    app: Flask, submit: Submit, db_session: Session
) -> None:
    agreed = consents("terms", "location")
    outcomes: list[Any] = [None, None]

    def report(place: int) -> None:
        with app.app_context():
            outcomes[place] = _send(app, submission("hazard_report", identity_mode="anonymous", consents=agreed))

    threads = [threading.Thread(target=report, args=(place,)) for place in range(2)]
    with transaction() as session:
        # Whoever reports a hazard waits here for whoever was first.
        one_at_a_time(session, [hashlib.sha256(b"alike:hazard_report").digest()])
        for number, thread in enumerate(threads, start=1):
            thread.start()
            await_waiting(number)
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(one["state"] for one in outcomes) == ["merged", "new"]


def _send(app: Flask, body: dict[str, Any]) -> Any:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    return app.test_client().post("/api/v1/cases", json=body, headers=headers).json
