"""A stand-in for a key management service: a master key that wraps and unwraps other keys.

    python -m dev.standins.kms --port 8103

    POST /v1/wrap     Authorization: Bearer <token>     {"master_key", "context", "key": base64}
        200 {"wrapped": base64}
    POST /v1/unwrap   likewise                          {"master_key", "context", "wrapped": base64}
        200 {"key": base64}
        403 {"error": "forbidden"}      422 {"error": "not_wrapped_here"}: other master key, other context, damaged

The master key is derived from its name: good for nothing but tests. Control side: see `serving.py`.
"""

import argparse
import base64
import hashlib
import os
import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dev.standins.serving import Answer, Asked, StandIn, run

STATUS = {"forbidden": 403, "not_wrapped_here": 422, "bad_request": 400, "not_found": 404}
_NONCE = 12
Change = Callable[[str, str, bytes], bytes]
"""From master key, context and key to the key in its other form."""


class KmsStandIn(StandIn):
    """The service."""

    masked = frozenset({"key", "wrapped"})

    def __init__(self, *, token: str) -> None:
        super().__init__()
        self.routes |= {"/v1/wrap": self._wrap, "/v1/unwrap": self._unwrap}
        self._token = token

    def error(self, errcode: int | str) -> Answer:
        """`{"error"}` with its status."""
        return Answer.json({"error": errcode}, status=STATUS.get(str(errcode), 400))

    def unknown(self, asked: Asked) -> Answer:
        """404."""
        return self.error("not_found")

    def _wrap(self, asked: Asked) -> Answer:
        return self._answer(asked, "key", "wrapped", wrap)

    def _unwrap(self, asked: Asked) -> Answer:
        return self._answer(asked, "wrapped", "key", _unwrap)

    def _answer(self, asked: Asked, given: str, wanted: str, change: Change) -> Answer:
        if asked.headers.get("Authorization") != f"Bearer {self._token}":
            return self.error("forbidden")
        try:
            body = asked.json()
            changed = change(body["master_key"], body["context"], base64.b64decode(body[given], validate=True))
        except InvalidTag:
            return self.error("not_wrapped_here")
        except (ValueError, KeyError, TypeError, AttributeError):
            return self.error("bad_request")
        return Answer.json({wanted: base64.b64encode(changed).decode()})


def wrap(master_key: str, context: str, key: bytes) -> bytes:
    """A key under the master key of this name."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _master(master_key).encrypt(nonce, key, context.encode())


def _unwrap(master_key: str, context: str, wrapped: bytes) -> bytes:
    return _master(master_key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], context.encode())


def _master(name: str) -> AESGCM:
    return AESGCM(hashlib.sha256(f"stand-in master key: {name}".encode()).digest())


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m dev.standins.kms", description="Stand-in for a KMS.")
    parser.add_argument("--port", type=int, default=8103)
    token = os.environ.get("KMS_TOKEN") or "demo-kms-token"
    run(lambda _: KmsStandIn(token=token), parser, name="KMS stand-in")


if __name__ == "__main__":
    main()
