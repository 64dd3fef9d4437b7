"""What makes something new can be sent again: the first answer is stored in the same transaction as what it created.

The key itself is not kept, only its hash; the stored answer is encrypted with a key derived from it, so that nobody
who reads the table can read the answers (one of them holds the secret of an anonymous case).
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.core.clock import full_hour, now
from server.core.crypto import KeyedDigest, keyed_hmac
from server.core.db import Base, CreatedAt, transaction
from server.core.errors import Problem
from server.core.web.guard import principal

View = TypeVar("View", bound=Callable[..., Any])

KEPT = timedelta(hours=24)
"""At least; an hour more at most."""
PURPOSE = "idempotency"
"""Of the requests' digests."""
REUSED = "idempotency_key_reused"
REPLAY = "Idempotent-Replay"
"""The header of an answer that was given before."""
FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
KEPT_HEADERS = (
    "Cache-Control",
    "Location",
    "HX-Redirect",
    "Content-Security-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Vary",
)
"""Of an answer, what is more than its body."""
_NONCE = 12


class IdempotencyRecord(Base):
    """One answered request."""

    __tablename__ = "idempotency_record"

    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256 of scope and key."""
    request_hmac: Mapped[bytes] = mapped_column(KeyedDigest(PURPOSE))
    """Keyed digest of method, path and body: the same key must come with the same request."""
    status: Mapped[int]
    answer: Mapped[bytes]
    """Nonce and AES-256-GCM of `{"type", "body", "headers"}`."""
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
    """The full hour that came next: nothing tells at which minute somebody without a name was there."""


def idempotent(view: View) -> View:
    """Honour `Idempotency-Key`. Stands above `arguments` and `response`; the view's work joins its transaction."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        key = _given_key()
        if key is None:
            return view(*args, **kwargs)
        caller = principal()
        return once(key, scope=caller.worker_id.bytes if caller else b"", act=lambda: view(*args, **kwargs))

    run.__idempotency__ = "stored"  # type: ignore[attr-defined]  # read by the guard over the URL map
    return run  # type: ignore[return-value]  # the same signature


def once(
    key: uuid.UUID,
    *,
    scope: bytes,
    act: Callable[[], ResponseReturnValue],
    beside: Collection[str] = (),
    wait: bool = False,
) -> Response:
    """Answer this request by what `act` does, or as it was answered before under the same key.

    An answer of 400 or more is not kept, and of what led to it nothing is.

    Args:
        scope: whose key it is.
        beside: names of fields of a form that may be others when it is sent again.
        wait: whether a second request at the same moment waits for the answer of the first; else it is told so.

    Raises:
        Problem: 409 `in_progress`; 422 `idempotency_key_reused` for another request under the same key.
    """
    key_hash = hashlib.sha256(b"idempotency:" + scope + key.bytes).digest()
    digest = _request_digest(beside)
    try:
        with transaction() as session:
            _lock(session, key_hash, wait=wait)
            record = session.get(IdempotencyRecord, key_hash)
            if record is not None and record.created_at > now() - KEPT:
                return _replay(record, key, digest)
            if record is not None:
                session.delete(record)
                session.flush()
            response = current_app.make_response(act())
            if response.status_code >= 400:
                raise _NothingDoneError(response)
            session.add(
                IdempotencyRecord(
                    key_hash=key_hash,
                    request_hmac=digest,
                    status=response.status_code,
                    answer=_seal(response, key),
                    created_at=full_hour(now()),
                )
            )
            return response
    except _NothingDoneError as refused:
        return refused.response


class _NothingDoneError(Exception):
    """Undoes the transaction; the answer says why."""

    def __init__(self, response: Response) -> None:
        self.response = response


def idempotency_exempt(reason: str) -> Callable[[View], View]:
    """Declare that a POST needs no key, and why."""

    def mark(view: View) -> View:
        view.__idempotency__ = f"exempt: {reason}"  # type: ignore[attr-defined]  # as above
        return view

    return mark


def forget_expired(session: Session, *, before: datetime) -> int:
    """Delete answers older than `before`; returns how many."""
    result = session.execute(sa.delete(IdempotencyRecord).where(IdempotencyRecord.created_at < before))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a cursor result


def _given_key() -> uuid.UUID | None:
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    try:
        return uuid.UUID(header)
    except ValueError:
        raise Problem(422, title="Idempotency-Key 要是一个 UUID") from None


def _lock(session: Session, key_hash: bytes, *, wait: bool) -> None:
    """Held until the transaction ends; a second request at the same moment waits, or is told so at once."""
    number = int.from_bytes(key_hash[:8], signed=True)
    if wait:
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))
    elif not session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(number))):
        raise Problem(409, "in_progress", "上一次提交还在办，请稍等几秒再看", headers={"Retry-After": "1"})


def _request_digest(beside: Collection[str]) -> bytes:
    """A form is digested by its parts: of a multipart body a repeat comes with another boundary."""
    if request.mimetype in FORMS:
        parts: list[tuple[str, str, str]] = [
            ("field", name, value) for name, value in request.form.items(multi=True) if name not in beside
        ]
        for name, upload in request.files.items(multi=True):
            parts.append(("file", name, hashlib.file_digest(upload.stream, "sha256").hexdigest()))  # type: ignore[arg-type]  # any readable binary stream
            upload.stream.seek(0)
        body = orjson.dumps(sorted(parts))
    else:
        body = request.get_data(cache=True)
    message = b"\n".join((request.method.encode(), request.full_path.encode(), body))
    return keyed_hmac(message, purpose=PURPOSE)


def _answer_cipher(key: uuid.UUID) -> AESGCM:
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"idempotent answer").derive(key.bytes))


def _seal(response: Response, key: uuid.UUID) -> bytes:
    plain = orjson.dumps(
        {
            "type": response.content_type,
            "body": response.get_data(as_text=True),
            "headers": {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
        }
    )
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _answer_cipher(key).encrypt(nonce, plain, None)


def _replay(record: IdempotencyRecord, key: uuid.UUID, digest: bytes) -> Response:
    if not hmac.compare_digest(record.request_hmac, digest):
        raise Problem(422, REUSED, "同一个 Idempotency-Key 不能用在不同的内容上")
    stored = orjson.loads(_answer_cipher(key).decrypt(record.answer[:_NONCE], record.answer[_NONCE:], None))
    replayed = Response(stored["body"], status=record.status, content_type=stored["type"])
    # Answers of before there were any have none.
    replayed.headers.update(stored.get("headers", {}))
    replayed.headers[REPLAY] = "true"
    return replayed
