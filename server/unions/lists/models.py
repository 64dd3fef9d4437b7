"""Tables of lists of members. The file goes as soon as it is read, what came of it a month later."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import EncryptedText, KeyedDigest
from server.core.db import Base, CreatedAt, Id, enum_column
from server.identity.listed import PHONE_CONTEXT
from server.identity.models import ID_NUMBER, PHONE, Redacted
from server.unions.lists.vocabulary import InvitationAnswer, LineKind, ListKind, ListState


class MemberList(Redacted, Base):
    """A file that a member of the staff sent, and what came of it."""

    __tablename__ = "member_list"
    __table_args__ = (
        # One at a time of each: whoever sends another one looks at the first.
        sa.Index(
            "uq_member_list_under_way",
            "staff_no",
            unique=True,
            postgresql_where=sa.text("state IN ('queued', 'reading')"),
        ),
        sa.Index("ix_member_list_staff_no_created_at", "staff_no", "created_at"),
    )

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    staff_no: Mapped[str]
    kind: Mapped[ListKind] = mapped_column(enum_column(ListKind))
    rehearsal: Mapped[bool]
    """Find out everything, write nothing."""
    csv: Mapped[bool]
    """Else xlsx."""
    state: Mapped[ListState] = mapped_column(enum_column(ListState))
    parts: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    """Keys of the file's parts in the storage, in order; none once it is read."""
    offices: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(sa.Uuid))
    """The unions for which whoever sent it held the right when it was read: who does not any more does not see it."""
    tries: Mapped[int] = mapped_column(sa.SmallInteger)
    """How often its reading was begun."""
    rows_read: Mapped[int]
    ended_at: Mapped[datetime | None]
    written: Mapped[bool]
    """Whether anything was changed by it."""
    counts: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    """Why it failed, for whoever sent it."""


class MemberListLine(Redacted, Base):
    """One line of an outcome. A row of the file is known by its number, a member by theirs, a union by its code."""

    __tablename__ = "member_list_line"

    list_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("member_list.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[LineKind] = mapped_column(enum_column(LineKind), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    """Among those of its kind, from 1."""
    row: Mapped[int | None]
    number: Mapped[str | None]
    theirs: Mapped[str | None]
    ours: Mapped[str | None]
    sentence: Mapped[str | None]
    """What is wrong with a row, without what stands in it."""


class MembershipInvitation(Redacted, Base):
    """Somebody whom a list of the desk put on the roster is asked whether it is them, and whether they want to join."""

    __tablename__ = "membership_invitation"
    __table_args__ = (
        # Those whom somebody has to tell, or to tell again.
        sa.Index(
            "ix_membership_invitation_told_at",
            "told_at",
            postgresql_where=sa.text(
                "worker_id IS NOT NULL AND reminded_at IS NULL AND (answer IS NULL OR answer = 'later')"
            ),
        ),
        sa.Index(
            "ix_membership_invitation_phone_hmac", "phone_hmac", postgresql_where=sa.text("phone_hmac IS NOT NULL")
        ),
        sa.Index("ix_membership_invitation_to_text", "id", postgresql_where=sa.text("phone IS NOT NULL")),
    )

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    list_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("member_list.id", ondelete="SET NULL"), index=True)
    """The last list that names them; None once it is forgotten."""
    row: Mapped[int]
    """Where they stand in it."""
    union_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("trade_union.id"))
    """Which union they are asked to join."""
    id_number_hmac: Mapped[bytes] = mapped_column(KeyedDigest(ID_NUMBER), unique=True)
    worker_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("worker.id"), index=True)
    """Whom it was found to be, to tell them; that it is still them, the number says."""
    phone: Mapped[str | None] = mapped_column(EncryptedText(PHONE_CONTEXT))
    """Of somebody without an account, until the one SMS is sent."""
    phone_hmac: Mapped[bytes | None] = mapped_column(KeyedDigest(PHONE))
    """That none is sent to the same phone again."""
    texted_at: Mapped[datetime | None]
    wrong_number: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """The one SMS could not be sent: there is no such number."""
    answer: Mapped[InvitationAnswer | None] = mapped_column(enum_column(InvitationAnswer))
    answered_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    """Once, and never again."""
