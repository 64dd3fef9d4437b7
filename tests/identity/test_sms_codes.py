"""Codes by SMS: sent by a job, tried five times, and never telling who is registered."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.core.access import Level
from server.core.db import db
from server.core.jobs import run_worker
from server.core.settings import Settings
from server.identity import codes, service, tasks
from server.identity.models import SmsCode, Worker
from tests.people import person
from tests.sign_in import SignIn
from tests.standins import StandIn

SMS_CODES = "/api/v1/sms-codes"
SESSIONS = "/api/v1/sessions"
BEGIN = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)
PHONE = person(1).phone


def test_the_code_that_arrives_opens_an_account(app: Flask, client: FlaskClient, sms_standin: StandIn) -> None:
    assert client.post(SMS_CODES, json={"phone": f"+86 {PHONE}"}).status_code == 202
    run_worker(app, wait=False, periodic_tasks=False)
    (message,) = [one for one in sms_standin.messages() if one["phone"] == PHONE][-1:]
    answer = client.post(SESSIONS, json={"phone": PHONE, "sms_code": message["code"]})
    assert answer.status_code == 201
    assert answer.get_json()["worker"]["level"] == "L1"
    assert answer.get_json()["worker"]["phone_masked"] == f"199****{PHONE[-4:]}"


def test_the_same_phone_opens_the_same_account(client: FlaskClient) -> None:
    ids = {client.post(SESSIONS, json=_fresh_code()).get_json()["worker"]["id"] for _ in range(2)}
    assert len(ids) == 1


def test_a_verified_worker_comes_back_verified(client: FlaskClient, sign_in: SignIn) -> None:
    headers = sign_in(Level.L2, who=person(1))
    worker = client.post(SESSIONS, json=_fresh_code()).get_json()["worker"]
    assert (worker["id"], worker["level"]) == (str(headers.worker_id), "L2")


def test_of_a_shared_phone_the_last_to_confirm_it_is_opened(
    client: FlaskClient, sign_in: SignIn, freeze: Callable[[datetime], None]
) -> None:
    freeze(BEGIN)
    sign_in(Level.L1, who=person(1))
    freeze(BEGIN + timedelta(days=1))
    second = sign_in(Level.L1, who=person(1))
    assert client.post(SESSIONS, json=_fresh_code()).get_json()["worker"]["id"] == str(second.worker_id)


def test_the_answer_is_the_same_for_known_unknown_and_tired_phones(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(Level.L2, who=person(1))
    answers = [client.post(SMS_CODES, json={"phone": phone}) for phone in (PHONE, PHONE, person(2).phone)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert len({answer.get_data() for answer in answers}) == 1


def test_the_work_is_the_same_for_known_unknown_and_tired_phones(
    client: FlaskClient, sign_in: SignIn, count_queries: list[str]
) -> None:
    sign_in(Level.L2, who=person(1))
    work = []
    for phone in (PHONE, PHONE, person(2).phone):
        count_queries.clear()
        client.post(SMS_CODES, json={"phone": phone})
        work.append(list(count_queries))
    assert work[0] == work[1] == work[2]


def test_what_cannot_be_a_phone_is_told_so(client: FlaskClient) -> None:
    answer = client.post(SMS_CODES, json={"phone": "123"})
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["phone"]


@pytest.mark.parametrize(
    ("asked_after_seconds", "sent"),
    [
        ([0, 59], 1),
        ([0, 60], 2),
        ([60 * n for n in range(7)], 5),
        ([3600, *[3600 + 61 * n for n in range(1, 5)], 7200], 6),
        ([900 * n for n in range(14)], 10),
        ([900 * n for n in range(10)] + [86400], 11),
    ],
)
def test_a_phone_is_not_flooded(
    app: Flask,
    client: FlaskClient,
    freeze: Callable[[datetime], None],
    asked_after_seconds: list[int],
    sent: int,
) -> None:
    for seconds in asked_after_seconds:
        freeze(BEGIN + timedelta(seconds=seconds))
        assert client.post(SMS_CODES, json={"phone": PHONE}).status_code == 202
    rows = db.session.scalars(sa.select(SmsCode)).all()
    assert len(rows) == len(asked_after_seconds)
    assert len([row for row in rows if not row.withheld]) == sent


def test_asking_in_parallel_sends_one(app: Flask) -> None:
    _in_parallel(app, 8, lambda _: codes.request_code(phone=PHONE))
    rows = db.session.scalars(sa.select(SmsCode)).all()
    assert len(rows) == 8
    assert len([row for row in rows if not row.withheld]) == 1


def test_what_is_withheld_is_not_sent_and_opens_nothing(app: Flask, client: FlaskClient, sms_standin: StandIn) -> None:
    phone = person(3).phone
    for _ in range(2):
        codes.request_code(phone=phone)
    withheld = db.session.scalars(sa.select(SmsCode).where(SmsCode.withheld)).one()
    code = withheld.code
    run_worker(app, wait=False, periodic_tasks=False)
    assert len([one for one in sms_standin.messages() if one["phone"] == phone]) == 1
    assert client.post(SESSIONS, json={"phone": phone, "sms_code": code}).status_code == 401


def test_one_address_cannot_ask_for_everybody(app: Flask, environment: dict[str, str]) -> None:
    limited = create_app(Settings.from_env(environment | {"RATE_LIMITS": "on"}))
    with limited.app_context():
        client = limited.test_client()
        answers = [client.post(SMS_CODES, json={"phone": person(100 + n).phone}) for n in range(11)]
    assert [answer.status_code for answer in answers] == [202] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_a_code_works_once(client: FlaskClient) -> None:
    body = _fresh_code()
    assert client.post(SESSIONS, json=body).status_code == 201
    answer = client.post(SESSIONS, json=body)
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "sms_code_invalid"


def test_a_code_is_good_for_five_minutes(client: FlaskClient, freeze: Callable[[datetime], None]) -> None:
    freeze(BEGIN)
    first = _fresh_code()
    freeze(BEGIN + codes.VALID - timedelta(seconds=1))
    assert client.post(SESSIONS, json=first).status_code == 201
    freeze(BEGIN + timedelta(hours=1))
    second = _fresh_code()
    freeze(BEGIN + timedelta(hours=1) + codes.VALID)
    assert client.post(SESSIONS, json=second).status_code == 401


def test_only_the_newest_code_works(client: FlaskClient, freeze: Callable[[datetime], None]) -> None:
    freeze(BEGIN)
    old = _fresh_code()
    freeze(BEGIN + timedelta(seconds=90))
    new = _fresh_code()
    if old != new:
        assert client.post(SESSIONS, json=old).status_code == 401
    assert client.post(SESSIONS, json=new).status_code == 201


def test_a_code_belongs_to_the_phone_that_it_was_sent_to(client: FlaskClient) -> None:
    body = _fresh_code()
    codes.request_code(phone=person(2).phone)
    assert client.post(SESSIONS, json=body | {"phone": person(2).phone}).status_code == 401


def test_after_five_wrong_tries_the_right_code_is_refused_in_the_same_words(client: FlaskClient) -> None:
    body = _fresh_code()
    wrong = body | {"sms_code": _other_than(body["sms_code"])}
    answers = [client.post(SESSIONS, json=wrong) for _ in range(codes.TRIES)]
    answers.append(client.post(SESSIONS, json=body))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.get_json()["title"] for answer in answers}) == 1


def test_four_wrong_tries_leave_one(client: FlaskClient) -> None:
    body = _fresh_code()
    for _ in range(codes.TRIES - 1):
        client.post(SESSIONS, json=body | {"sms_code": _other_than(body["sms_code"])})
    assert client.post(SESSIONS, json=body).status_code == 201


def test_guessing_in_parallel_wins_no_try(app: Flask) -> None:
    """Of many guesses at the same moment exactly five are looked at, whichever they are."""
    body = _fresh_code()
    wrong = _other_than(body["sms_code"])
    opened = _in_parallel(app, 12, lambda _: codes.sign_in_with_code(phone=PHONE, code=wrong))
    assert opened == [None] * 12
    db.session.rollback()
    assert db.session.scalars(sa.select(SmsCode.tries)).one() == codes.TRIES
    assert codes.sign_in_with_code(phone=PHONE, code=body["sms_code"]) is None


def test_the_right_code_typed_in_parallel_opens_one_account_once(app: Flask) -> None:
    body = _fresh_code()
    opened = _in_parallel(app, 5, lambda _: codes.sign_in_with_code(phone=PHONE, code=body["sms_code"]) is not None)
    assert sorted(opened) == [False, False, False, False, True]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Worker)) == 1


def test_a_new_phone_on_two_devices_at_once_makes_one_account(app: Flask) -> None:
    _in_parallel(app, 6, lambda _: service.sign_in_by_phone(phone=PHONE))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Worker)) == 1


def test_the_same_code_looks_different_for_every_phone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes.secrets, "randbelow", lambda _: 7)
    for number in (1, 2):
        codes.request_code(phone=person(number).phone)
    one, two = db.session.scalars(sa.select(SmsCode)).all()
    assert one.code == two.code == "000007"
    assert one.code_hmac != two.code_hmac


def test_number_and_code_are_sealed_while_they_wait_and_gone_when_they_are_sent(
    app: Flask, client: FlaskClient, sms_standin: StandIn
) -> None:
    client.post(SMS_CODES, json={"phone": PHONE})
    row = db.session.scalars(sa.select(SmsCode)).one()
    code = row.code
    assert code is not None
    waiting = _dump("sms_code") + _dump("procrastinate_jobs")
    assert PHONE.encode() not in waiting
    assert code.encode() not in waiting
    assert str(row.id).encode() in waiting
    run_worker(app, wait=False, periodic_tasks=False)
    db.session.expire_all()
    assert (row.phone, row.code) == (None, None)
    assert row.sent_at is not None


def test_no_job_remains_of_a_request_that_was_rolled_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(codes, "defer", fail)
    with pytest.raises(RuntimeError):
        codes.request_code(phone=PHONE)
    assert db.session.scalars(sa.select(SmsCode)).all() == []


def test_a_code_that_may_have_arrived_is_not_sent_again(app: Flask, sms_standin: StandIn) -> None:
    codes.request_code(phone=PHONE)
    sms_standin.fault("/v1/messages", status=503, times=1)
    run_worker(app, wait=False, periodic_tasks=False)
    row = db.session.scalars(sa.select(SmsCode)).one()
    assert (row.phone, row.code) == (None, None)
    assert db.session.execute(sa.text("SELECT status::text FROM procrastinate_jobs")).all() == []


def test_a_provider_that_took_nothing_is_tried_again(app: Flask, sms_standin: StandIn) -> None:
    codes.request_code(phone=PHONE)
    sms_standin.fault("/v1/messages", errcode="rate_limited", times=1)
    run_worker(app, wait=False, periodic_tasks=False)
    row = db.session.scalars(sa.select(SmsCode)).one()
    assert row.sent_at is None
    assert row.code is not None
    (job,) = db.session.execute(sa.text("SELECT status::text, attempts FROM procrastinate_jobs")).all()
    assert job == ("todo", 1)


def test_a_code_that_ran_out_waiting_is_wiped_and_not_sent(
    app: Flask, sms_standin: StandIn, freeze: Callable[[datetime], None]
) -> None:
    freeze(BEGIN)
    phone = person(4).phone
    codes.request_code(phone=phone)
    row = db.session.scalars(sa.select(SmsCode)).one()
    freeze(BEGIN + codes.VALID)
    tasks.send_code(code_id=str(row.id))
    db.session.expire_all()
    assert (row.phone, row.code, row.sent_at) == (None, None, None)
    assert [one for one in sms_standin.messages() if one["phone"] == phone] == []


def test_sending_an_unknown_code_does_nothing(app: Flask) -> None:
    tasks.send_code(code_id=str(uuid.uuid4()))


def test_codes_are_forgotten_after_a_day(app: Flask, freeze: Callable[[datetime], None]) -> None:
    freeze(BEGIN)
    codes.request_code(phone=PHONE)
    freeze(BEGIN + timedelta(days=1))
    tasks.forget()
    assert db.session.scalars(sa.select(SmsCode)).all() != []
    freeze(BEGIN + timedelta(days=1, seconds=1))
    tasks.forget()
    assert db.session.scalars(sa.select(SmsCode)).all() == []


def _fresh_code() -> dict[str, str]:
    """Have a code made for PHONE (past the limits), and read it from the row."""
    db.session.execute(sa.update(SmsCode).values(withheld=True))
    db.session.commit()
    codes.request_code(phone=PHONE)
    row = db.session.scalars(sa.select(SmsCode).order_by(SmsCode.id.desc()).limit(1)).one()
    assert row.code is not None
    return {"phone": PHONE, "sms_code": row.code}


def _other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def _dump(table: str) -> bytes:
    rows = db.session.execute(sa.text(f"SELECT * FROM {table}")).all()
    values = [value for row in rows for value in row]
    return b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


def _in_parallel(app: Flask, times: int, work: Callable[[int], object]) -> list[object]:
    def run(number: int) -> object:
        with app.app_context():
            return work(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))
