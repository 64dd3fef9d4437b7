"""Tables of the identity domain.

What identifies a person is stored as ciphertext, and beside it, where it has to be matched, as a keyed digest. Rows
print nothing but their id.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.access import Level
from server.core.clock import now
from server.core.crypto import EncryptedText, KeyedDigest
from server.core.db import Base, CreatedAt, Id, enum_column
from server.identity.papers import IdType, match_key

PHONE = "phone"
OPENID = "openid"
ID_NUMBER = "id_number"
NAME = "name"
SMS_CODE = "sms_code"
CLAIM = "identity check"
"""Purposes of keyed digests: the same value has another digest for each."""


class WorkerGroup(StrEnum):
    """What a worker does for a living."""

    FOOD_DELIVERY = "food_delivery"
    COURIER = "courier"
    RIDE_HAILING = "ride_hailing"
    FREIGHT = "freight"
    DOMESTIC = "domestic"
    DESIGNATED_DRIVER = "designated_driver"
    SANITATION = "sanitation"
    CONSTRUCTION = "construction"
    EMPLOYEE = "employee"
    OTHER = "other"


class ConsentKey(StrEnum):
    """What a worker can agree to, each by a tick of its own. Their texts are in `config/consents`."""

    TERMS = "terms"
    IDENTITY = "identity"
    FACE = "face"
    LOCATION = "location"
    HEALTH = "health"
    FINANCE = "finance"
    FAMILY = "family"
    SHARING = "sharing"
    PUBLICATION = "publication"
    CONTACT = "contact"
    TRUTH = "truth"


class Outcome(StrEnum):
    """What became of a verification."""

    MATCHED = "matched"
    MANUAL = "manual"
    REFUSED = "refused"


class DeskReason(StrEnum):
    """Why a verification went to the desk. For staff only: a worker is always told the same."""

    NOT_CONFIRMED = "not_confirmed"
    """No source knows this name with this number."""
    NUMBER_TAKEN = "number_taken"
    """Another account holds the number."""
    PAPER = "paper"
    """A paper that no source can confirm."""
    SOURCE_AWAY = "source_away"
    CHANGED = "changed"
    """The account is, or was, verified with another name or number."""


class DeskState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    REPLACED = "replaced"
    """The worker verified otherwise, or asked again with other data."""


class SignInWay(StrEnum):
    """How a session was opened."""

    WECHAT = "wechat"
    SMS = "sms"
    DEMO = "demo"
    SWITCH = "switch"
    """From another person's session on a phone that several share."""


class LevelColumn(sa.types.TypeDecorator[Level]):
    """A verification level as a small integer."""

    impl = sa.SmallInteger
    cache_ok = True

    def process_bind_param(self, value: Level | None, dialect: Any) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Any) -> Level | None:
        return None if value is None else Level(value)


class Redacted:
    """Prints kind and id, nothing else."""

    id: Any

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


def _matched(number: str, row: Any) -> str:
    """What the digest of a worker's number is of."""
    return match_key(IdType(row.id_type), number)


class Worker(Redacted, Base):
    """One account. Name and number are there from the moment a source confirmed them."""

    __tablename__ = "worker"
    __table_args__ = (sa.CheckConstraint("level BETWEEN 0 AND 3", name="level"),)

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    level: Mapped[Level] = mapped_column(LevelColumn, default=Level.L0)
    phone: Mapped[str | None] = mapped_column(EncryptedText("worker.phone"))
    """As `rules.normalise_phone` writes it."""
    phone_hmac: Mapped[bytes | None] = mapped_column(KeyedDigest(PHONE, of="phone"), index=True)
    """Not unique: couples and dormitories share phones."""
    phone_confirmed_at: Mapped[datetime | None]
    name: Mapped[str | None] = mapped_column(EncryptedText("worker.name"))
    id_type: Mapped[IdType | None] = mapped_column(enum_column(IdType))
    id_number: Mapped[str | None] = mapped_column(EncryptedText("worker.id_number"))
    id_number_hmac: Mapped[bytes | None] = mapped_column(
        KeyedDigest(ID_NUMBER, of="id_number", written=_matched), unique=True
    )
    worker_group: Mapped[WorkerGroup | None] = mapped_column(enum_column(WorkerGroup))
    verified_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    """When two staff members confirmed that this is the person (L3)."""
    paper_valid_to: Mapped[date | None]
    """Last day of the paper that was shown; None where nobody looked, and for papers without an end."""
    may_share_with: Mapped[int | None] = mapped_column(sa.SmallInteger)
    """How many may share this worker's WeChat account or number, where the desk confirmed more than five."""
    frozen_at: Mapped[datetime | None]
    """Since when nobody gets in: fraud is suspected, or the person has died."""
    merged_into: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("worker.id"), index=True)
    """The same person's other account, to which everything went."""


