"""Files in parts: in any order, again and again, over broken connections."""

import hashlib
import random
import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.cases.files import uploads
from server.cases.files.content import MAX_BYTES, MAX_VIDEO_BYTES
from server.cases.files.models import Attachment, Upload, UploadPart
from server.cases.files.quotas import OF_A_DAY, UNUSED
from server.cases.files.service import claim_attachments
from server.cases.files.tasks import forget_unclaimed_attachments, sweep_orphan_files
from server.cases.files.uploads import PART
from server.core.db import new_id
from server.core.storage import storage
from tests.cases.files.conftest import encoded, pdf_with
from tests.cases.files.test_claim import stored_files
from tests.cases.files.test_upload import no_file_may_grow_past
from tests.sign_in import Headers

DOCUMENT = pdf_with(b"<< /Length 700000 >>\nstream\n%s\nendstream" % random.Random(7).randbytes(700_000))
"""Three parts, of which the last is short."""
PARTS = [DOCUMENT[start : start + PART] for start in range(0, len(DOCUMENT), PART)]


class Sending:
    """A file on its way, as the mini-program sends it."""

    def __init__(self, client: FlaskClient, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.client, self.content, self.headers = client, content, dict(headers or {})
        begun = client.post("/api/v1/uploads", json={"size": len(content)}, headers=self.headers)
        assert begun.status_code == 201, begun.get_json()
        self.begun: dict[str, Any] = begun.get_json()
        self.path = f"/api/v1/uploads/{self.begun['id']}"
        self.claim = {"Upload-Claim": self.begun["claim"]} if "claim" in self.begun else {}

    def put(self, number: int, content: bytes | None = None, **headers: str) -> TestResponse:
        body = self.content[number * PART : (number + 1) * PART] if content is None else content
        return self.client.put(
            f"{self.path}/parts/{number}",
            data=body,
            content_type="application/octet-stream",
            headers={"Part-Sha256": hashlib.sha256(body).hexdigest(), **self.headers, **self.claim, **headers},
        )

    def missing(self) -> list[int]:
        answer = self.client.get(self.path, headers={**self.headers, **self.claim})
        assert answer.status_code == 200
        numbers: list[int] = answer.get_json()["missing"]
        return numbers

    def finish(self) -> TestResponse:
        return self.client.post(f"{self.path}/attachment", headers={**self.headers, **self.claim})


@pytest.fixture
def no_files(app: Flask) -> None:
    for key in stored_files():
        storage().delete(key)


def content_of(session: Session, answer: TestResponse) -> bytes:
    row = session.get_one(Attachment, uuid.UUID(answer.get_json()["id"]))
    with storage().open(row.storage_key) as file:
        return file.read()


def test_parts_come_in_any_order_and_the_file_is_whole(
    client: FlaskClient, db_session: Session, no_files: None
) -> None:
    sending = Sending(client, DOCUMENT)
    assert (sending.begun["part_size"], sending.begun["missing"]) == (PART, [0, 1, 2])
    assert sending.put(2).get_json()["missing"] == [0, 1]
    assert sending.put(0).get_json()["missing"] == [1]
    assert sending.missing() == [1]
    assert sending.put(1).get_json()["missing"] == []
    done = sending.finish()
    assert done.status_code == 201
    assert (done.get_json()["media_type"], done.get_json()["size"]) == ("application/pdf", len(DOCUMENT))
    assert content_of(db_session, done) == DOCUMENT
    assert len(stored_files()) == 1, "the parts are gone"


@given(order=st.lists(st.integers(0, 2), max_size=8))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_missing_is_what_did_not_come_whatever_came_twice(client: FlaskClient, order: list[int]) -> None:
    sending = Sending(client, DOCUMENT)
    for number in order:
        assert sending.put(number).status_code == 200
    assert sending.missing() == sorted({0, 1, 2} - set(order))
    assert sending.finish().status_code == (201 if set(order) == {0, 1, 2} else 409)


def test_finishing_too_early_names_what_is_missing(client: FlaskClient) -> None:
    sending = Sending(client, DOCUMENT)
    sending.put(1)
    refused = sending.finish()
    assert (refused.status_code, refused.get_json()["code"]) == (409, "parts_missing")
    assert refused.get_json()["missing"] == [0, 2]


def test_finishing_again_is_the_same_attachment_also_at_the_same_moment(app: Flask, client: FlaskClient) -> None:
    sending = Sending(client, DOCUMENT)
    for number in range(3):
        sending.put(number)
    answers: list[dict[str, Any]] = []
    gate = threading.Barrier(3)

    def finish() -> None:
        with app.app_context():
            gate.wait()
            answers.append(app.test_client().post(f"{sending.path}/attachment", headers=sending.claim).get_json())

    threads = [threading.Thread(target=finish) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer["id"] for answer in answers}) == 1
    assert sending.finish().get_json()["id"] == answers[0]["id"]
    assert sending.missing() == []
    assert sending.put(0).status_code == 200, "late, and of no effect"


