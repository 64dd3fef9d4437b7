"""Requests between services that share a secret: who sends a body proves it by headers.

X-App-Id, X-Timestamp (Unix seconds), X-Nonce (used once), X-Signature: hex HMAC-SHA-256, with the secret, of
    "{method}\\n{path}\\n{timestamp}\\n{nonce}\\n{SHA-256 of the body in hex}"
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)
"""By which the signed time may be off."""


def signed_headers(*, method: str, path: str, body: bytes, app_id: str, secret: str, at: datetime) -> dict[str, str]:
    """The headers that prove who sends a body."""
    timestamp, nonce = str(int(at.timestamp())), secrets.token_hex(16)
    return {
        "Content-Type": "application/json",
        "X-App-Id": app_id,
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
        "X-Signature": _signature(secret, method, path, timestamp, nonce, body),
    }


def is_signed(
    headers: Mapping[str, str], *, method: str, path: str, body: bytes, app_id: str, secret: str, at: datetime
) -> bool:
    """Whether these headers prove that the other side sent this body just now."""
    timestamp, nonce = headers.get("X-Timestamp", ""), headers.get("X-Nonce", "")
    if not (nonce and timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(at.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        return False
    right = _signature(secret, method, path, timestamp, nonce, body)
    given = headers.get("X-Signature", "").encode()
    return headers.get("X-App-Id") == app_id and hmac.compare_digest(right.encode(), given)


def _signature(secret: str, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    signed = "\n".join((method, path, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
