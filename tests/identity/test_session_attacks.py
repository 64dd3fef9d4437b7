"""What a thief could do with a token, and what ends it."""

import json

import redis as redis_library
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.core.access import Level
from server.core.db import db
from server.identity.models import LoginSession, SignInWay, WeChatLogin
from server.identity.service import sign_in_by_openid
from server.identity.sessions import open_session, revoke, revoke_all
from tests.sign_in import SignIn

ME = "/api/v1/me"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_stolen_token_ends_with_the_session_while_redis_is_flushed(
    client: FlaskClient, sign_in: SignIn, redis: redis_library.Redis
) -> None:
    stolen = sign_in(Level.L2)
    assert client.get(ME, headers=stolen).status_code == 200
    assert client.delete("/api/v1/sessions/current", headers=dict(stolen)).status_code == 204
    for _ in range(3):
        redis.flushdb()
        assert client.get(ME, headers=stolen).status_code == 401


def test_a_flush_between_commit_and_next_request_brings_nobody_back(
    client: FlaskClient, sign_in: SignIn, redis: redis_library.Redis
) -> None:
    who = sign_in(Level.L2)
    other = open_session(worker_id=who.worker_id, way=SignInWay.SMS)
    for headers in (who, bearer(other.token)):
        assert client.get(ME, headers=headers).status_code == 200
    revoke_all(worker_id=who.worker_id, but=other.id)
    redis.flushdb()
    assert client.get(ME, headers=who).status_code == 401
    assert client.get(ME, headers=bearer(other.token)).status_code == 200
    assert client.get(ME, headers=who).status_code == 401, "nor after the cache was filled again"


def test_a_token_read_from_the_database_opens_nothing(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(Level.L2)
    stored = db.session.scalars(sa.select(LoginSession.token_hash)).one()
    for guess in (stored.hex(), f"\\x{stored.hex()}", stored.decode("latin-1")):
        assert client.get(ME, headers={"Authorization": b"Bearer " + guess.encode("latin-1")}).status_code == 401


def test_nobody_can_choose_the_token_of_a_session(client: FlaskClient, app: Flask) -> None:
    """Fixation: whatever a client sends along when signing in, the token that comes back is a new one."""
    wished = "A" * 43
    sign_in_by_openid(openid="o-fixation", way=SignInWay.DEMO)
    db.session.commit()
    worker_id = db.session.scalars(sa.select(WeChatLogin.worker_id)).one()
    tokens = {open_session(worker_id=worker_id, way=SignInWay.SMS).token for _ in range(5)}
    assert len(tokens) == 5
    answer = client.post("/api/v1/sessions", json={"code": "none", "token": wished}, headers=bearer(wished))
    assert answer.status_code == 422
    assert client.get(ME, headers=bearer(wished)).status_code == 401


def test_a_higher_level_is_not_carried_into_a_session_of_before(client: FlaskClient, sign_in: SignIn) -> None:
    """A token that was taken while its owner was a guest gains nothing sensitive by what the owner proves elsewhere."""
    taken = sign_in(Level.L2)
    own = open_session(worker_id=taken.worker_id, way=SignInWay.SMS)
    db.session.execute(
        sa.update(LoginSession)
        .where(LoginSession.id == own.id)
        .values(stepped_up_until=sa.func.now() + sa.text("interval '5 minutes'"))
    )
    db.session.commit()
    assert client.get(f"{ME}/export", headers=bearer(own.token)).status_code == 200
    assert client.get(f"{ME}/export", headers=taken).json["code"] == "step_up_required"


def test_a_step_up_ends_with_its_session(client: FlaskClient, sign_in: SignIn, redis: redis_library.Redis) -> None:
    who = sign_in(Level.L2)
    row = db.session.scalars(sa.select(LoginSession)).one()
    row.stepped_up_until = row.expires_at
    db.session.commit()
    assert client.get(f"{ME}/export", headers=who).status_code == 200
    revoke(session_id=row.id)
    redis.flushdb()
    assert client.get(f"{ME}/export", headers=who).status_code == 401


def test_an_entry_forged_in_redis_for_another_token_is_of_no_use(
    client: FlaskClient, sign_in: SignIn, redis: redis_library.Redis
) -> None:
    """The cache is addressed by the token's digest, so an entry under the token itself is never read."""
    who = sign_in(Level.L1)
    client.get(ME, headers=who)
    [key] = redis.keys("session:*")
    assert who.token not in key.decode()
    entry = redis.get(key)
    assert who.token not in json.dumps(str(entry))
    redis.set("session:made-up", entry)
    assert client.get(ME, headers=bearer("made-up")).status_code == 401