def test_who_is_overtaken_while_reading_the_parts_gets_the_same_attachment(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = Sending(client, DOCUMENT)
    for number in range(3):
        sending.put(number)
    read, faster = uploads._joined, []

    def overtaken(keys: Sequence[str]) -> bytes:
        monkeypatch.setattr(uploads, "_joined", read)
        faster.append(sending.finish().get_json()["id"])
        return read(keys)

    monkeypatch.setattr(uploads, "_joined", overtaken)
    assert [sending.finish().get_json()["id"]] == faster


def test_the_same_part_at_the_same_moment_is_kept_once(app: Flask, client: FlaskClient, no_files: None) -> None:
    sending = Sending(client, DOCUMENT)
    gate = threading.Barrier(4)
    statuses: list[int] = []

    def put() -> None:
        with app.app_context():
            mine = Sending.__new__(Sending)
            mine.__dict__ |= sending.__dict__ | {"client": app.test_client()}
            gate.wait()
            statuses.append(mine.put(0).status_code)

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 4
    assert len(stored_files()) == 1


@pytest.mark.parametrize(("content", "ended", "status"), [(b"MZ", 415, 404), (pdf_with(b"<< >>"), 201, 200)])
def test_a_part_that_comes_again_while_the_upload_ends_is_no_fault_and_leaves_nothing(
    client: FlaskClient,
    no_files: None,
    db_session: Session,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    ended: int,
    status: int,
) -> None:
    sending = Sending(client, content)
    sending.put(0)
    # What it looked for was not there yet; before it writes, somebody else has finished.
    monkeypatch.setattr(uploads, "_has", lambda *_: False)
    stored = uploads._store_part

    def overtaken(*part: Any) -> None:
        assert sending.finish().status_code == ended
        stored(*part)

    monkeypatch.setattr(uploads, "_store_part", overtaken)
    assert sending.put(0).status_code == status
    assert db_session.scalars(sa.select(UploadPart.number)).all() == []
    assert len(stored_files()) == (ended == 201)


def test_a_damaged_part_is_asked_for_again(client: FlaskClient) -> None:
    sending = Sending(client, DOCUMENT)
    damaged = sending.put(0, **{"Part-Sha256": "0" * 64})
    assert (damaged.status_code, damaged.get_json()["code"]) == (422, "part_damaged")
    assert sending.missing() == [0, 1, 2]


def test_a_part_of_another_length_or_number_is_refused(client: FlaskClient) -> None:
    sending = Sending(client, DOCUMENT)
    assert sending.put(0, PARTS[0][:-1]).status_code == 422
    assert sending.put(2, PARTS[0]).status_code == 422
    assert sending.put(3, PARTS[0]).status_code == 422
    assert sending.put(0, PARTS[0] + b"x").status_code == 413
    assert sending.missing() == [0, 1, 2]


def test_other_content_under_a_number_that_came_is_a_conflict(client: FlaskClient) -> None:
    sending = Sending(client, DOCUMENT)
    sending.put(0)
    assert sending.put(0, bytes(PART)).status_code == 409
    assert sending.missing() == [1, 2]


def test_a_guest_goes_on_with_the_secret_and_claims_with_it(client: FlaskClient, db_session: Session) -> None:
    sending = Sending(client, DOCUMENT)
    for headers in ({}, {"Upload-Claim": "wrong"}):
        assert client.get(sending.path, headers=headers).status_code == 404
        assert client.post(f"{sending.path}/attachment", headers=headers).status_code == 404
    for number in range(3):
        sending.put(number)
    done = sending.finish().get_json()
    assert "claim" not in done
    item = {"id": uuid.UUID(done["id"]), "claim": sending.begun["claim"]}
    (claimed,) = claim_attachments(case_id=new_id(), items=[item], worker_id=None)
    assert (claimed.owner_worker_id, claimed.claim_hash) == (None, None)


def test_a_worker_goes_on_with_their_own_and_nobody_else_does(
    client: FlaskClient, one: Headers, another: Headers
) -> None:
    sending = Sending(client, DOCUMENT, one)
    assert "claim" not in sending.begun
    assert client.get(sending.path, headers=another).status_code == 404
    assert client.get(sending.path).status_code == 404
    for number in range(3):
        sending.put(number)
    done = sending.finish().get_json()
    assert claim_attachments(case_id=new_id(), items=[{"id": uuid.UUID(done["id"])}], worker_id=one.worker_id)


def test_beginning_again_with_the_same_key_is_the_same_upload(client: FlaskClient) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (client.post("/api/v1/uploads", json={"size": 9}, headers=key).get_json() for _ in range(2))
    assert first == second
    assert first["claim"]


@pytest.mark.parametrize(("size", "status"), [(0, 422), (-1, 422), (MAX_VIDEO_BYTES + 1, 413), ("9", 422)])
def test_sizes_that_no_file_may_have(client: FlaskClient, size: object, status: int) -> None:
    assert client.post("/api/v1/uploads", json={"size": size}).status_code == status


def test_what_cannot_be_attached_is_refused_at_the_end_and_nothing_of_it_stays(
    client: FlaskClient, db_session: Session, no_files: None
) -> None:
    sending = Sending(client, b"MZ" + bytes(PART))
    for number in range(2):
        sending.put(number)
    assert sending.finish().status_code == 415
    assert sending.finish().status_code == 404
    assert db_session.scalars(sa.select(Upload.id)).all() == []
    assert stored_files() == set()


def test_only_films_may_be_larger_than_ten_megabytes(client: FlaskClient) -> None:
    sending = Sending(client, DOCUMENT + bytes(MAX_BYTES - len(DOCUMENT)) + b"\n%%EOF\n")
    for number in sending.begun["missing"]:
        sending.put(number)
    refused = sending.finish()
    assert refused.status_code == 413
    assert "10 MB" in refused.get_json()["title"]


def test_what_is_on_its_way_counts_and_counts_once(
    client: FlaskClient, one: Headers, freeze: Callable[[datetime], None]
) -> None:
    freeze(datetime.now(UTC))  # one day for all of it
    sending = Sending(client, DOCUMENT, one)
    assert sending.begun["left"]["files"] == OF_A_DAY.files - 1
    for number in range(3):
        sending.put(number)
    assert sending.finish().get_json()["left"]["files"] == OF_A_DAY.files - 1
    for _ in range(UNUSED.files - 1):
        Sending(client, b"x", one)
    refused = client.post("/api/v1/uploads", json={"size": 1}, headers=one)
    assert refused.status_code == 429
    assert "请先提交" in refused.get_json()["title"]


def test_without_room_a_part_is_503_and_the_others_stay(client: FlaskClient) -> None:
    sending = Sending(client, DOCUMENT)
    sending.put(0)
    with no_file_may_grow_past(20_000):
        refused = sending.put(1)
    assert refused.status_code == 503
    assert sending.missing() == [1, 2]
    assert sending.put(1).status_code == 200


def test_without_room_for_the_whole_every_part_is_still_there(client: FlaskClient) -> None:
    noise = encoded_noise()
    sending = Sending(client, noise)
    for number in sending.begun["missing"]:
        sending.put(number)
    with no_file_may_grow_past(PART):
        assert sending.finish().status_code == 503
    assert sending.missing() == []
    assert sending.finish().status_code == 201


def test_what_is_not_finished_within_a_day_vanishes_with_its_parts(
    client: FlaskClient, db_session: Session, no_files: None, freeze: Callable[[datetime], None]
) -> None:
    begin = datetime.now(UTC)
    freeze(begin)
    abandoned, done = Sending(client, DOCUMENT), Sending(client, DOCUMENT)
    abandoned.put(0)
    for number in range(3):
        done.put(number)
    done.finish()
    sweep_orphan_files()
    forget_unclaimed_attachments()
    assert abandoned.missing() == [1, 2]
    freeze(begin + timedelta(hours=24, seconds=1))
    assert client.get(abandoned.path, headers=abandoned.claim).status_code == 404
    forget_unclaimed_attachments()
    assert db_session.scalars(sa.select(Upload.id)).all() == []
    assert db_session.scalars(sa.select(UploadPart.number)).all() == []
    assert stored_files() == set()


def test_parts_that_wait_are_no_orphans(
    client: FlaskClient, no_files: None, freeze: Callable[[datetime], None]
) -> None:
    sending = Sending(client, DOCUMENT)
    sending.put(0)
    # The row is younger than the file: clocks of two machines differ.
    freeze(datetime.now(UTC) + timedelta(hours=24, minutes=1))
    sweep_orphan_files()
    assert len(stored_files()) == 1


def encoded_noise() -> bytes:
    """A picture of about half a megabyte."""
    return encoded(Image.effect_noise((760, 760), 90).convert("RGB"), "PNG")
