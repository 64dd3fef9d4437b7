"""The clock jumps, forward and back: what was promised stays promised, and nothing happens twice."""

import itertools
import os
import signal
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases.escalation import escalate
from server.core import clock
from server.core.access import Level
from server.core.clock import now
from server.core.db import db
from server.notices.models import StaffNotice
from server.seats import offers
from server.seats.claims import claims
from server.seats.models import ClaimState
from server.seats.verify import verify
from tests.activities.conftest import Announce
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.cases.conftest import FRIDAY, submission
from tests.faults.jumping import FILE, Hand
from tests.faults.workers import AFTER, Crowd, state_of
from tests.live import LiveServer, start_server
from tests.moments import Freeze
from tests.sign_in import Headers, SignIn

HOURS = timedelta(hours=1)


def test_a_case_is_made_once_and_runs_its_time_wherever_the_clock_stands(
    app: Flask, client: FlaskClient, sign_in: SignIn, freeze: Freeze
) -> None:
    """Every request is sent twice, with a jump of the clock in between, as by a phone that saw no answer."""
    app.extensions["warmbee_services"].kept.clear()
    who, told = sign_in(Level.L2), []
    right = now()
    for before, after in ((0, 20), (20, -30), (-30, -10), (49, 26), (26, 49)):
        key = {"Idempotency-Key": str(uuid.uuid4())}
        answers = []
        for hours in (before, after):
            freeze(right + hours * HOURS)
            answers.append(client.post("/api/v1/cases", json=submission("grievance"), headers={**who, **key}))
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json["no"] == answers[1].json["no"]
        told.append(answers[0].json)
    freeze(right)
    listed = client.get("/api/v1/me/cases?limit=100", headers=who).json["items"]
    assert sorted(one["no"] for one in listed) == sorted(one["no"] for one in told)
    for case in told:
        shown = client.get(f"/api/v1/cases/{case['no']}", headers=who).json
        assert shown["clocks"]
        assert shown["clocks"] == case["clocks"], "what was promised stays promised"


def test_an_offer_that_ran_out_in_a_jump_is_not_given_again(
    client: FlaskClient, sign_in: SignIn, announce: Announce, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    activity_id = announce(around=FRIDAY, seats=1, waiting_list=True, offers=True)
    people = [sign_in(Level.L1) for _ in range(4)]
    for one in people:
        client.post(f"/api/v1/activities/{activity_id}/signups", headers=one)
    client.delete(f"/api/v1/activities/{activity_id}/signups/mine", headers=people[0])

    def stand() -> list[ClaimState]:
        db.session.rollback()
        found = dict(db.session.execute(sa.select(claims.c.holder_id, claims.c.state)).all())
        return [found[one.worker_id] for one in people[1:]]

    for jump in (3 * HOURS, -HOURS, timedelta(0), 2 * HOURS):
        freeze(FRIDAY + jump)
        offers.expire()
        assert verify()[1] == []
        assert stand() == [ClaimState.PASSED, ClaimState.OFFERED, ClaimState.WAITING]
    claim_id = db.session.scalar(sa.select(claims.c.id).where(claims.c.holder_id == people[2].worker_id))
    taken = client.post(f"/api/v1/signups/{claim_id}/confirmation", headers=people[2])
    assert (taken.status_code, taken.json["state"]) == (200, "signed")


def test_an_alarm_that_rang_in_a_jump_does_not_ring_again(
    app: Flask, client: FlaskClient, sign_in: SignIn, freeze: Freeze
) -> None:
    app.extensions["warmbee_services"].kept.clear()
    freeze(FRIDAY)
    assert client.post("/api/v1/cases", json=submission("grievance"), headers=sign_in()).status_code == 201
    told = []
    for days in (4, -1, 0, 4, 3):
        freeze(FRIDAY + timedelta(days=days))
        escalate(at=now())
        db.session.rollback()
        told.append(db.session.scalar(sa.select(sa.func.count()).select_from(StaffNotice)))
    assert told[0] > 0
    assert told == [told[0]] * 5


JUMPS = [11, -11, 3, -2, 7, 0, -9]
"""Hours. Any two are less than a day apart: for so long the answer to a request is kept."""
CASES_EACH = 8


@pytest.fixture
def hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hand:
    """Turns the clock of the service's processes, and of this one."""
    made = Hand(tmp_path / "clock")
    monkeypatch.setattr(clock, "source", made.read)
    return made


@pytest.fixture
def jumping(app: Flask, environment: dict[str, str], hand: Hand, tmp_path: Path) -> Iterator[LiveServer]:
    started = start_server(
        environment | {FILE: str(hand.file)}, log=tmp_path / "log", application="tests.faults.jumping:create_app()"
    )
    yield started
    # It has done its work; nobody waits for connections that are kept open.
    os.killpg(started.process.pid, signal.SIGKILL)
    started.process.wait(30)


def test_what_is_acknowledged_over_http_while_all_clocks_jump_is_there_once(
    hand: Hand, jumping: LiveServer, sign_in: SignIn, announce: Announce
) -> None:
    """Workers send cases, each twice; others come and go where seats are few; jobs run after each jump."""
    activity_id = announce(seats=2, waiting_list=True, offers=True, begins=30 * DAY, opens=-5 * DAY, closes=20 * DAY)
    senders, comers = [sign_in(Level.L2) for _ in range(3)], [sign_in(Level.L1) for _ in range(5)]
    crowd = Crowd(jumping, senders, twice=True)
    jumps = itertools.cycle(JUMPS)
    jumped = 0
    with ThreadPoolExecutor(len(comers)) as threads, crowd.sending(CASES_EACH):
        told = [threads.submit(come_and_go, jumping, activity_id, who) for who in comers]
        while not crowd.all_sent:
            if crowd.anything_new():
                hand.turn(next(jumps) * HOURS)
                jumped += 1
                offers.expire()
                escalate(at=now())
                db.session.rollback()
    hand.turn(timedelta(0))
    offers.expire()
    assert jumped > 2, "the clocks went forth and back while the workers were sending"
    crowd.check(CASES_EACH)
    assert set(crowd.statuses) == {201}
    assert verify()[1] == []
    for who, last in zip(comers, told, strict=True):
        assert state_of(jumping, activity_id, who) in AFTER[last.result(30)]


DAY = timedelta(days=1)


def come_and_go(server: LiveServer, activity_id: uuid.UUID, who: Headers) -> str:
    """Sign up and give up by turns; returns the last state that was told."""
    url = server.url(f"/api/v1/activities/{activity_id}/signups")
    told = ""
    for _ in range(6):
        for method, path in (("POST", url), ("DELETE", f"{url}/mine"), ("POST", url)):
            answer = requests.request(method, path, headers=who, timeout=30)
            assert answer.status_code in {200, 201}, answer.text
            told = answer.json()["state"]
    return told
