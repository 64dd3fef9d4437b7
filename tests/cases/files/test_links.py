"""Links to attachments work for minutes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from server.cases.files.links import VALID, link, link_for
from server.cases.files.schemas import AttachmentSchema
from server.cases.files.service import claim_attachments
from server.core.db import new_id
from server.core.storage import storage
from tests.cases.files.conftest import Upload, jpeg, pdf
from tests.cases.files.test_claim import item
from tests.cases.files.test_recordings import sample

NOON = datetime(2026, 3, 9, 4, tzinfo=UTC)


def shown(upload: Upload, content: bytes) -> dict[str, Any]:
    (claimed,) = claim_attachments(case_id=new_id(), items=[item(upload(content))], worker_id=None)
    dumped: dict[str, Any] = AttachmentSchema().dump(link_for(claimed))
    return dumped


def test_a_link_gives_the_file_to_who_has_it(client: FlaskClient, upload: Upload) -> None:
    link = shown(upload, jpeg())
    assert set(link) == {"id", "url", "media_type", "size"}
    answer = client.get(link["url"])
    assert answer.status_code == 200
    assert answer.content_type == link["media_type"] == "image/jpeg"
    assert len(answer.data) == answer.content_length == link["size"]


def test_a_file_can_do_nothing_where_it_is_opened(client: FlaskClient, upload: Upload) -> None:
    headers = client.get(shown(upload, jpeg())["url"]).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]
    assert headers["Content-Disposition"].startswith("inline; filename=attachment-")
    document = client.get(shown(upload, pdf())["url"])
    assert document.headers["Content-Disposition"].startswith("attachment; filename=attachment-")
    assert document.headers["Content-Disposition"].endswith(".pdf")


def test_players_are_given_the_part_that_they_ask_for(client: FlaskClient, upload: Upload) -> None:
    link = shown(upload, sample("film.mp4"))
    assert (link["media_type"], link["seconds"]) == ("video/mp4", 1)
    whole = client.get(link["url"])
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = client.get(link["url"], headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content_length, part.data) == (206, 100, whole.data[100:200])
    beyond = client.get(link["url"], headers={"Range": f"bytes={link['size']}-"})
    assert beyond.status_code == 416


def test_a_link_expires(client: FlaskClient, upload: Upload, freeze: Callable[[datetime], None]) -> None:
    freeze(NOON)
    url = shown(upload, jpeg())["url"]
    freeze(NOON + VALID - timedelta(seconds=1))
    assert client.get(url).status_code == 200
    freeze(NOON + VALID)
    assert client.get(url).status_code == 410


@pytest.mark.parametrize(("part", "forged"), [("sig=", "sig=A"), ("expires=1", "expires=2"), ("expires=", "expires=-")])
def test_a_forged_link_is_404(
    client: FlaskClient, upload: Upload, freeze: Callable[[datetime], None], part: str, forged: str
) -> None:
    freeze(NOON)
    url = shown(upload, jpeg())["url"]
    assert part in url
    assert client.get(url.replace(part, forged)).status_code == 404


def test_a_link_opens_its_own_file_only(client: FlaskClient, upload: Upload) -> None:
    first, second = shown(upload, jpeg()), shown(upload, jpeg())
    assert client.get(first["url"].replace(first["id"], second["id"])).status_code == 404


def test_the_name_of_a_file_is_part_of_what_is_signed(client: FlaskClient, upload: Upload) -> None:
    (claimed,) = claim_attachments(case_id=new_id(), items=[item(upload(pdf()))], worker_id=None)
    signed = link(
        attachment_id=claimed.id, media_type=claimed.media_type, size=1, seconds=None, name="证据清单 W01.pdf"
    )
    header = client.get(signed["url"]).headers["Content-Disposition"]
    assert unquote(header).endswith("证据清单 W01.pdf")
    for forged in (signed["url"].replace("W01", "W02"), signed["url"].partition("&name")[0]):
        assert client.get(forged).status_code == 404


def test_without_a_signature_there_is_nothing(client: FlaskClient, upload: Upload) -> None:
    link = shown(upload, jpeg())
    assert client.get(link["url"].partition("?")[0]).status_code == 422


def test_a_file_that_the_disk_lost_is_503_and_not_the_readers_mistake(client: FlaskClient, upload: Upload) -> None:
    link = shown(upload, jpeg())
    for key in list(storage().keys_older_than(datetime.max.replace(tzinfo=UTC))):
        storage().delete(key)
    assert client.get(link["url"]).status_code == 503
