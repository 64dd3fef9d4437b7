"""Creating POSTs can be repeated."""

import hashlib
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.core.audit import AuditEvent
from server.core.clock import SHANGHAI, now
from server.core.db import db, transaction
from server.core.tasks import forget_idempotency_records
from server.core.web.idempotency import IdempotencyRecord, _lock

URL = "/api/v1/probe/things"


def rows() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) or 0


def key(value: uuid.UUID | None = None) -> dict[str, str]:
    return {"Idempotency-Key": str(value or uuid.uuid4())}


def test_a_repeat_gets_the_first_answer_and_does_nothing(probe_client: FlaskClient) -> None:
    headers = key()
    first = probe_client.post(URL, json={"name": "a"}, headers=headers)
    again = probe_client.post(URL, json={"name": "a"}, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json == again.json
    assert rows() == 1


def test_without_a_key_everything_is_new(probe_client: FlaskClient) -> None:
    assert probe_client.post(URL, json={"name": "a"}).json != probe_client.post(URL, json={"name": "a"}).json
    assert rows() == 2


def test_the_same_key_with_another_body_is_refused(probe_client: FlaskClient) -> None:
    headers = key()
    probe_client.post(URL, json={"name": "a"}, headers=headers)
    answer = probe_client.post(URL, json={"name": "b"}, headers=headers)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (422, "idempotency_key_reused")
    assert rows() == 1


def test_another_worker_may_use_the_same_key(probe_client: FlaskClient) -> None:
    headers = key()
    first = probe_client.post(URL, json={"name": "a"}, headers=headers | {"Authorization": "Bearer token-L1"})
    second = probe_client.post(URL, json={"name": "a"}, headers=headers | {"Authorization": "Bearer token-L2"})
    assert first.json != second.json


def test_a_failed_request_is_not_kept_and_leaves_nothing(probe_client: FlaskClient) -> None:
    headers = key()
    assert probe_client.post(URL, json={"name": "conflict"}, headers=headers).status_code == 409
    assert rows() == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(IdempotencyRecord)) == 0


def test_a_key_that_is_no_uuid_is_refused(probe_client: FlaskClient) -> None:
    assert probe_client.post(URL, json={"name": "a"}, headers={"Idempotency-Key": "1"}).status_code == 422


def test_neither_key_nor_answer_can_be_read_from_the_table(probe_client: FlaskClient) -> None:
    value = uuid.uuid4()
    secret = probe_client.post(URL, json={"name": "a"}, headers=key(value)).get_json()["secret"]
    record = db.session.scalars(sa.select(IdempotencyRecord)).one()
    stored = record.key_hash + record.request_hmac + record.answer
    assert value.bytes not in stored
    assert secret.encode() not in stored


def test_at_the_same_moment_the_second_is_told_so(probe_client: FlaskClient, probe_app: Flask) -> None:
    headers = key()
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        value = uuid.UUID(headers["Idempotency-Key"])
        with probe_app.app_context(), transaction() as session:
            _lock(session, hashlib.sha256(b"idempotency:" + value.bytes).digest(), wait=False)
            inside.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait(10)
    try:
        answer = probe_client.post(URL, json={"name": "a"}, headers=headers)
    finally:
        leave.set()
        holder.join()
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (409, "in_progress")
    assert probe_client.post(URL, json={"name": "a"}, headers=headers).status_code == 201


def test_nothing_tells_at_which_minute_somebody_was_there(
    probe_client: FlaskClient, freeze: Callable[[datetime], None]
) -> None:
    freeze(datetime(2026, 3, 13, 10, 40, 12, 345678, tzinfo=SHANGHAI))
    probe_client.post(URL, json={"name": "a"}, headers=key())
    assert db.session.scalars(sa.select(IdempotencyRecord.created_at)).all() == [
        datetime(2026, 3, 13, 11, tzinfo=SHANGHAI)
    ]


def test_after_a_day_the_key_is_free_and_the_row_goes(
    probe_client: FlaskClient, freeze: Callable[[datetime], None]
) -> None:
    headers = key()
    start = now()
    first = probe_client.post(URL, json={"name": "a"}, headers=headers)
    freeze(start + timedelta(hours=23))
    assert probe_client.post(URL, json={"name": "a"}, headers=headers).json == first.json
    freeze(start + timedelta(hours=25))
    assert probe_client.post(URL, json={"name": "a"}, headers=headers).json != first.json
    freeze(start + timedelta(hours=50))
    forget_idempotency_records()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(IdempotencyRecord)) == 0


def test_a_burst_of_the_same_request_creates_one_thing(probe_app: Flask, probe_client: FlaskClient) -> None:
    headers = key()
    barrier = threading.Barrier(8)
    statuses: list[int] = []

    def tap() -> None:
        barrier.wait()
        statuses.append(probe_app.test_client().post(URL, json={"name": "a"}, headers=headers).status_code)

    taps = [threading.Thread(target=tap) for _ in range(8)]
    for thread in taps:
        thread.start()
    for thread in taps:
        thread.join()
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert rows() == 1
