"""Field encryption and keyed digests, both with key ids so that keys can be replaced.

Ciphertext layout: `0x01 | length of key id | key id | 12-byte nonce | AES-256-GCM ciphertext and tag`. The context
(table and column) is authenticated, so a ciphertext moved to another column does not open.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any, cast

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

_VERSION = 1
_NONCE = 12


class DecryptionError(ValueError):
    """The ciphertext is damaged, belongs elsewhere, or its key is not configured."""


class Cipher:
    """AES-256-GCM over a ring of keys; the first key of the ring encrypts."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._current = next(iter(keys))
        self._keys = {key_id: AESGCM(key) for key_id, key in keys.items()}

    def encrypt(self, plain: bytes, *, context: bytes) -> bytes:
        """Encrypt for storage under `context`."""
        key_id = self._current.encode()
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._keys[self._current].encrypt(nonce, plain, context)
        return bytes((_VERSION, len(key_id))) + key_id + nonce + sealed

    def decrypt(self, stored: bytes, *, context: bytes) -> bytes:
        """Open what `encrypt` made.

        Raises:
            DecryptionError: never says which of its reasons it was.
        """
        if len(stored) < 2 or stored[0] != _VERSION:
            raise DecryptionError
        start = 2 + stored[1]
        key = self._keys.get(stored[2:start].decode("ascii", "replace"))
        if key is None:
            raise DecryptionError
        try:
            return key.decrypt(stored[start : start + _NONCE], stored[start + _NONCE :], context)
        except (InvalidTag, ValueError):
            raise DecryptionError from None


class KeyedHmac:
    """HMAC-SHA-256 over a ring of keys, one derived key for each purpose. A digest is `key id : 32 bytes`."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)

    def digests(self, value: str | bytes, *, purpose: str) -> list[bytes]:
        """The value under every key, the current one first: match against all, store the first."""
        message = value.encode() if isinstance(value, str) else value
        found = []
        for key_id, key in self._keys.items():
            derived = hmac.digest(key, b"purpose:" + purpose.encode(), hashlib.sha256)
            found.append(key_id.encode() + b":" + hmac.digest(derived, message, hashlib.sha256))
        return found


def init_crypto(app: Flask, *, field_keys: Mapping[str, bytes], hmac_keys: Mapping[str, bytes]) -> None:
    """Attach the key rings to the application."""
    app.extensions["warmbee_cipher"] = Cipher(field_keys)
    app.extensions["warmbee_hmac"] = KeyedHmac(hmac_keys)


def cipher() -> Cipher:
    """The field cipher of the running application."""
    return cast(Cipher, current_app.extensions["warmbee_cipher"])


def keyed_hmac(value: str | bytes, *, purpose: str) -> bytes:
    """The digest to store, under the current key."""
    return keyed_hmacs(value, purpose=purpose)[0]


def keyed_hmacs(value: str | bytes, *, purpose: str) -> list[bytes]:
    """The digests to match against, under every configured key."""
    return cast(KeyedHmac, current_app.extensions["warmbee_hmac"]).digests(value, purpose=purpose)


class EncryptedText(sa.types.TypeDecorator[str]):
    """A text column that is ciphertext in the database. `context` names table and column."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        self.context = context
        super().__init__()

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        if value is None:
            return None
        return cipher().encrypt(value.encode(), context=self.context.encode())

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        if value is None:
            return None
        return cipher().decrypt(value, context=self.context.encode()).decode()


class KeyedDigest(sa.types.TypeDecorator[bytes]):
    """A column for what `keyed_hmac` makes: good for matching, never to be read. Says for which purpose."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose
        super().__init__()
