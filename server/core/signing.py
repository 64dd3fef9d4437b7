"""Short texts that anybody can check without a network: Ed25519, one derived key for each purpose."""

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.core.settings import settings


class Signer:
    """Signs with a key derived from the service's signing key."""

    def __init__(self, signing_key: bytes, *, purpose: str) -> None:
        seed = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(signing_key)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = base64url(self._key.public_key().public_bytes_raw())
        """32 bytes in base64url."""
        self.key_id = hashlib.sha256(self.public_key.encode()).hexdigest()[:8]

    def sign(self, version: str, payload: bytes) -> str:
        """`version.payload.signature`, the latter two in base64url without padding; the signature covers the rest."""
        signed = f"{version}.{base64url(payload)}"
        return f"{signed}.{base64url(self._key.sign(signed.encode()))}"

    def open(self, version: str, text: str) -> bytes | None:
        """The payload of what `sign` made; None for anything else."""
        signed, _, signature = text.rpartition(".")
        try:
            self._key.public_key().verify(_bytes(signature), signed.encode())
        except (InvalidSignature, ValueError):
            return None
        given, _, payload = signed.partition(".")
        return _bytes(payload) if given == version else None


def signer(purpose: str) -> Signer:
    """The running application's signer for a purpose."""
    return Signer(settings().signing_key, purpose=purpose)


def base64url(raw: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """ValueError for what is not base64url."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
