"""Sessions: PostgreSQL decides, Redis only spares it the question."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
import redis as redis_library
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.core.access import Level, Principal
from server.core.crypto import keyed_hmac
from server.core.db import db, transaction
from server.core.redis import init_redis
from server.core.settings import settings
from server.identity import service, sessions
from server.identity.models import ID_NUMBER, LoginSession, Worker
from tests.sign_in import Headers, SignIn

NOTICES = "/api/v1/notices"


@pytest.fixture
def away(app: Flask) -> "Callable[[], None]":
    """Calling this takes Redis away until the test ends."""

    def take_away() -> None:
        init_redis(app, redis_url="redis://127.0.0.1:1/0", threads=8)

    yield take_away
    init_redis(app, redis_url=settings().redis_url, threads=8)


def test_a_token_opens_until_it_is_signed_out(client: FlaskClient, sign_in: SignIn) -> None:
    headers = sign_in()
    assert client.get(NOTICES, headers=headers).status_code == 200
    sessions.revoke(session_id=_principal(headers).session_id)
    answer = client.get(NOTICES, headers=headers)
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "token_invalid"


def test_a_made_up_token_opens_nothing(client: FlaskClient) -> None:
    for token in ("x", "None", "é" * 50, "A" * 43):
        assert client.get(NOTICES, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_an_expired_session_opens_nothing_cached_or_not(
    sign_in: SignIn, freeze: Callable[[datetime], None], redis: redis_library.Redis
) -> None:
    begin = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)
    freeze(begin)
    headers = sign_in()
    freeze(begin + sessions.LIFE - timedelta(seconds=1))
    assert sessions.load_principal(headers.token) is not None
    freeze(begin + sessions.LIFE)
    assert sessions.load_principal(headers.token) is None
    redis.flushdb()
    assert sessions.load_principal(headers.token) is None


def test_a_remembered_session_costs_no_query(sign_in: SignIn, count_queries: list[str]) -> None:
    headers = sign_in()
    sessions.load_principal(headers.token)
    count_queries.clear()
    assert sessions.load_principal(headers.token) == Principal(
        headers.worker_id, Level.L1, _principal(headers).session_id, has_pin=False
    )
    assert count_queries == []


def test_a_forgotten_session_costs_one_query(
    sign_in: SignIn, count_queries: list[str], redis: redis_library.Redis
) -> None:
    headers = sign_in()
    redis.flushdb()
    count_queries.clear()
    assert sessions.load_principal(headers.token) is not None
    assert len(count_queries) == 1


def test_what_redis_holds_is_neither_the_token_nor_lasting(sign_in: SignIn, redis: redis_library.Redis) -> None:
    headers = sign_in()
    sessions.load_principal(headers.token)
    (key,) = redis.keys("session:*")
    assert headers.token.encode() not in key + redis.get(key)
    assert 0 < redis.ttl(key) <= 60


def test_the_database_holds_the_tokens_hash_only(sign_in: SignIn, app: Flask) -> None:
    headers = sign_in()
    with db.engine.connect() as connection:
        dumped = connection.execute(sa.text("SELECT row_to_json(s)::text FROM login_session s")).scalar_one()
    assert headers.token not in dumped
    assert headers.token.encode().hex() not in dumped


def test_a_new_level_counts_at_once_on_every_device(sign_in: SignIn) -> None:
    headers = sign_in(Level.L0)
    other = sessions.open_session(worker_id=headers.worker_id, way=service.SignInWay.SMS)
    for token in (headers.token, other.token):
        assert _level(token) is Level.L0
    service.confirm_phone(worker_id=headers.worker_id, phone="19900000001")
    for token in (headers.token, other.token):
        assert _level(token) is Level.L1


def test_a_change_that_was_rolled_back_changes_nobodys_level(sign_in: SignIn) -> None:
    headers = sign_in(Level.L0)
    _level(headers.token)

    def fail() -> None:
        with transaction():
            service.confirm_phone(worker_id=headers.worker_id, phone="19900000001")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _level(headers.token) is Level.L0


def test_a_slow_reader_cannot_bring_a_revoked_session_back(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _read_slowly_while_signing_out(app, sign_in, monkeypatch) is None


def test_without_the_marker_a_slow_reader_would_bring_it_back(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the fault is real: with plain deletion the revoked session lives on in Redis."""

    def delete(token_hashes: list[bytes]) -> None:
        for token_hash in token_hashes:
            sessions.redis_client().delete(sessions._key(token_hash))

    monkeypatch.setattr(sessions, "_mark", delete)
    assert _read_slowly_while_signing_out(app, sign_in, monkeypatch) is not None


def test_a_marker_that_got_lost_before_the_commit_is_set_again_after_it(
    app: Flask, sign_in: SignIn, redis: redis_library.Redis
) -> None:
    headers = sign_in()
    session_id = _principal(headers).session_id
    with transaction():
        sessions.revoke(session_id=session_id)
        redis.flushdb()
        assert _elsewhere(app, lambda: sessions.load_principal(headers.token)) is not None
    assert sessions.load_principal(headers.token) is None