class WeChatLogin(Redacted, Base):
    """A WeChat account that opens a worker's account, perhaps among others. WeChat's union id is not kept."""

    __tablename__ = "wechat_login"
    __table_args__ = (sa.UniqueConstraint("openid_hmac", "worker_id"),)

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"), index=True)
    openid: Mapped[str] = mapped_column(EncryptedText("wechat_login.openid"))
    openid_hmac: Mapped[bytes] = mapped_column(KeyedDigest(OPENID, of="openid"))
    used_at: Mapped[datetime] = mapped_column(default=now)
    """When it last opened this worker's account: signing in opens the one that was used last."""


class LoginSession(Redacted, Base):
    """One signed-in device. The token itself is known to the device only."""

    __tablename__ = "login_session"

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    """SHA-256 of the token, which has 256 random bits: no key and no salt needed."""
    way: Mapped[SignInWay] = mapped_column(enum_column(SignInWay))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    stepped_up_until: Mapped[datetime | None]
    """Until when this device may do what is sensitive: its holder has just proved who they are."""
    wechat_login_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("wechat_login.id"), index=True)
    """Through which WeChat account it was opened."""
    pin_checked_until: Mapped[datetime | None]
    """Until when this device is not asked for the PIN again."""


class WorkerPin(Base):
    """Six digits that keep the others on a shared phone out of what is private."""

    __tablename__ = "worker_pin"

    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"), primary_key=True)
    pin_hash: Mapped[str] = mapped_column(EncryptedText("worker_pin.pin_hash"))
    """By Argon2id, and encrypted: of a hash alone, six digits are guessed in an hour."""
    set_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    """Wrong ones in a row."""
    locked_until: Mapped[datetime | None]

    def __repr__(self) -> str:
        return f"<WorkerPin {self.worker_id}>"


class SmsCode(Redacted, Base):
    """A code sent to a phone. Number and code are wiped as soon as the message is out."""

    __tablename__ = "sms_code"
    __table_args__ = (sa.Index("ix_sms_code_phone_hmac_created_at", "phone_hmac", "created_at"),)

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    phone_hmac: Mapped[bytes] = mapped_column(KeyedDigest(PHONE))
    code_hmac: Mapped[bytes] = mapped_column(KeyedDigest(SMS_CODE))
    phone: Mapped[str | None] = mapped_column(EncryptedText("sms_code.phone"))
    code: Mapped[str | None] = mapped_column(EncryptedText("sms_code.code"))
    withheld: Mapped[bool]
    """Asked for too often: nothing was sent, and the code opens nothing."""
    tries: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


class Consent(Redacted, Base):
    """A worker agreed to a text. Withdrawing and agreeing again makes a new row."""

    __tablename__ = "consent"
    __table_args__ = (
        sa.Index(
            "uq_consent_worker_id_key_version",
            "worker_id",
            "key",
            "version",
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"))
    key: Mapped[ConsentKey] = mapped_column(enum_column(ConsentKey))
    version: Mapped[str]
    granted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class VerificationAttempt(Redacted, Base):
    """One try at being verified: counted, and holding nothing of what was tried."""

    __tablename__ = "verification_attempt"
    __table_args__ = (sa.Index("ix_verification_attempt_worker_id_created_at", "worker_id", "created_at"),)

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"))
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome))


