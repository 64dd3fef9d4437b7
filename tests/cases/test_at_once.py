"""Two at once on one case: one wins, the other is told, nothing is lost or doubled."""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from server.cases import acts, likeness, working
from server.cases.catalogue import catalogue, keep_once
from server.cases.models import Case, CaseEvent, CaseMessage
from server.cases.ownership import Key
from server.core.access import Level
from server.core.db import db, transaction
from server.core.errors import Problem
from tests.cases.conftest import Desk, Submit, consents, submission
from tests.sign_in import SignIn

Act = Callable[[], object]


LOCK_OF_A_CASE = "FOR NO KEY UPDATE"
LOCK_OF_WHAT_IS_ALIKE = "pg_advisory_xact_lock"
HERE = {"lat": 22.5502, "lng": 114.0818, "source": "here", "accuracy": 12, "street": "440304011"}
OVER_THE_BORDER = {**HERE, "lat": 22.55025, "street": "440304009"}
"""Five metres on, and said to be in the next street."""


def together(app: Flask, first: Act, second: Act, *, at: str = LOCK_OF_A_CASE) -> list[object]:
    """Let two acts meet at a lock: the first has it when the second comes for it; what each came to.

    Args:
        at: what the statement that takes the lock says.
    """
    outcomes: list[object] = [None, None]
    has_it, comes = threading.Event(), threading.Event()

    def run(place: int, act: Act) -> None:
        with app.app_context():
            try:
                outcomes[place] = act()
            except Problem as problem:
                outcomes[place] = problem

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate((first, second))]

    def on_sending(statement: str) -> None:
        if at in statement and threading.current_thread() is threads[1]:
            comes.set()

    def on_answer(statement: str) -> None:
        if at in statement and threading.current_thread() is threads[0] and not has_it.is_set():
            has_it.set()
            assert comes.wait(timeout=20), "the second never comes for the lock"

    with app.app_context(), heard(on_sending, on_answer):
        threads[0].start()
        assert has_it.wait(timeout=20), "the first never takes the lock"
        threads[1].start()
        for thread in threads:
            thread.join(timeout=40)
    return outcomes


@contextmanager
def heard(on_sending: Callable[[str], None], on_answer: Callable[[str], None]) -> Iterator[None]:
    """Tell of every statement before it goes to the database, and once it is answered."""

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        on_sending(statement)

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        on_answer(statement)

    # Of all engines: a read-only view has another one.
    event.listen(sa.Engine, "before_cursor_execute", before)
    event.listen(sa.Engine, "after_cursor_execute", after)
    try:
        yield
    finally:
        event.remove(sa.Engine, "before_cursor_execute", before)
        event.remove(sa.Engine, "after_cursor_execute", after)


def codes(outcomes: list[object]) -> list[object]:
    return [outcome.code if isinstance(outcome, Problem) else "done" for outcome in outcomes]


def test_of_two_staff_members_one_wins_and_the_other_is_told(
    app: Flask, sign_in: SignIn, submit: Submit, db_session: Session
) -> None:
    no = submit("grievance", sign_in(Level.L1))["no"]
    outcomes = together(
        app,
        lambda: working.staff_step(no=no, code="accept", staff_no="A1"),
        lambda: working.staff_step(no=no, code="refuse", staff_no="B2", named=working.Named(ground="empty")),
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
    outcomes = together(app, *[lambda: acts.rate(no=no, key=key, rating=rating)] * 2)
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
        lambda: working.staff_step(no=no, code="ask_more", staff_no="A1", text="是哪个站点？"),
        lambda: acts.supplement(no=no, key=key, answers={"firm": "演示二站"}, items=[]),
    )
    assert codes(outcomes) == ["done", "done"]
    assert db_session.scalars(sa.select(Case.state)).one() == "handling"
    times = db_session.scalars(sa.select(CaseEvent.at).order_by(CaseEvent.number)).all()
    assert list(times) == sorted(times)


def _reports(app: Flask, *spots: dict[str, Any]) -> list[Act]:
    """Somebody reports a hazard, at each of these."""
    with transaction():
        # Or the second waits for the version that the first writes down, and never comes to the lock.
        keep_once(catalogue().current["hazard_report"])
    given = consents("terms", "location")
    bodies = [
        submission("hazard_report", identity_mode="anonymous", consents=given, answers={"spot": spot}) for spot in spots
    ]
    return [partial(_send, app, body) for body in bodies]


@pytest.mark.parametrize("other", [HERE, OVER_THE_BORDER], ids=["one place", "both sides of a border"])
def test_two_who_report_one_thing_at_the_same_moment_are_one_case(app: Flask, other: dict[str, Any]) -> None:
    outcomes = together(app, *_reports(app, HERE, other), at=LOCK_OF_WHAT_IS_ALIKE)
    assert [one["state"] for one in outcomes] == ["new", "merged"]


def test_without_waiting_for_each_other_they_are_two(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, both = likeness._alike, threading.Barrier(2, timeout=30)

    def look(*args: Any, **kwargs: Any) -> Any:
        found = list(looks(*args, **kwargs))
        both.wait()
        return found

    monkeypatch.setattr(likeness, "one_at_a_time", lambda *_: None)
    monkeypatch.setattr(likeness, "_alike", look)
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda send: send(), _reports(app, HERE, OVER_THE_BORDER)))
    assert [one["state"] for one in outcomes] == ["new", "new"]


def _send(app: Flask, body: dict[str, Any]) -> Any:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    return app.test_client().post("/api/v1/cases", json=body, headers=headers).json
