"""The code shown at the door: signed, so that a scanner without a network can check it.

    WBP1.<payload>.<signature>

Both parts are base64url without padding. The signature is Ed25519 over `WBP1.<payload>` (ASCII); public keys:
`GET /api/v1/pass-keys`. The payload is 48 bytes, big-endian: 4 bytes key id, 16 bytes activity, 16 bytes sign-up,
4 bytes seat number, 4 bytes from when and 4 bytes until when it is good, in seconds since 1970. It names nobody.
Whoever gave the seat up afterwards still has the code, so a door with a network asks (`flask activities pass`).
"""

import struct
import uuid
from datetime import UTC, datetime

from msgspec import Struct

from server.activities.service import Signup
from server.core.signing import Signer, signer

VERSION = "WBP1"
PURPOSE = "check-in pass"
_LAYOUT = struct.Struct(">4s16s16sIII")


class Pass(Struct, frozen=True):
    """What a worker shows at the door."""

    code: str
    expires_at: datetime
    signup: Signup


class Shown(Struct, frozen=True):
    """What a scanner reads from a code."""

    activity_id: uuid.UUID
    signup_id: uuid.UUID
    seat_no: int
    issued_at: datetime
    expires_at: datetime


def pass_signer() -> Signer:
    """Signs and knows the public key."""
    return signer(PURPOSE)


def issue(signup: Signup, *, at: datetime) -> Pass:
    """The code of a sign-up that has a seat; good until the activity is over."""
    seat_no = signup.claim.seat_no
    if seat_no is None:
        raise ValueError("only who has a seat has a pass")
    keys, expires = pass_signer(), signup.card.ends_at
    payload = _LAYOUT.pack(
        bytes.fromhex(keys.key_id),
        signup.card.id.bytes,
        signup.claim.id.bytes,
        seat_no,
        int(at.timestamp()),
        int(expires.timestamp()),
    )
    return Pass(code=keys.sign(VERSION, payload), expires_at=expires, signup=signup)


def read(code: str, *, at: datetime) -> Shown | None:
    """What a code says; None for one that is not ours, was changed, or is no longer good."""
    payload = pass_signer().open(VERSION, code)
    if payload is None or len(payload) != _LAYOUT.size:
        return None
    _, activity, signup, seat_no, issued, expires = _LAYOUT.unpack(payload)
    shown = Shown(
        activity_id=uuid.UUID(bytes=activity),
        signup_id=uuid.UUID(bytes=signup),
        seat_no=seat_no,
        issued_at=datetime.fromtimestamp(issued, UTC),
        expires_at=datetime.fromtimestamp(expires, UTC),
    )
    return shown if at < shown.expires_at else None
