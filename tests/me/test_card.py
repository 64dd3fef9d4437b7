"""The membership card: anybody with the public key can check it, without a network."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask.testing import FlaskClient

from server.core.access import Level
from server.core.db import db
from server.unions.service import admit
from tests.people import person
from tests.rosters import make_union
from tests.sign_in import Headers, SignIn

CARD = "/api/v1/me/card"
BEGIN = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)


@pytest.fixture
def member(sign_in: SignIn, freeze: Callable[[datetime], None]) -> Headers:
    freeze(BEGIN)
    headers = sign_in(Level.L2, who=person(1))
    admit(db.session(), worker_id=headers.worker_id, union=make_union())
    db.session.commit()
    return headers


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check_offline(token: str, public_key: str) -> dict[str, Any]:
    """What a scanner does with nothing but the documentation: docs/membership-card.md."""
    version, payload, signature = token.split(".")
    assert version == "WB1"
    Ed25519PublicKey.from_public_bytes(raw(public_key)).verify(raw(signature), f"{version}.{payload}".encode())
    found: dict[str, Any] = json.loads(raw(payload))
    return found


def public_key(client: FlaskClient) -> str:
    (key,) = client.get("/api/v1/card-keys").get_json()["items"]
    assert key["algorithm"] == "Ed25519"
    text: str = key["public_key"]
    return text


def test_a_card_is_checked_with_the_public_key_alone(client: FlaskClient, member: Headers) -> None:
    card = client.get(CARD, headers=member).get_json()
    told = check_offline(card["token"], public_key(client))
    assert told["name"] == card["name_masked"] == "测*"
    assert told["no"] == card["number"]
    assert told["union"] == card["union"]
    assert told["level"] == "L2"
    assert told["iat"] == BEGIN.timestamp()
    assert told["exp"] == (BEGIN + timedelta(days=1)).timestamp()
    assert datetime.fromisoformat(card["expires_at"]) == BEGIN + timedelta(days=1)


def test_a_changed_card_does_not_pass(client: FlaskClient, member: Headers) -> None:
    token = client.get(CARD, headers=member).get_json()["token"]
    version, payload, signature = token.split(".")
    told = json.loads(raw(payload)) | {"exp": int((BEGIN + timedelta(days=365)).timestamp())}
    longer = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    with pytest.raises(InvalidSignature):
        check_offline(f"{version}.{longer}.{signature}", public_key(client))


def test_a_card_tells_no_more_than_it_must(client: FlaskClient, member: Headers) -> None:
    answer = client.get(CARD, headers=member)
    told = check_offline(answer.get_json()["token"], public_key(client))
    assert set(told) == {"kid", "no", "name", "union", "level", "iat", "exp"}
    for secret in (person(1).name, person(1).phone, person(1).id_number):
        assert secret not in answer.get_data(as_text=True) + json.dumps(told, ensure_ascii=False)


def test_who_is_no_member_has_no_card_and_is_told_the_way(client: FlaskClient, sign_in: SignIn) -> None:
    for level in Level:
        answer = client.get(CARD, headers=sign_in(level))
        assert answer.status_code == 409
        assert answer.get_json()["code"] == "not_a_member"
