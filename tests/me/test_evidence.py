"""Photos of papers: sent when the desk asks, seen by the desk, deleted 30 days after the decision."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.cases.files.forgetting import forget_unclaimed
from server.cases.files.models import Attachment
from server.cases.files.service import EvidenceLeft
from server.core.audit import AuditEvent
from server.core.db import db
from server.core.jobs import run_worker
from server.core.storage import Storage, storage
from server.identity.models import DeskRequest
from server.me import evidence
from tests.cases.files.conftest import jpeg
from tests.me.conftest import Run, verify_as
from tests.moments import Freeze
from tests.sign_in import Headers, SignIn

FRIDAY = datetime(2026, 3, 13, 2, 0, tzinfo=UTC)
WORDS = "请拍一张身份证人像面，拍清楚，四个角都要在。"


def test_nothing_is_taken_that_nobody_asked_for(client: FlaskClient, run: Run, waiting: Headers) -> None:
    photo = upload(client, waiting)
    answer = send(client, waiting, photo)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "nothing_wanted")
    assert db.session.get_one(Attachment, photo).claimed_at is None


def test_the_worker_is_told_what_is_missing_and_the_clock_stands_still_until_it_comes(
    client: FlaskClient, run: Run, sign_in: SignIn, freeze: Freeze, app: Flask
) -> None:
    freeze(FRIDAY)
    headers = sign_in()
    verify(client, headers)
    clock = state(client, headers)["clock"]
    assert (clock["name"], clock["last_day"], clock["paused"]) == ("核对你的姓名和证件", "2026-03-17", False)
    assert run("want", request().id, "--by", "0042", "--what", WORDS).exit_code == 0
    shown = state(client, headers)
    assert (shown["wanted"], shown["clock"]["paused"]) == (WORDS, True)
    notice = client.get("/api/v1/notices", headers=headers).get_json()["items"][0]
    assert WORDS in notice["body"]
    freeze(FRIDAY + timedelta(days=4))
    answer = send(client, headers, upload(client, headers))
    assert answer.status_code == 200
    shown = answer.get_json()["verification"]
    assert (shown["wanted"], shown["clock"]["paused"], shown["clock"]["last_day"]) == (None, False, "2026-03-19")
    assert shown["clock"]["original_due_at"].startswith("2026-03-17")


def test_the_desk_opens_the_photos_and_the_reading_is_recorded(client: FlaskClient, run: Run, waiting: Headers) -> None:
    wanted(client, run, waiting)
    shown = run("show", request().id, "--by", "0042").output
    link = next(word for word in shown.split() if "/attachments/" in word)
    path = link[link.index("/api/v1") :].split("：")[-1]
    assert client.get(path).status_code == 200
    actions = list(db.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))
    assert actions == ["verification.want", "verification.supply", "verification.read"]


def test_another_workers_photo_is_not_taken(client: FlaskClient, run: Run, waiting: Headers, sign_in: SignIn) -> None:
    run("want", request().id, "--by", "0042", "--what", WORDS)
    answer = send(client, waiting, upload(client, sign_in()))
    assert answer.status_code == 422
    assert state(client, waiting)["wanted"] == WORDS, "the desk still waits"


def test_photos_go_thirty_days_after_the_decision_and_that_is_proved(
    client: FlaskClient, run: Run, sign_in: SignIn, freeze: Freeze, app: Flask
) -> None:
    freeze(FRIDAY)
    headers = sign_in()
    verify(client, headers)
    wanted(client, run, headers)
    key = db.session.scalars(sa.select(Attachment.storage_key)).one()
    run("approve", request().id, "--by", "0042")
    freeze(FRIDAY + timedelta(days=30))
    evidence.forget()
    assert storage().has(key)
    freeze(FRIDAY + timedelta(days=30, seconds=1))
    for _ in range(2):
        evidence.forget()
    assert not storage().has(key)
    assert db.session.scalars(sa.select(Attachment)).all() == []
    assert request().evidence_gone_at is not None
    events = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "verification.evidence_deleted")).all()
    assert [event.detail for event in events] == [{"files": 1, "left": 0}]


def test_a_file_that_stays_is_not_called_deleted(
    client: FlaskClient, run: Run, sign_in: SignIn, freeze: Freeze, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(FRIDAY)
    headers = sign_in()
    verify(client, headers)
    wanted(client, run, headers)
    run("refuse", request().id, "--by", "0042", "--because", "照片看不清。")
    freeze(FRIDAY + timedelta(days=31))
    monkeypatch.setattr(Storage, "delete", lambda _self, _key: None)
    with pytest.raises(EvidenceLeft):
        evidence.forget()
    assert request().evidence_gone_at is None
    assert len(db.session.scalars(sa.select(Attachment)).all()) == 1


def test_photos_go_at_once_with_the_consent(app: Flask, client: FlaskClient, run: Run, waiting: Headers) -> None:
    wanted(client, run, waiting)
    key = db.session.scalars(sa.select(Attachment.storage_key)).one()
    client.delete("/api/v1/me/consents/identity", headers=waiting)
    run_worker(app, wait=False, periodic_tasks=False)
    assert not storage().has(key)


def test_photos_that_wait_are_no_orphans(client: FlaskClient, run: Run, sign_in: SignIn, freeze: Freeze) -> None:
    freeze(FRIDAY)
    headers = sign_in()
    verify(client, headers)
    wanted(client, run, headers)
    freeze(FRIDAY + timedelta(days=3))
    forget_unclaimed()
    assert storage().has(db.session.scalars(sa.select(Attachment.storage_key)).one())


def wanted(client: FlaskClient, run: Run, headers: Headers) -> None:
    """The desk asks and the worker sends one photo."""
    assert run("want", request().id, "--by", "0042", "--what", WORDS).exit_code == 0
    assert send(client, headers, upload(client, headers)).status_code == 200


def upload(client: FlaskClient, headers: Headers) -> str:
    files = {"file": (io.BytesIO(jpeg()), "photo.jpg")}
    answer = client.post("/api/v1/attachments", data=files, headers=dict(headers))
    photo: str = answer.get_json()["id"]
    return photo


def send(client: FlaskClient, headers: Headers, *photos: str) -> TestResponse:
    body = {"attachments": [{"id": photo} for photo in photos]}
    return client.post("/api/v1/me/verification/evidence", json=body, headers=headers)


def verify(client: FlaskClient, headers: Headers) -> None:
    assert verify_as(client, headers, 1)["state"] == "manual"


def state(client: FlaskClient, headers: Headers) -> dict[str, Any]:
    shown: dict[str, Any] = client.get("/api/v1/me", headers=headers).get_json()["verification"]
    return shown


def request() -> DeskRequest:
    db.session.expire_all()
    return db.session.scalars(sa.select(DeskRequest)).one()
