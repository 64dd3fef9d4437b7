"""Tables of lists of members. The file goes as soon as it is read, what came of it a month later."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, CreatedAt, Id, enum_column
from server.identity.models import Redacted
from server.unions.lists.vocabulary import LineKind, ListKind, ListState


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
