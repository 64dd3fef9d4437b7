"""Field encryption and keyed digests, both with key ids so that keys can be replaced.

Ciphertext layout: `0x01 | length of key id | key id | 12-byte nonce | ciphertext and tag`; the algorithm is the key's.
The context (table and column) is authenticated, so a ciphertext moved to another column does not open.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any, cast

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from flask import Flask, current_app
from sqlalchemy.orm import Session

from server.core.algorithms import CipherAlgorithm, MacAlgorithm, aead, mac
from server.core.keys import EnvironmentKeys, KeyProvider, KmsKeys, Ring, unwrapped
from server.core.outside import Timeouts
from server.core.settings import Settings

_VERSION = 1
_NONCE = 12


class DecryptionError(ValueError):
    """The ciphertext is damaged, belongs elsewhere, or its key is not configured."""


class Cipher:
    """Authenticated encryption over a ring of keys; the first key of the ring encrypts."""

    def __init__(self, ring: Ring[CipherAlgorithm]) -> None:
        self.current = next(iter(ring))
        self._keys = {key_id: aead(key.algorithm, key.material) for key_id, key in ring.items()}

    def encrypt(self, plain: bytes, *, context: bytes) -> bytes:
        """Encrypt for storage under `context`."""
        nonce = secrets.token_bytes(_NONCE)
        return ciphertext_head(self.current) + nonce + self._keys[self.current].encrypt(nonce, plain, context)

    def decrypt(self, stored: bytes, *, context: bytes) -> bytes:
        """Open what `encrypt` made.

        Raises:
            DecryptionError: never says which of its reasons it was.
        """
        key_id = key_of_ciphertext(stored)
        key = self._keys.get(key_id or "")
        if key is None:
            raise DecryptionError
        start = 2 + stored[1]
        try:
            return key.decrypt(stored[start : start + _NONCE], stored[start + _NONCE :], context)
        except (InvalidTag, ValueError):
            raise DecryptionError from None


class KeyedHmac:
    """Keyed digests over a ring of keys, one derived key for each purpose. A digest is `key id : 32 bytes`."""

    def __init__(self, ring: Ring[MacAlgorithm]) -> None:
        self.current = next(iter(ring))
        self._ring = dict(ring)
        self._derived: dict[str, list[tuple[bytes, MacAlgorithm, bytes]]] = {}

    def digests(self, value: str | bytes, *, purpose: str) -> list[bytes]:
        """The value under every key, the current one first: match against all, store the first."""
        message = value.encode() if isinstance(value, str) else value
        return [head + mac(algorithm, key, message) for head, algorithm, key in self._for(purpose)]

    def _for(self, purpose: str) -> list[tuple[bytes, MacAlgorithm, bytes]]:
        """Head of the digests, algorithm and derived key, of each key of the ring."""
        if purpose not in self._derived:
            self._derived[purpose] = [
                (digest_head(key_id), key.algorithm, mac(key.algorithm, key.material, b"purpose:" + purpose.encode()))
                for key_id, key in self._ring.items()
            ]
        return self._derived[purpose]


def ciphertext_head(key_id: str) -> bytes:
    """What every ciphertext under a key begins with."""
    return bytes((_VERSION, len(key_id))) + key_id.encode()


def key_of_ciphertext(stored: bytes) -> str | None:
    """Id of the key that made it; None for what is no ciphertext."""
    if len(stored) < 2 or stored[0] != _VERSION:
        return None
    return stored[2 : 2 + stored[1]].decode("ascii", "replace")


def digest_head(key_id: str) -> bytes:
    """What every keyed digest under a key begins with."""
    return key_id.encode() + b":"


def init_crypto(app: Flask, settings: Settings) -> None:
    """Attach the key rings to the application.

    Raises:
        KeysUnavailable: the KMS does not give the keys. Nothing can be read without them, so nothing is served.
    """
    provider: KeyProvider = EnvironmentKeys()
    if settings.kms_base:
        provider = KmsKeys(
            base=settings.kms_base,
            token=settings.kms_token,
            master_key=settings.kms_master_key,
            timeouts=Timeouts(settings.outside_connect_seconds, settings.outside_read_seconds),
        )
    app.extensions["warmbee_cipher"] = Cipher(unwrapped(settings.field_keys, provider))
    app.extensions["warmbee_hmac"] = KeyedHmac(unwrapped(settings.hmac_keys, provider))


def cipher() -> Cipher:
    """The field cipher of the running application."""
    return cast(Cipher, current_app.extensions["warmbee_cipher"])


def hmac_ring() -> KeyedHmac:
    """The keyed digests of the running application."""
    return cast(KeyedHmac, current_app.extensions["warmbee_hmac"])


def keyed_hmac(value: str | bytes, *, purpose: str) -> bytes:
    """The digest to store, under the current key."""
    return keyed_hmacs(value, purpose=purpose)[0]


def keyed_hmacs(value: str | bytes, *, purpose: str) -> list[bytes]:
    """The digests to match against, under every configured key."""
    return hmac_ring().digests(value, purpose=purpose)


def one_at_a_time(session: Session, digests: Sequence[bytes]) -> None:
    """Let all who work on the same value wait for each other until the transaction ends.

    Args:
        digests: of `keyed_hmacs`: while a key is replaced, processes that disagree on which is the current one still
            meet, where an index over single digests would let both write the value.
    """
    for number in sorted(int.from_bytes(digest[-8:], signed=True) for digest in digests):
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


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

    def __init__(
        self, purpose: str, *, of: str | None = None, written: Callable[[str, Any], str] | None = None
    ) -> None:
        """
        Args:
            of: the encrypted column beside it that holds the value, so that a new key can have a digest too. Without
                one the value is nowhere, and the digest goes with its row.
            written: the value as it is digested, from that column's text and the row; the text itself if not given.
        """
        self.purpose = purpose
        self.of = of
        self.written = written
        super().__init__()
