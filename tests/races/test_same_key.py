"""The same Idempotency-Key at the same moment, in several processes: one thing is made, everybody gets its answer."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from server.cases.models import Case, CaseEvent, CaseMessage
from server.core.db import db
from server.core.web import idempotency
from server.seats.claims import claims
from tests.activities.conftest import Announce
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.cases.conftest import submission
from tests.races.racing import PROCESSES, Racers
from tests.sign_in import SignIn

AT_ONCE = 2 * PROCESSES


@dataclass(frozen=True)
class Request:
    """A POST as a phone sends it, again and again."""

    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]


def send(request: Request) -> tuple[int, Any]:
    """Returns the status, 0 for what nobody expects, and the answer."""
    # The tables are empty before each test; this process has to learn that again.
    current_app.extensions["warmbee_services"].kept.clear()
    try:
        answer = current_app.test_client().post(
            f"/api/v1{request.path}", json=request.body, headers=dict(request.headers)
        )
    except Exception as error:
        return 0, type(error).__name__
    return (0 if answer.status_code == 500 else answer.status_code), answer.get_json()


_lock = idempotency._lock


def lock_with(locking: bool) -> None:
    """Take the lock on the key off in this process, or put it back."""
    idempotency._lock = _lock if locking else lambda *_, **__: None
    idempotency._seal = _seal if locking else _slowly


_seal = idempotency._seal


def _slowly(*args: Any) -> bytes:
    """What is made takes its time, before its answer is kept."""
    time.sleep(0.1)
    return _seal(*args)


@pytest.fixture
def unlocked(racers: Racers) -> Iterator[None]:
    racers.race(lock_with, [False] * PROCESSES)
    yield
    racers.race(lock_with, [True] * PROCESSES)


def count(table: Any) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.fixture
def case(app: Flask, sign_in: SignIn) -> Request:
    """One that is sent for the first time; the service's version is kept already."""
    app.extensions["warmbee_services"].kept.clear()
    who = sign_in()
    body = submission("grievance")
    first = app.test_client().post("/api/v1/cases", json=body, headers=who)
    assert first.status_code == 201
    return Request("/cases", body, {**who, "Idempotency-Key": str(uuid.uuid4())})


@pytest.fixture
def message(case: Request) -> Request:
    no = db.session.scalars(sa.select(Case.no)).one()
    return Request(f"/cases/{no}/messages", {"text": "公司又发了通知。"}, case.headers)


Make = Callable[[], Request]


@pytest.mark.usefixtures("unlocked")
def test_without_the_lock_on_the_key_some_are_told_of_a_fault(case: Request, racers: Racers) -> None:
    """Shows that this set-up can tell right from wrong."""
    assert 0 in {status for status, _ in racers.race(send, [case] * AT_ONCE)}


@pytest.mark.parametrize(("asked", "table", "before"), [("case", Case, 1), ("message", CaseMessage, 0)])
def test_one_thing_is_made_and_everybody_gets_its_answer(
    request: pytest.FixtureRequest, racers: Racers, asked: str, table: Any, before: int
) -> None:
    wanted = request.getfixturevalue(asked)
    told = racers.race(send, [wanted] * AT_ONCE)
    assert {status for status, _ in told} <= {201, 409}
    assert {answer["code"] for status, answer in told if status == 409} <= {"in_progress"}
    again = racers.race(send, [wanted])
    assert {status for status, _ in again} == {201}
    answers = [answer for status, answer in [*told, *again] if status == 201]
    assert all(answer == answers[0] for answer in answers)
    assert count(table) == before + 1
    if table is Case:
        assert count(CaseEvent) == before + 1


def test_a_sign_up_with_one_key_is_one_sign_up(announce: Announce, racers: Racers, sign_in: SignIn) -> None:
    """It needs no key, and minds none."""
    activity_id = announce(seats=3)
    wanted = Request(f"/activities/{activity_id}/signups", {}, {**sign_in(), "Idempotency-Key": str(uuid.uuid4())})
    told = racers.race(send, [wanted] * AT_ONCE)
    assert sorted(status for status, _ in told) == [200] * (AT_ONCE - 1) + [201]
    assert len({answer["id"] for _, answer in told}) == 1
    assert count(claims) == 1