def test_a_device_that_signs_in_while_the_level_changes_gets_the_new_level(app: Flask, sign_in: SignIn) -> None:
    headers = sign_in(Level.L0)

    def sign_in_and_ask() -> str:
        opened = sessions.open_session(worker_id=headers.worker_id, way=service.SignInWay.SMS)
        assert _level(opened.token) is Level.L0
        return opened.token

    with transaction():
        service.confirm_phone(worker_id=headers.worker_id, phone="19900000001")
        token = _elsewhere(app, sign_in_and_ask)
    assert _level(token) is Level.L1


def test_a_reader_slower_than_the_marker_fills_nothing(
    sign_in: SignIn, freeze: Callable[[datetime], None], redis: redis_library.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)
    freeze(begin)
    headers = sign_in()
    ask = sessions._ask_postgresql

    def ask_slowly(token_hash: bytes) -> object:
        found = ask(token_hash)
        freeze(begin + sessions.FILL_WITHIN)
        return found

    monkeypatch.setattr(sessions, "_ask_postgresql", ask_slowly)
    assert sessions.load_principal(headers.token) is not None
    assert redis.keys("session:*") == []


def test_without_redis_sessions_work_and_end(client: FlaskClient, sign_in: SignIn, away: Callable[[], None]) -> None:
    headers = sign_in()
    away()
    assert client.get(NOTICES, headers=headers).status_code == 200
    sessions.revoke(session_id=_principal(headers).session_id)
    assert client.get(NOTICES, headers=headers).status_code == 401


def test_a_flushed_redis_does_not_revive_a_session(sign_in: SignIn, redis: redis_library.Redis) -> None:
    headers = sign_in()
    sessions.revoke(session_id=_principal(headers).session_id)
    redis.flushdb()
    assert sessions.load_principal(headers.token) is None


def test_dead_sessions_are_forgotten_and_living_ones_stay(sign_in: SignIn, freeze: Callable[[datetime], None]) -> None:
    begin = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)
    freeze(begin)
    revoked, expired = sign_in(), sign_in()
    sessions.revoke(session_id=_principal(revoked).session_id)
    freeze(begin + sessions.LIFE)
    living = sign_in()
    assert sessions.forget_dead(before=begin + sessions.LIFE + timedelta(seconds=1)) == 2
    assert sessions.load_principal(expired.token) is None
    assert sessions.load_principal(living.token) is not None


def test_rows_and_sessions_print_nothing_personal(sign_in: SignIn, app: Flask) -> None:
    headers = sign_in(Level.L2)
    worker = db.session.get(Worker, headers.worker_id)
    opened = sessions.open_session(worker_id=headers.worker_id, way=service.SignInWay.SMS)
    row = db.session.get(LoginSession, opened.id)
    shown = f"{worker!r} {worker} {opened!r} {row!r}"
    for secret in (headers.person.name, headers.person.phone, headers.person.id_number, opened.token):
        assert secret not in shown


def test_what_identifies_a_worker_is_sealed_in_the_database(sign_in: SignIn, app: Flask) -> None:
    headers = sign_in(Level.L2)
    with db.engine.connect() as connection:
        row = connection.execute(sa.text("SELECT * FROM worker")).one()
    held = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    for secret in (headers.person.name, headers.person.phone, headers.person.id_number):
        assert secret.encode() not in held
    assert row.id_number_hmac == keyed_hmac(headers.person.id_number, purpose=ID_NUMBER)


T = TypeVar("T")


def _elsewhere(app: Flask, work: Callable[[], T]) -> T:
    """What another request does meanwhile."""

    def run() -> T:
        with app.app_context():
            return work()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(10)


def _principal(headers: Headers) -> Principal:
    found = sessions.load_principal(headers.token)
    assert found is not None
    return found


def _level(token: str) -> Level | None:
    found = sessions.load_principal(token)
    return found.level if found else None


def _read_slowly_while_signing_out(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Principal | None:
    """A reader asks PostgreSQL, the session is revoked, then the reader fills the cache. What does the next one see?"""
    headers = sign_in()
    asked, revoked = threading.Event(), threading.Event()
    ask = sessions._ask_postgresql

    def ask_and_wait(token_hash: bytes) -> object:
        found = ask(token_hash)
        asked.set()
        assert revoked.wait(10)
        return found

    def read() -> None:
        with app.app_context():
            sessions.load_principal(headers.token)

    session_id = db.session.scalars(sa.select(LoginSession.id)).one()
    monkeypatch.setattr(sessions, "_ask_postgresql", ask_and_wait)
    reader = threading.Thread(target=read)
    reader.start()
    assert asked.wait(10)
    sessions.revoke(session_id=session_id)
    revoked.set()
    reader.join(10)
    return sessions.load_principal(headers.token)
