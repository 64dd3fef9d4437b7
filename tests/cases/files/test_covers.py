"""POST /attachments/{id}/covers: what a sender does not want to be seen of a picture is gone, not hidden."""

import io
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.cases.files import covering
from server.cases.files.images import COVERED, Spot, cover
from server.cases.files.models import Attachment
from server.cases.files.service import claim_attachments
from server.core.db import new_id
from server.core.storage import storage
from tests.cases.files.conftest import Upload, encoded, jpeg, pdf, picture
from tests.sign_in import Headers

LEFT = {"x": 0.25, "y": 0.5, "size": 0.3}
"""Of a picture of 40 by 20: from 4 to 16, and from 4 to 16."""


PATIENCE = 30


def covered(
    client: FlaskClient,
    stored: dict[str, Any],
    headers: dict[str, str] | None = None,
    spots: Sequence[dict[str, float]] = (LEFT,),
) -> TestResponse:
    claim = {"claim": stored["claim"]} if "claim" in stored else {}
    path = f"/api/v1/attachments/{stored['id']}/covers"
    return client.post(path, json={"spots": list(spots), **claim}, headers=headers or {})


def kept(row: Attachment) -> bytes:
    with storage().open(row.storage_key) as file:
        return file.read()


def test_what_a_guest_covers_is_nowhere_any_more(client: FlaskClient, upload: Upload, db_session: Session) -> None:
    stored = upload(jpeg()).get_json()
    row = db_session.get_one(Attachment, uuid.UUID(stored["id"]))
    before = row.storage_key
    answer = covered(client, stored)
    assert answer.status_code == 200
    db_session.refresh(row)
    assert not storage().has(before)
    assert (answer.json, len(kept(row))) == ({"id": stored["id"], "sha256": row.sha256, "size": row.size}, row.size)
    seen = Image.open(io.BytesIO(kept(row)))
    assert max(abs(one - COVERED) for one in seen.getpixel((10, 10))) < 30
    red, blue = seen.getpixel((1, 1)), seen.getpixel((38, 10))
    assert (red[0] > 200, blue[2] > 200) == (True, True)
    claim = {"id": row.id, "claim": stored["claim"]}
    assert len(claim_attachments(case_id=new_id(), items=[claim], worker_id=None)) == 1


def test_nobody_covers_what_is_anothers_or_was_sent(
    client: FlaskClient, upload: Upload, one: Headers, another: Headers
) -> None:
    mine, guests = upload(jpeg(), headers=one).get_json(), upload(jpeg()).get_json()
    assert covered(client, mine, another).status_code == 404
    assert covered(client, mine).status_code == 404
    assert covered(client, guests | {"claim": "x" * 43}).status_code == 404
    assert covered(client, mine, one).status_code == 200
    claim_attachments(case_id=new_id(), items=[{"id": uuid.UUID(mine["id"])}], worker_id=one.worker_id)
    assert covered(client, mine, one).status_code == 404


def test_only_pictures_are_covered(client: FlaskClient, upload: Upload, one: Headers) -> None:
    answer = covered(client, upload(pdf(), headers=one).get_json(), one)
    assert (answer.status_code, answer.json["errors"]["spots"]) == (422, ["只有照片能遮"])


def test_two_who_cover_one_picture_at_the_same_moment_both_do_and_nobody_waits_for_the_drawing(
    client: FlaskClient, upload: Upload, app: Flask, monkeypatch: pytest.MonkeyPatch, db_session: Session
) -> None:
    """While the first draws, the second covers another place: neither has the row locked, and no place comes back."""
    stored = upload(jpeg()).get_json()
    right, done = LEFT | {"x": 0.85}, []

    def slowly(content: bytes, spots: list[Spot]) -> bytes:
        monkeypatch.undo()
        with ThreadPoolExecutor(1) as other:
            done.append(other.submit(covered, app.test_client(), stored, spots=[right]).result(PATIENCE).status_code)
        return cover(content, spots)

    monkeypatch.setattr(covering, "covered", slowly)
    assert covered(client, stored).status_code == 200
    assert done == [200]
    row = db_session.get_one(Attachment, uuid.UUID(stored["id"]))
    seen = Image.open(io.BytesIO(kept(row)))
    for place in ((10, 10), (34, 10)):
        assert max(abs(one - COVERED) for one in seen.getpixel(place)) < 30


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1"])
def test_pictures_of_every_kind_are_covered(mode: str) -> None:
    seen = Image.open(io.BytesIO(cover(encoded(picture().convert(mode), "PNG"), [Spot(0.25, 0.5, 0.3)])))
    assert seen.convert("RGBA").getpixel((10, 10)) == (COVERED, COVERED, COVERED, 255)
    assert seen.convert("L").getpixel((38, 10)) != COVERED
