"""Attachments in a bucket: what senders notice when the store breaks, and that nothing is left half-way."""

import io
import secrets
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.app import create_app
from server.cases.files.links import link_for
from server.cases.files.models import Attachment
from server.cases.files.service import claim_attachments
from server.cases.files.tasks import forget_unclaimed_attachments, sweep_orphan_files
from server.core.db import new_id
from server.core.settings import Settings
from server.core.storage import storage
from tests.cases.files.conftest import jpeg
from tests.seaweed import REGION, Gate, Mode, Seaweed

pytestmark = pytest.mark.xdist_group("seaweed")

Send = Callable[[], TestResponse]


@pytest.fixture
def service(app: Flask, environment: dict[str, str], seaweed: Seaweed, gate: Gate) -> Iterator[Flask]:
    """The service with its files in the store, behind the gate."""
    made = create_app(
        Settings.from_env(
            environment
            | {
                "FILES_S3_URL": seaweed.url(gate.port),
                "FILES_S3_REGION": REGION,
                "FILES_S3_KEY_ID": seaweed.key_id,
                "FILES_S3_SECRET": seaweed.secret,
                "OUTSIDE_READ_SECONDS": "1",
            }
        )
    )
    with made.app_context():
        for key in list(storage().all_keys()):
            storage().delete(key)
        yield made


@pytest.fixture
def send(service: Flask) -> Send:
    client = service.test_client()
    return lambda: client.post("/api/v1/attachments", data={"file": (io.BytesIO(jpeg()), "photo.jpg")})


def rows(session: Session) -> list[uuid.UUID]:
    return list(session.scalars(sa.select(Attachment.id)))


@pytest.mark.parametrize("mode", [Mode.SILENT, Mode.FULL, Mode.CUT])
def test_what_could_not_be_stored_has_no_row_and_can_be_sent_again(
    send: Send, gate: Gate, service: Flask, db_session: Session, mode: Mode
) -> None:
    gate.turn(mode)
    refused = send()
    assert refused.status_code == 503
    assert "没有存下" in refused.get_json()["title"]
    assert rows(db_session) == []
    gate.turn(Mode.PASS)
    assert send().status_code == 201
    assert len(list(storage().all_keys())) == 1


def test_links_and_sweeping_work_as_on_the_disk(
    send: Send, gate: Gate, service: Flask, db_session: Session, freeze: Callable[[datetime], None]
) -> None:
    kept, loose = send().get_json(), send().get_json()
    item = {"id": uuid.UUID(kept["id"]), "claim": kept["claim"]}
    (claimed,) = claim_attachments(case_id=new_id(), items=[item], worker_id=None)
    url = link_for(claimed)["url"]
    shown = service.test_client().get(url)
    assert (shown.status_code, shown.content_length) == (200, kept["size"])
    orphan = storage().put(secrets.token_bytes(10))
    gate.turn(Mode.REFUSE)
    assert service.test_client().get(url).status_code == 503
    # A day later, while the store is away: rows go, their files are left for the sweep, which finds nobody there.
    freeze(datetime.now(UTC) + timedelta(hours=25))
    forget_unclaimed_attachments()
    sweep_orphan_files()
    assert rows(db_session) == [claimed.id]
    gate.turn(Mode.PASS)
    names = set(storage().all_keys())
    assert orphan in names
    assert len(names) == 3, f"{loose['id']} has lost its row and not its file"
    sweep_orphan_files()
    assert set(storage().all_keys()) == {claimed.storage_key}
