"""Ciphers and keyed digests that keys can be for: international and Chinese (GB/T 32907 SM4, GB/T 32905 SM3)."""

import hashlib
import hmac
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

TAG = 16
"""Bytes at the end of every ciphertext."""


class CipherAlgorithm(StrEnum):
    """What encrypts fields."""

    AES_256_GCM = "aes256gcm"
    SM4_GCM = "sm4gcm"

    @property
    def key_bytes(self) -> int:
        return 32 if self is CipherAlgorithm.AES_256_GCM else 16


class MacAlgorithm(StrEnum):
    """What makes keyed digests, of 32 bytes both."""

    HMAC_SHA256 = "sha256"
    HMAC_SM3 = "sm3"

    @property
    def key_bytes(self) -> int:
        return 32


class Aead(Protocol):
    """Encryption that notices changes. Nonces have 12 bytes."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Raises InvalidTag, or ValueError for what cannot be a ciphertext."""
        ...


class Sm4Gcm:
    """SM4 in GCM, in the form of `AESGCM`, which the library does not have."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Ciphertext and tag."""
        sealing = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(associated_data or b"")
        return sealing.update(data) + sealing.finalize() + sealing.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Open what `encrypt` made."""
        if len(data) < TAG:
            raise InvalidTag
        opening = Cipher(self._algorithm, modes.GCM(nonce, data[-TAG:])).decryptor()
        opening.authenticate_additional_data(associated_data or b"")
        return opening.update(data[:-TAG]) + opening.finalize()


def aead(algorithm: CipherAlgorithm, key: bytes) -> Aead:
    """The cipher under a key."""
    return AESGCM(key) if algorithm is CipherAlgorithm.AES_256_GCM else Sm4Gcm(key)


def mac(algorithm: MacAlgorithm, key: bytes, message: bytes) -> bytes:
    """The keyed digest of a message, 32 bytes."""
    if algorithm is MacAlgorithm.HMAC_SHA256:
        return hmac.digest(key, message, hashlib.sha256)
    digest = HMAC(key, hashes.SM3())
    digest.update(message)
    return digest.finalize()
