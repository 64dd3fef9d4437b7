"""Rings of keys, and where their keys come from.

A ring is written `id:algorithm:base64,id:base64`, the current key first. Without an algorithm it is AES-256-GCM or
HMAC-SHA-256. The base64 is the key itself, or, with a KMS, the key as the KMS wrapped it.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from server.core.algorithms import CipherAlgorithm, MacAlgorithm
from server.core.outside import Http, OutsideUnavailable, Retry, Timeouts

Algorithm = TypeVar("Algorithm", CipherAlgorithm, MacAlgorithm)


@dataclass(frozen=True, slots=True)
class Key(Generic[Algorithm]):
    """One key of a ring, usable or still wrapped."""

    algorithm: Algorithm
    material: bytes = field(repr=False)


Ring = Mapping[str, Key[Algorithm]]
"""Key id → key, the current one first."""


class KeysUnavailable(RuntimeError):
    """The keys cannot be had, so the service must not start. Says why, without any part of a key."""


class KeyProvider(Protocol):
    """Turns what the settings hold into keys."""

    def unwrap(self, key_id: str, material: bytes) -> bytes:
        """The key itself.

        Raises:
            KeysUnavailable
        """
        ...


class EnvironmentKeys:
    """The settings hold the keys themselves."""

    def unwrap(self, key_id: str, material: bytes) -> bytes:
        """As it is."""
        return material


class KmsKeys:
    """A key management service holds the master key; the settings hold keys that it wrapped.

        POST {base}/v1/unwrap   Authorization: Bearer <token>
                                {"master_key", "context", "wrapped": base64}
            200 {"key": base64}     403 the token may not     422 wrapped by another master key, or for another key id

    A vendor's own HTTP goes into a class like this one. Asked at start only, a few times when it does not answer.
    """

    def __init__(
        self, *, base: str, token: str, master_key: str, timeouts: Timeouts, retry: Retry | None = None
    ) -> None:
        self._url, self._token, self._master_key = f"{base}/v1/unwrap", token, master_key
        self._http, self._retry = Http(timeouts), retry or Retry(more=2, pause=0.3, within=5)

    def unwrap(self, key_id: str, material: bytes) -> bytes:
        """Ask the KMS."""
        asked = {
            "master_key": self._master_key,
            "context": f"warmbee:{key_id}",
            "wrapped": base64.b64encode(material).decode(),
        }
        trouble = "no answer"
        try:
            answer = self._retry.run(
                lambda: self._http.request(
                    "POST", self._url, json=asked, headers={"Authorization": f"Bearer {self._token}"}
                ),
                again=lambda error: isinstance(error, OutsideUnavailable),
            )
        except OutsideUnavailable as error:
            trouble = str(error)
        else:
            if answer.status_code == 200:
                try:
                    return base64.b64decode(answer.json()["key"], validate=True)
                except (ValueError, KeyError, TypeError):
                    trouble = "answer not understood"
            else:
                trouble = f"refused with {answer.status_code}"
        raise KeysUnavailable(f"the KMS does not give key {key_id}: {trouble}")


def read_ring(text: str, default: Algorithm) -> dict[str, Key[Algorithm]]:
    """Read a ring as the settings write it.

    Raises:
        ValueError: says what is wrong, without any part of a key.
    """
    ring: dict[str, Key[Algorithm]] = {}
    for part in text.split(","):
        key_id, *algorithm, encoded = part.strip().split(":")
        if not (1 <= len(key_id) <= 16 and key_id.isascii() and key_id.isalnum()) or len(algorithm) > 1 or not encoded:
            raise ValueError("must read id:algorithm:base64,id:base64 with ids of 1 to 16 letters or digits")
        if key_id in ring:
            raise ValueError("holds an id twice")
        known = [one.value for one in type(default)]
        if algorithm and algorithm[0] not in known:
            raise ValueError(f"knows the algorithms {', '.join(known)}")
        try:
            material = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise ValueError("must hold keys in base64") from None
        ring[key_id] = Key(type(default)(algorithm[0]) if algorithm else default, material)
    return ring


def wrong_length(ring: Ring[Algorithm]) -> str | None:
    """What is wrong with the keys' lengths; None when nothing is."""
    for key_id, key in ring.items():
        if len(key.material) != key.algorithm.key_bytes:
            size = key.algorithm.key_bytes
            return f"must hold {size} bytes in base64 for {key_id} (openssl rand -base64 {size})"
    return None


def unwrapped(ring: Ring[Algorithm], provider: KeyProvider) -> dict[str, Key[Algorithm]]:
    """The ring with its keys ready for use.

    Raises:
        KeysUnavailable
    """
    ready = {key_id: Key(key.algorithm, provider.unwrap(key_id, key.material)) for key_id, key in ring.items()}
    if wrong_length(ready):
        raise KeysUnavailable("the KMS gave a key of another length than its algorithm has")
    return ready
