"""The membership card: a signed text that anybody can check without a network.

    WB1.<payload>.<signature>

Both parts are base64url without padding. The signature is Ed25519 over `WB1.<payload>` (ASCII). The payload is JSON in
UTF-8: `kid` which key signed, `no` member number, `name` masked, `union`, `level`, `iat` and `exp` in seconds since
1970. A card is good for a day, so a lost phone's card is too. Public keys: `GET /api/v1/card-keys`.
"""

from datetime import datetime, timedelta

import orjson
from msgspec import Struct

from server.core.signing import Signer
from server.me.profile import WorkerSummary

VALID = timedelta(days=1)
VERSION = "WB1"


class Card(Struct, frozen=True):
    """What the mini-program shows and keeps."""

    number: str
    name_masked: str
    union: str
    issued_at: datetime
    expires_at: datetime
    token: str


class CardSigner(Signer):
    """Signs with a key derived from the service's signing key."""

    def __init__(self, signing_key: bytes) -> None:
        super().__init__(signing_key, purpose="membership card")

    def issue(self, summary: WorkerSummary, *, at: datetime) -> Card:
        """A card for a member."""
        membership = summary.membership
        if membership is None:
            raise ValueError("only a member has a card")
        issued, expires = at.replace(microsecond=0), at.replace(microsecond=0) + VALID
        name = summary.name_masked or ""
        payload = {
            "kid": self.key_id,
            "no": membership.number,
            "name": name,
            "union": membership.union.name,
            "level": summary.level.name,
            "iat": int(issued.timestamp()),
            "exp": int(expires.timestamp()),
        }
        return Card(
            number=membership.number,
            name_masked=name,
            union=membership.union.name,
            issued_at=issued,
            expires_at=expires,
            token=self.sign(VERSION, orjson.dumps(payload)),
        )
