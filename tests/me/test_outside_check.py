"""The outside identity service: asked by a job, once for each claim, only with consent, and never the last word."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.core.access import Level
from server.core.db import db
from server.core.jobs import run_worker
from server.core.outside import Retry, Timeouts
from server.identity import checks
from server.identity.identity_service import PATH, IdentityService, NotCharged, PerhapsCharged
from server.identity.models import CheckState, Consent, DeskReason, DeskRequest, DeskState, IdentityCheck, Said
from server.me import outside_check
from tests.me.conftest import Run
from tests.me.test_verification import body_of
from tests.people import Person, id_number, person
from tests.sign_in import Headers, SignIn
from tests.standins import IDENTITY_APP_ID, IDENTITY_SECRET, StandIn

Claim = Callable[..., Headers]
RARE = "\U00030eda"
"""A character of CJK Extension G."""


@pytest.fixture
def claim(client: FlaskClient, sign_in: SignIn, identity_standin: StandIn) -> Claim:
    """A worker whose verification waits at the desk."""

    def make(number: int = 1, **changes: Any) -> Headers:
        headers = sign_in(Level.L1)
        answer = client.post("/api/v1/me/verification", json=body_of(person(number), **changes), headers=headers)
        assert answer.get_json()["state"] == "manual", answer.get_json()
        return headers

    return make


def on_record(standin: StandIn, *people: Person) -> None:
    for one in people:
        standin.control("POST", "people", {"name": one.name, "id_number": one.id_number})


def charges(standin: StandIn) -> int:
    """What this stand-in ever put on the bill."""
    return len(standin.control("GET", "charges")["items"])


def work(app: Flask) -> None:
    run_worker(app, wait=False, periodic_tasks=False)


def test_who_the_service_knows_is_verified_without_a_person_and_told(
    app: Flask, client: FlaskClient, claim: Claim, identity_standin: StandIn
) -> None:
    on_record(identity_standin, person(1))
    headers = claim(1)
    assert identity_standin.calls(PATH) == [], "nobody waits for the service"
    work(app)
    me = client.get("/api/v1/me", headers=headers).get_json()
    assert (me["level"], me["name_masked"], me["verification"]["state"]) == ("L2", "测*", "matched")
    (notice,) = client.get("/api/v1/notices", headers=headers).get_json()["items"]
    assert notice["kind"] == "verification.approved"


def test_unknown_and_different_are_left_to_a_person_who_sees_what_the_service_said(
    app: Flask, run: Run, claim: Claim, identity_standin: StandIn
) -> None:
    on_record(identity_standin, person(2))
    for number, changes in ((3, {}), (2, {"name": "测小错"})):
        claim(number, **changes)
    work(app)
    said = {}
    for request in waiting():
        said[request.id_number] = run("show", request.id, "--by", "0042").output
    assert "查不到" in said[person(3).id_number]
    assert "不一致" in said[person(2).id_number]


def test_a_rare_character_is_wrongly_called_different_and_a_person_puts_it_right(
    app: Flask, client: FlaskClient, run: Run, claim: Claim, identity_standin: StandIn
) -> None:
    who = Person(f"测小{RARE}", person(5).phone, id_number(5))
    on_record(identity_standin, who)
    headers = claim(5, name=who.name)
    work(app)
    (request,) = waiting()
    assert run("approve", request.id, "--by", "0042").exit_code == 0
    assert client.get("/api/v1/me", headers=headers).get_json()["level"] == "L2"


def test_one_claim_is_paid_once_however_often_and_by_whomever_it_is_made(
    app: Flask, client: FlaskClient, claim: Claim, identity_standin: StandIn
) -> None:
    before = charges(identity_standin)
    headers = claim(6)
    for _ in range(2):
        client.post("/api/v1/me/verification", json=body_of(person(6)), headers=headers)
    claim(6)
    work(app)
    work(app)
    assert len(identity_standin.calls(PATH)) == 1
    assert charges(identity_standin) == before + 1


def test_jobs_at_the_same_moment_ask_once(app: Flask, claim: Claim, identity_standin: StandIn) -> None:
    claim(7)
    claim(7)
    ids = [request.id for request in waiting()]
    assert len(ids) == 2
    identity_standin.fault(PATH, delay_ms=300)

    def run(request_id: uuid.UUID) -> bool:
        with app.app_context():
            return outside_check.ask(request_id=request_id)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, ids * 3))
    assert len(identity_standin.calls(PATH)) == 1


def test_without_consent_nothing_is_sent(
    app: Flask, client: FlaskClient, claim: Claim, identity_standin: StandIn
) -> None:
    claim(8)
    # Not by the withdrawal, which also takes the request back: by the row alone.
    db.session.execute(sa.update(Consent).values(withdrawn_at=sa.func.now()))
    db.session.commit()
    work(app)
    assert identity_standin.calls(PATH) == []
    (request,) = waiting()
    assert request.state is DeskState.OPEN


def test_a_withdrawal_between_claim_and_question_leaves_nothing_to_ask(
    app: Flask, client: FlaskClient, claim: Claim, identity_standin: StandIn
) -> None:
    headers = claim(8)
    client.delete("/api/v1/me/consents/identity", headers=headers)
    work(app)
    assert identity_standin.calls(PATH) == []


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        ({"id_type": "passport", "id_number": "E12345678"}, None),
        ({}, 9),
    ],
    ids=["a paper it does not know", "a number of another account"],
)
def test_what_the_service_cannot_end_is_not_asked(
    app: Flask, claim: Claim, sign_in: SignIn, identity_standin: StandIn, changes: dict[str, str], who: int | None
) -> None:
    if who is not None:
        sign_in(Level.L2, who=person(who))
    claim(9, **changes)
    work(app)
    assert identity_standin.calls(PATH) == []


@pytest.mark.parametrize(
    ("fault", "again"),
    [
        ({"errcode": "maintenance"}, True),
        ({"errcode": "quota_exceeded"}, False),
        ({"errcode": "bad_signature"}, False),
        ({"status": 502}, False),
        ({"body": "<html>busy</html>"}, False),
        ({"body": {"result": "perhaps"}}, False),
        ({"body": {"result": ["same"]}}, False),
    ],
    ids=str,
)
def test_whatever_goes_wrong_the_request_waits_for_a_person(
    app: Flask, claim: Claim, identity_standin: StandIn, fault: dict[str, Any], again: bool
) -> None:
    on_record(identity_standin, person(10))
    claim(10)
    identity_standin.fault(PATH, **fault)
    (request,) = waiting()
    assert outside_check.ask(request_id=request.id) is again
    (request,) = waiting()
    assert (request.state, request.reason) == (DeskState.OPEN, DeskReason.NOT_CONFIRMED)


def test_after_a_maintenance_window_it_is_asked_again_and_charged_once(
    app: Flask, claim: Claim, identity_standin: StandIn
) -> None:
    on_record(identity_standin, person(11))
    before = charges(identity_standin)
    headers = claim(11)
    identity_standin.fault(PATH, errcode="maintenance", times=1)
    work(app)
    assert charges(identity_standin) == before
    (request,) = waiting()
    outside_check.ask(request_id=request.id)
    assert charges(identity_standin) == before + 1
    assert waiting() == []
    assert db.session.get_one(DeskRequest, request.id).worker_id == headers.worker_id


def test_what_may_have_been_charged_is_never_asked_again(app: Flask, claim: Claim, identity_standin: StandIn) -> None:
    claim(12)
    identity_standin.fault(PATH, status=500, times=1)
    (request,) = waiting()
    for _ in range(3):
        outside_check.ask(request_id=request.id)
    assert len(identity_standin.calls(PATH)) == 1
    assert db.session.scalar(sa.select(IdentityCheck.state)) is CheckState.ASKING


def test_a_process_that_died_while_asking_does_not_ask_again(
    app: Flask, claim: Claim, identity_standin: StandIn
) -> None:
    claim(13)
    (request,) = waiting()
    assert isinstance(checks.prepare(request_id=request.id), checks.Question)
    assert outside_check.ask(request_id=request.id) is False
    assert identity_standin.calls(PATH) == []


def test_a_spent_quota_costs_the_worker_nothing_but_time(
    app: Flask, client: FlaskClient, claim: Claim, identity_standin: StandIn
) -> None:
    identity_standin.control("POST", "quota", {"left": 0})
    headers = claim(14)
    work(app)
    state = client.get("/api/v1/me", headers=headers).get_json()["verification"]
    assert state["state"] == "manual"
    assert state["clock"]["basis"] == "working_days"


def test_without_a_service_no_job_is_made(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    client.post("/api/v1/me/verification", json=body_of(person(15)), headers=sign_in(Level.L1))
    count = "SELECT count(*) FROM procrastinate_jobs"
    assert db.session.connection().exec_driver_sql(count).scalar_one() == 0


def test_questions_are_signed_and_each_signature_works_once(identity_standin: StandIn) -> None:
    service = make_service(identity_standin)
    assert service.ask(request_id=uuid.uuid4(), name="测小蜂", id_number=id_number(40)) is Said.UNKNOWN
    forger = IdentityService(api_base=identity_standin.base_url, app_id=IDENTITY_APP_ID, secret="guessed")
    with pytest.raises(NotCharged):
        forger.ask(request_id=uuid.uuid4(), name="测小蜂", id_number=id_number(40))
    bare = requests.post(f"{identity_standin.base_url}{PATH}", json={}, timeout=5)
    assert bare.status_code == 401


def test_a_slow_service_is_given_up_and_may_have_charged(identity_standin: StandIn) -> None:
    identity_standin.fault(PATH, delay_ms=1500, times=1)
    service = make_service(identity_standin, timeouts=Timeouts(connect=1, read=0.2))
    with pytest.raises(PerhapsCharged):
        service.ask(request_id=uuid.uuid4(), name="测小蜂", id_number=id_number(41))
    assert len(identity_standin.calls(PATH)) == 1, "not repeated"


def test_one_that_is_not_there_is_tried_twice_then_spared(free_tcp_port: int) -> None:
    service = IdentityService(
        api_base=f"http://127.0.0.1:{free_tcp_port}",
        app_id="x",
        secret="x",
        retry=Retry(more=1, pause=0.01),
    )
    for _ in range(6):
        with pytest.raises(NotCharged) as caught:
            service.ask(request_id=uuid.uuid4(), name="测小蜂", id_number=id_number(42))
        assert caught.value.again
    assert "a moment ago" in str(caught.value)


def test_errors_hold_neither_name_nor_number(identity_standin: StandIn) -> None:
    identity_standin.fault(PATH, status=500, times=1)
    with pytest.raises(PerhapsCharged) as caught:
        make_service(identity_standin).ask(request_id=uuid.uuid4(), name="测小蜂", id_number=id_number(43))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "测小" not in repr(caught.value)


def make_service(standin: StandIn, **options: Any) -> IdentityService:
    return IdentityService(api_base=standin.base_url, app_id=IDENTITY_APP_ID, secret=IDENTITY_SECRET, **options)


def waiting() -> list[DeskRequest]:
    db.session.expire_all()
    return list(
        db.session.scalars(
            sa.select(DeskRequest).where(DeskRequest.state == DeskState.OPEN).order_by(DeskRequest.created_at)
        )
    )
