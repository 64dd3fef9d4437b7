"""The same asked for twice at the same moment, of several gunicorn processes: it is done once, both are told so."""

import os
import re
import signal
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases import working
from server.cases.models import Case, CaseEvent, CaseMessage
from server.core.db import db
from server.notices.models import Notice
from server.seats.claims import claims
from server.seats.verify import verify
from tests.activities.conftest import Announce
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.cases.conftest import submission
from tests.desk import Desk, desk_of
from tests.live import LiveServer, start_server
from tests.races.racing import index_dropped
from tests.races.served import APPLICATION, PROCESS, UNPROTECTED
from tests.sign_in import SignIn

PROCESSES = 4
TAPS = 8
TRIES = 5
WORDS = "罚款已经全部退回，凭证寄给你了。"


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[LiveServer]:
    started = start_server(environment, log=log, workers=PROCESSES, application=APPLICATION)
    yield started
    # It has done its work; nobody waits for connections that are kept open.
    os.killpg(started.process.pid, signal.SIGKILL)
    started.process.wait(30)


@pytest.fixture(scope="module")
def module_server(
    shared_app: Flask, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    with serving(environment, tmp_path_factory.mktemp("served") / "log") as started:
        yield started


@pytest.fixture
def protected(app: Flask, module_server: LiveServer) -> LiveServer:
    return module_server


@pytest.fixture
def unprotected(app: Flask, environment: dict[str, str], tmp_path: Path) -> Iterator[LiveServer]:
    with serving(environment | {UNPROTECTED: "yes"}, tmp_path / "log") as started:
        yield started


def at_once(asking: Sequence[Callable[[], requests.Response]]) -> list[requests.Response]:
    """Do all at the same moment, each over a connection of its own."""
    start = threading.Barrier(len(asking), timeout=60)

    def ask(one: Callable[[], requests.Response]) -> requests.Response:
        start.wait()
        return one()

    with ThreadPoolExecutor(len(asking)) as threads:
        return list(threads.map(ask, asking))


def processes(answers: Sequence[requests.Response]) -> int:
    return len({answer.headers[PROCESS] for answer in answers})


# ── a double click at the desk


@dataclass(frozen=True)
class Click:
    """A step on a case's page, and how the case stands when it is done."""

    step: str
    state: str
    before: Sequence[str] = ()

    def __str__(self) -> str:
        return self.step


CLICKS = [Click("reply", "replied", ("accept", "begin")), Click("refuse", "not_accepted")]
Send = Callable[[], str]


@pytest.fixture
def desk(app: Flask) -> Desk:
    app.extensions["warmbee_services"].kept.clear()
    return desk_of(app, "S0001", "district_rights")


@pytest.fixture
def send(client: FlaskClient, sign_in: SignIn, desk: Desk) -> Send:
    who = sign_in()

    def send() -> str:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        answer = client.post("/api/v1/cases", json=submission("grievance"), headers={**who, **key})
        assert answer.status_code == 201
        return str(answer.json["no"])

    return send


def double_click(server: LiveServer, desk: Desk, no: str, step: str) -> list[requests.Response]:
    """Open the form of a step, write, and send it twice at once; both answers, as the browser gets them."""
    cookie = desk.client.get_cookie("warmbee_console", path="/console")
    assert cookie is not None
    page = server.url(f"/console/cases/{no}/steps/{step}")
    browser = {"Cookie": f"{cookie.key}={cookie.value}"}
    opened = requests.get(page, headers=browser, timeout=60)
    assert opened.status_code == 200, opened.text
    if renewed := opened.cookies.get(cookie.key):
        browser = {"Cookie": f"{cookie.key}={renewed}"}
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', opened.text)) | {
        "text": WORDS,
        "ground": "not_ours",
    }

    def click() -> requests.Response:
        return requests.post(page, data=form, headers=browser, timeout=30, allow_redirects=False)

    return at_once([click] * 2)


