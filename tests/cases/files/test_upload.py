"""POST /attachments."""

import hashlib
import logging
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.app import create_app
from server.cases.files.content import MAX_BYTES
from server.cases.files.models import Attachment
from server.core.redis import redis_client
from server.core.settings import Settings
from server.core.storage import storage
from tests.cases.files.conftest import Upload, encoded, exif_with_place, jpeg, pdf, picture, png
from tests.full_disk import no_file_may_grow_past
from tests.sign_in import Headers


def test_a_guest_gets_the_secret_that_claims_the_file(upload: Upload, db_session: Session) -> None:
    answer = upload(jpeg(exif=exif_with_place()))
    assert answer.status_code == 201
    body = answer.get_json()
    assert set(body) == {"id", "sha256", "size", "media_type", "left", "claim"}
    row = db_session.get_one(Attachment, uuid.UUID(body["id"]))
    assert row.owner_worker_id is None
    assert row.claim_hash == hashlib.sha256(body["claim"].encode()).digest()
    with storage().open(row.storage_key) as file:
        kept = file.read()
    assert (body["sha256"], body["size"]) == (hashlib.sha256(kept).hexdigest(), len(kept))
    assert b"MarkedMaker" not in kept


def test_a_worker_needs_no_secret(upload: Upload, one: Headers, db_session: Session) -> None:
    answer = upload(jpeg(), headers=one)
    assert answer.status_code == 201
    assert "claim" not in answer.get_json()
    row = db_session.get_one(Attachment, uuid.UUID(answer.get_json()["id"]))
    assert row.owner_worker_id == one.worker_id


@pytest.mark.parametrize(("content", "name"), [(png(), "photo.jpg"), (pdf(), "evidence.exe"), (jpeg(), "")])
def test_the_name_of_a_file_does_not_matter(upload: Upload, content: bytes, name: str) -> None:
    assert upload(content, name=name or "blob").status_code == 201


def test_the_name_of_a_file_is_not_kept(upload: Upload, db_session: Session) -> None:
    upload(jpeg(), name="marked-name.jpg")
    row = db_session.execute(sa.select(sa.cast(sa.literal_column("attachment"), sa.Text)).select_from(Attachment))
    assert "marked-name" not in row.scalar_one()


def test_another_kind_of_file_is_415_and_says_what_can_be_sent(upload: Upload) -> None:
    answer = upload(b"MZ this is a program", name="photo.jpg")
    assert answer.status_code == 415
    assert "JPG" in answer.get_json()["title"]


def test_a_broken_picture_is_422_at_the_field(upload: Upload) -> None:
    answer = upload(png()[:60])
    assert answer.status_code == 422
    assert "没有传完整" in answer.get_json()["errors"]["file"][0]


def test_an_empty_file_is_422_at_the_field(upload: Upload) -> None:
    answer = upload(b"")
    assert answer.status_code == 422
    assert "空的" in answer.get_json()["errors"]["file"][0]


def test_a_file_over_ten_megabytes_is_413(upload: Upload) -> None:
    answer = upload(jpeg() + b"\x00" * MAX_BYTES)
    assert answer.status_code == 413
    assert "10 MB" in answer.get_json()["title"]


def test_without_a_file_the_field_is_named(client: FlaskClient) -> None:
    answer = client.post("/api/v1/attachments", data={"other": "x"})
    assert answer.status_code == 422
    assert "file" in answer.get_json()["errors"]


def test_a_repeat_with_the_same_key_stores_once_and_tells_the_same_secret(upload: Upload, db_session: Session) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = upload(jpeg(), headers=key), upload(jpeg(), headers=key)
    assert first.get_json() == second.get_json()
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 1


def test_the_same_key_with_another_file_is_refused(upload: Upload) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    upload(jpeg(), headers=key)
    assert upload(png(), headers=key).status_code == 422


def test_a_full_disk_is_503_and_keeps_what_was_there(upload: Upload, db_session: Session) -> None:
    kept = upload(jpeg()).get_json()["id"]
    noise = encoded(picture(900, 900).effect_spread(200), "PNG")
    with no_file_may_grow_past(20_000):
        answer = upload(noise)
    assert answer.status_code == 503
    assert "之前存好的都还在" in answer.get_json()["title"]
    assert [str(found) for found in db_session.scalars(sa.select(Attachment.id))] == [kept]


def test_guests_of_one_address_are_limited_and_workers_are_not(
    app: Flask, environment: dict[str, str], one: Headers
) -> None:
    limited = create_app(Settings.from_env(environment | {"RATE_LIMITS": "on"}))
    with limited.app_context():
        redis_client().flushdb()
        client = limited.test_client()
        guests = [client.post("/api/v1/attachments").status_code for _ in range(31)]
        worker = client.post("/api/v1/attachments", headers=one).status_code
    assert guests == [422] * 30 + [429]
    assert worker == 422


def test_nothing_of_a_guests_address_or_file_is_logged(upload: Upload, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        body = upload(jpeg(), name="marked-name.jpg", headers={"User-Agent": "marked-device"}).get_json()
    for secret in (body["claim"], body["id"], "marked-name", "marked-device", "127.0.0.1"):
        assert secret not in caplog.text
