"""Sessions: PostgreSQL holds them, Redis remembers the living ones for a minute.

A cached entry is only ever created where there is nothing (SET NX), and revoking a session or changing a level puts a
marker in its place that sends readers to PostgreSQL. A reader that was slow between asking PostgreSQL and filling the
cache therefore finds the marker and cannot bring an outdated answer back. Without Redis every request asks PostgreSQL;
what was cached when Redis went away is at most a minute old when it returns.
"""

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import orjson
import redis
import sqlalchemy as sa
import structlog
from msgspec import Struct

from server.core.access import Level, Principal
from server.core.clock import now
from server.core.db import after_commit, db, transaction
from server.core.redis import redis_client
from server.identity.models import LoginSession, SignInWay, Worker, WorkerPin

log = structlog.get_logger(__name__)

LIFE = timedelta(days=30)
CACHED = 60
"""Seconds that an entry or a marker stays in Redis."""
FILL_WITHIN = timedelta(seconds=5)
"""A reader that took longer does not fill the cache: the marker it has to meet must still be there."""
ASK_POSTGRESQL = b"?"
"""The marker. Also what a silent Redis is taken to have said."""


class OpenedSession(Struct, frozen=True):
    """A new session; the only place where its token exists."""

    id: uuid.UUID
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"<OpenedSession {self.id}>"


def open_session(*, worker_id: uuid.UUID, way: SignInWay, wechat_login_id: uuid.UUID | None = None) -> OpenedSession:
    """Sign a device in.

    Args:
        wechat_login_id: the worker's login through which it comes in, if it is one.
    """
    token = secrets.token_urlsafe(32)
    at = now()
    with transaction() as session:
        row = LoginSession(
            worker_id=worker_id,
            token_hash=_token_hash(token),
            way=way,
            created_at=at,
            expires_at=at + LIFE,
            wechat_login_id=wechat_login_id,
        )
        session.add(row)
        session.flush()
    return OpenedSession(id=row.id, token=token, expires_at=row.expires_at)


def load_principal(token: str) -> Principal | None:
    """Who a token belongs to; None when it is unknown, expired or revoked."""
    token_hash = _token_hash(token)
    cached = _read(token_hash)
    if cached is not None and cached != ASK_POSTGRESQL:
        return _unpack(cached)
    asked_at = now()
    found = _ask_postgresql(token_hash)
    if found is None:
        return None
    principal, expires_at = found
    if cached is None and now() - asked_at < FILL_WITHIN:
        _fill(token_hash, principal, expires_at)
    return principal


def revoke(*, session_id: uuid.UUID) -> None:
    """Sign a device out; from the commit on its token opens nothing."""
    with transaction() as session:
        token_hash = session.scalar(
            sa.update(LoginSession)
            .where(LoginSession.id == session_id, LoginSession.revoked_at.is_(None))
            .values(revoked_at=now())
            .returning(LoginSession.token_hash)
        )
        if token_hash is not None:
            # Marked before the commit too: a crash between commit and marking leaves nothing outdated behind.
            _mark([token_hash])
            after_commit(lambda: _mark([token_hash]))


def revoke_all(*, worker_id: uuid.UUID, but: uuid.UUID | None = None) -> None:
    """Sign all of a worker's devices out, except perhaps the one that asks."""
    with transaction() as session:
        revoking = (
            sa.update(LoginSession)
            .where(LoginSession.worker_id == worker_id, LoginSession.revoked_at.is_(None))
            .values(revoked_at=now())
            .returning(LoginSession.token_hash)
        )
        if but is not None:
            revoking = revoking.where(LoginSession.id != but)
        token_hashes = session.scalars(revoking).all()
        _mark(token_hashes)
        after_commit(lambda: _mark(token_hashes))


def outdate_sessions_of(*, worker_id: uuid.UUID) -> None:
    """To be called in the transaction that changes a worker's level or PIN, or freezes the account."""
    living = sa.select(LoginSession.token_hash).where(
        LoginSession.worker_id == worker_id, LoginSession.revoked_at.is_(None), LoginSession.expires_at > now()
    )

    def mark_again() -> None:
        # Asked anew, for sessions that were opened meanwhile.
        with _autocommit().connect() as connection:
            _mark(connection.scalars(living).all())

    with transaction() as session:
        _mark(session.scalars(living).all())
        after_commit(mark_again)


def forget_dead(*, before: datetime) -> int:
    """Delete sessions that ended before this instant; returns how many."""
    with transaction() as session:
        result = session.execute(
            sa.delete(LoginSession).where(
                sa.or_(LoginSession.expires_at < before, LoginSession.revoked_at < before),
            )
        )
        return int(result.rowcount)  # type: ignore[attr-defined]  # a cursor result


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def _autocommit() -> sa.Engine:
    """A connection for one statement, so that a view's own transaction or AUTOCOMMIT connection is not touched."""
    return db.engine.execution_options(isolation_level="AUTOCOMMIT")


def _ask_postgresql(token_hash: bytes) -> tuple[Principal, datetime] | None:
    has_pin = sa.exists().where(WorkerPin.worker_id == LoginSession.worker_id)
    statement = (
        sa.select(
            LoginSession.id, LoginSession.worker_id, LoginSession.expires_at, Worker.level, has_pin.label("has_pin")
        )
        .join(Worker, Worker.id == LoginSession.worker_id)
        .where(
            LoginSession.token_hash == token_hash,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > now(),
            Worker.frozen_at.is_(None),
        )
    )
    with _autocommit().connect() as connection:
        row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    principal = Principal(worker_id=row.worker_id, level=row.level, session_id=row.id, has_pin=row.has_pin)
    return principal, row.expires_at


def _key(token_hash: bytes) -> str:
    return f"session:{token_hash.hex()}"


def _read(token_hash: bytes) -> bytes | None:
    try:
        cached: bytes | None = redis_client().get(_key(token_hash))  # type: ignore[assignment]  # the synchronous client
    except redis.RedisError:
        return ASK_POSTGRESQL
    return cached


def _fill(token_hash: bytes, principal: Principal, expires_at: datetime) -> None:
    packed = orjson.dumps(
        {
            "worker_id": principal.worker_id,
            "level": principal.level,
            "session_id": principal.session_id,
            "has_pin": principal.has_pin,
            "expires_at": expires_at.timestamp(),
        }
    )
    try:
        redis_client().set(_key(token_hash), packed, nx=True, ex=CACHED)
    except redis.RedisError as error:
        log.warning("session_cache_away", kind=type(error).__name__)


def _unpack(cached: bytes) -> Principal | None:
    entry = orjson.loads(cached)
    if datetime.fromtimestamp(entry["expires_at"], UTC) <= now():
        return None
    return Principal(
        worker_id=uuid.UUID(entry["worker_id"]),
        level=Level(entry["level"]),
        session_id=uuid.UUID(entry["session_id"]),
        # Not in entries of the release before.
        has_pin=entry.get("has_pin", True),
    )


def _mark(token_hashes: Iterable[bytes]) -> None:
    try:
        with redis_client().pipeline(transaction=False) as pipe:
            for token_hash in token_hashes:
                pipe.set(_key(token_hash), ASK_POSTGRESQL, ex=CACHED)
            pipe.execute()
    except redis.RedisError as error:
        log.warning("session_cache_away", kind=type(error).__name__)