def undone(answers: Sequence[requests.Response], no: str, click: Click) -> list[str]:
    """What nobody should ever see after a double click."""
    db.session.rollback()
    case = db.session.scalars(sa.select(Case).where(Case.no == no)).one()
    found = [f"answered {answer.status_code}" for answer in answers if answer.status_code != 303]
    found += ["not led to the case" for answer in answers if not answer.headers.get("Location", "").endswith(no)]
    if case.state != click.state:
        found.append(f"the case is {case.state}")
    events = db.session.scalars(sa.select(CaseEvent.step).where(CaseEvent.case_id == case.id)).all()
    words = db.session.scalars(sa.select(CaseMessage.text).where(CaseMessage.case_id == case.id)).all()
    notices = db.session.scalars(sa.select(Notice.body).where(Notice.kind == "case.decided")).all()
    counts = {
        "steps": events.count(click.step),
        "replies": sum(WORDS in one for one in words),
        "notices": sum(no in body for body in notices),
    }
    return found + [f"{count} {what}" for what, count in counts.items() if count != 1]


def clicked(server: LiveServer, desk: Desk, send: Send, click: Click) -> tuple[list[str], int]:
    """What is wrong after a double click on a new case, and how many processes took part."""
    no = send()
    for step in click.before:
        working.staff_step(no=no, code=step, staff_no="S0001")
    answers = double_click(server, desk, no, click.step)
    return undone(answers, no, click), processes(answers)


def test_without_the_lock_on_the_case_one_of_two_clicks_meets_a_fault(
    unprotected: LiveServer, desk: Desk, send: Send
) -> None:
    """Shows that this set-up can tell right from wrong: only the numbers of the timeline forbid a second step then."""
    assert any("answered 500" in clicked(unprotected, desk, send, click)[0] for _ in range(TRIES) for click in CLICKS)


@pytest.mark.parametrize("click", CLICKS, ids=str)
def test_a_double_click_is_one_step_one_reply_and_one_notice(
    protected: LiveServer, desk: Desk, send: Send, click: Click
) -> None:
    done = [clicked(protected, desk, send, click) for _ in range(TRIES)]
    assert [wrong for wrong, _ in done] == [[]] * TRIES
    assert max(took_part for _, took_part in done) == 2


# ── a sign-up with one key

SEATS = 3


Taps = tuple[list[requests.Response], int]
"""What was answered, and how many claims there are afterwards."""


def tapped(server: LiveServer, announce: Announce, sign_in: SignIn, **how: Any) -> Taps:
    """Many taps of one person on one activity, under one key."""
    activity_id = announce(seats=SEATS, **how)
    url = server.url(f"/api/v1/activities/{activity_id}/signups")
    headers = {**sign_in(), "Idempotency-Key": str(uuid.uuid4())}
    answers = at_once([lambda: requests.post(url, json={}, headers=headers, timeout=30)] * TAPS)
    db.session.rollback()
    living = sa.select(sa.func.count()).select_from(claims).where(claims.c.scope_id == activity_id)
    return answers, db.session.scalar(living) or 0


def test_without_the_index_one_key_takes_several_seats(
    unprotected: LiveServer, announce: Announce, sign_in: SignIn
) -> None:
    """Shows that this set-up can tell right from wrong."""
    with index_dropped("uq_seat_claim_living", table="seat_claim"):
        rounds = [tapped(unprotected, announce, sign_in) for _ in range(TRIES)]
        assert max(processes(answers) for answers, _ in rounds) > 1
        assert max(living for _, living in rounds) > 1
        for answers, living in rounds:
            assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == living


@pytest.mark.parametrize("waiting_list", [False, True])
def test_one_key_at_once_takes_one_seat(
    protected: LiveServer, announce: Announce, sign_in: SignIn, waiting_list: bool
) -> None:
    rounds = [tapped(protected, announce, sign_in, waiting_list=waiting_list) for _ in range(TRIES)]
    assert max(processes(answers) for answers, _ in rounds) > 1
    for answers, living in rounds:
        assert sorted(answer.status_code for answer in answers) == [200] * (TAPS - 1) + [201]
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert living == 1
    assert verify()[1] == []