class DeskRequest(Redacted, Base):
    """A verification that a person has to decide. Name and number are wiped with the decision."""

    __tablename__ = "desk_request"
    __table_args__ = (
        sa.Index(
            "uq_desk_request_worker_id_open", "worker_id", unique=True, postgresql_where=sa.text("state = 'open'")
        ),
    )

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"), index=True)
    state: Mapped[DeskState] = mapped_column(enum_column(DeskState), default=DeskState.OPEN)
    reason: Mapped[DeskReason] = mapped_column(enum_column(DeskReason))
    name: Mapped[str | None] = mapped_column(EncryptedText("desk_request.name"))
    id_type: Mapped[IdType] = mapped_column(enum_column(IdType))
    id_number: Mapped[str | None] = mapped_column(EncryptedText("desk_request.id_number"))
    id_number_hmac: Mapped[bytes | None] = mapped_column(
        KeyedDigest(ID_NUMBER, of="id_number", written=_matched), index=True
    )
    """By which whoever comes with the paper is found."""
    worker_group: Mapped[WorkerGroup] = mapped_column(enum_column(WorkerGroup))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    """As in the audit: `staff:<number>`."""
    note: Mapped[str | None] = mapped_column(EncryptedText("desk_request.note"))
    """Why it was refused, in words for the worker."""
    wanted: Mapped[str | None] = mapped_column(EncryptedText("desk_request.wanted"))
    """What the worker is asked to send, in words for the worker; None when the desk needs nothing."""
    evidence_gone_at: Mapped[datetime | None]
    """When the photos that came with it were deleted."""


class CheckState(StrEnum):
    """How far a question to the identity service has come."""

    FREE = "free"
    """It was not charged: it may be asked."""
    ASKING = "asking"
    """It was sent. Without an answer nobody knows whether it was charged, and it is not sent again."""
    ANSWERED = "answered"


class Said(StrEnum):
    """What the identity service says."""

    SAME = "same"
    DIFFERENT = "different"
    """Also wrongly, for rare characters: a person looks at it."""
    UNKNOWN = "unknown"


class IdentityCheck(Redacted, Base):
    """One name with one number, asked of the identity service at most once, whoever claims them."""

    __tablename__ = "identity_check"

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    claim_hmac: Mapped[bytes] = mapped_column(KeyedDigest(CLAIM), unique=True)
    state: Mapped[CheckState] = mapped_column(enum_column(CheckState))
    said: Mapped[Said | None] = mapped_column(enum_column(Said))
    answered_at: Mapped[datetime | None]


class ActKind(StrEnum):
    """What one member of the staff proposes and another one confirms."""

    SEEN = "seen"
    """The person was there with the paper: L3."""
    MERGE = "merge"
    """Two accounts are one person's."""
    RELEASE = "release"
    """The number was another person's: the account loses name, number and level."""
    UNFREEZE = "unfreeze"


class ActState(StrEnum):
    PROPOSED = "proposed"
    DONE = "done"
    DROPPED = "dropped"


class PairedAct(Redacted, Base):
    """Something about an account that takes two members of the staff."""

    __tablename__ = "paired_act"
    __table_args__ = (
        sa.CheckConstraint("decided_by IS NULL OR state = 'dropped' OR decided_by <> proposed_by", name="two_people"),
        sa.CheckConstraint("(kind = 'merge') = (other_worker_id IS NOT NULL)", name="other_account"),
        sa.Index(
            "uq_paired_act_kind_worker_id_proposed",
            "kind",
            "worker_id",
            unique=True,
            postgresql_where=sa.text("state = 'proposed'"),
        ),
    )

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    kind: Mapped[ActKind] = mapped_column(enum_column(ActKind))
    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"), index=True)
    """Whose account it is about; of a merger, the one that stays."""
    other_worker_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("worker.id"))
    """Of a merger: the account that goes."""
    paper_valid_to: Mapped[date | None]
    """Of a person seen."""
    state: Mapped[ActState] = mapped_column(enum_column(ActState), default=ActState.PROPOSED)
    proposed_by: Mapped[str]
    """As in the audit: `staff:<number>`."""
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class RosterEntry(Redacted, Base):
    """A member on a union's list, as two digests: enough to recognise somebody, too little to know anybody."""

    __tablename__ = "roster_entry"

    id: Mapped[Id]
    id_type: Mapped[IdType] = mapped_column(enum_column(IdType))
    id_number_hmac: Mapped[bytes] = mapped_column(KeyedDigest(ID_NUMBER), unique=True)
    name_hmac: Mapped[bytes] = mapped_column(KeyedDigest(NAME), index=True)
    union_id: Mapped[uuid.UUID]
    """Of the unions domain, which lies above this one."""
    imported_at: Mapped[datetime]
