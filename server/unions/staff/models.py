"""Tables of the staff."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import EncryptedText
from server.core.db import Base, CreatedAt, Id, enum_column
from server.identity.models import Redacted
from server.unions.staff.vocabulary import GrantState


class StaffAccount(Redacted, Base):
    """One member of the staff. Accounts are closed, never deleted: the audit names them by number."""

    __tablename__ = "staff_account"

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(EncryptedText("staff_account.name"))
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
    reason: Mapped[str]
    """Of the request; about the work, never about a person."""
    requested_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff_account.id"))
    """None for the administrators with whom a tree begins."""
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff_account.id"))
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
