"""Tables of the staff."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import EncryptedText, KeyedDigest
from server.core.db import Base, CreatedAt, Id, enum_column
from server.identity.models import Redacted
from server.unions.staff.vocabulary import GrantState

STAFF_NAME = "staff_account.name"
"""The context that its ciphertext is bound to."""
RECOVERY_CODE = "staff_recovery_code"
"""Purpose of the digests of recovery codes."""


class StaffAccount(Redacted, Base):
    """One member of the staff. Accounts are closed, never deleted: the audit names them by number."""

    __tablename__ = "staff_account"

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(EncryptedText(STAFF_NAME))
    union_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("trade_union.id"), index=True)
    """Where they work."""
    closed_at: Mapped[datetime | None]


class RoleGrant(Redacted, Base):
    """A role for a time, in the subtree of a union: asked for by one person, approved by another."""

    __tablename__ = "role_grant"
    __table_args__ = (
        sa.CheckConstraint("state = 'refused' OR requested_by_id <> decided_by_id", name="two_persons"),
        sa.CheckConstraint("state <> 'granted' OR decided_by_id <> staff_id", name="not_for_oneself"),
        sa.Index("ix_role_grant_staff_id_state", "staff_id", "state"),
        sa.Index(
            "uq_role_grant_staff_id_role_union_id_open",
            "staff_id",
            "role",
            "union_id",
            # One that is held, and one that is asked for: to follow it.
            "state",
            unique=True,
            postgresql_where=sa.text("state IN ('requested', 'granted')"),
        ),
        sa.Index(
            "uq_role_grant_staff_id_apart_granted",
            "staff_id",
            "apart",
            unique=True,
            postgresql_where=sa.text("state = 'granted'"),
        ),
    )

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff_account.id"))
    role: Mapped[str]
    """Key in `config/roles.yaml`."""
    apart: Mapped[str | None]
    """The role's word for what it excludes; NULLs do not exclude each other."""
    union_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("trade_union.id"))
    state: Mapped[GrantState] = mapped_column(enum_column(GrantState))
    until: Mapped[datetime]
    warned_at: Mapped[datetime | None]
    """When somebody was told last that it ends."""
    reason: Mapped[str]
    """Of the request; about the work, never about a person."""
    requested_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff_account.id"))
    """None for the administrators with whom a tree begins."""
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff_account.id"))
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None]
    """Why it was not given; about the work, never about a person."""
    ended_at: Mapped[datetime | None]


class StaffCredential(Base):
    """How a member of the staff proves who they are: a password, then a code of their authenticator."""

    __tablename__ = "staff_credential"

    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff_account.id"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(EncryptedText("staff_credential.password_hash"))
    """By Argon2id."""
    set_at: Mapped[datetime]
    temporary_until: Mapped[datetime | None]
    """Of a password that somebody else made: good for signing in once, to choose another."""
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText("staff_credential.totp_secret"))
    """Base32; None until an authenticator is bound."""
    totp_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    """The half minute of the last code that was taken: it and earlier ones are not taken again."""
    tries: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    """Wrong passwords and codes in a row."""
    locked_until: Mapped[datetime | None]

    def __repr__(self) -> str:
        return f"<StaffCredential {self.staff_id}>"


class StaffRecoveryCode(Redacted, Base):
    """Signs in once in place of an authenticator that was lost."""

    __tablename__ = "staff_recovery_code"

    id: Mapped[Id]
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff_account.id"), index=True)
    code_hmac: Mapped[bytes] = mapped_column(KeyedDigest(RECOVERY_CODE))
    used_at: Mapped[datetime | None]


class StaffSession(Redacted, Base):
    """One browser in which a member of the staff signs in, or has signed in."""

    __tablename__ = "staff_session"

    id: Mapped[Id]
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff_account.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    device: Mapped[str]
    """Browser and system in a few words, so that a stranger's is noticed."""
    created_at: Mapped[CreatedAt]
    seen_at: Mapped[datetime]
    """Of the last request, to the minute."""
    expires_at: Mapped[datetime]
    code_at: Mapped[datetime | None]
    """When the second factor was given; None while only the password was."""
    revoked_at: Mapped[datetime | None]
