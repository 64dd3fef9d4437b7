"""Tables of assignments: who can be assigned, who was, and what they and the worker write to each other alone."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from server.cases.models import Author, Redacted
from server.core.crypto import EncryptedText
from server.core.db import Base, Id, enum_column

ASSIGNEE_PHONE = "case_assignee.phone"
ASSIGNEE_ACCOUNT = "case_assignee.account"
TALK_TEXT = "case_talk.text"
"""The contexts that their ciphertexts are bound to."""
LIVING = "ended_at IS NULL"


class Ending(StrEnum):
    """Why an assignment is over."""

    DECLINED = "declined"
    SILENT = "silent"
    """Not answered in time."""
    CHANGED = "changed"
    """The worker asked for somebody else."""
    TAKEN_BACK = "taken_back"
    OVER = "over"
    """The case came to its end."""


class CaseAssignee(Base):
    """What is to be known of a member of the staff before a case is given to them, by the role for which it is."""

    __tablename__ = "case_assignee"
    __table_args__ = (sa.CheckConstraint("most > 0", name="most"),)

    staff_no: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    """Key in `config/roles.yaml`."""
    skills: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    """Answers of the field that a service's `assignment.skill` names."""
    languages: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    most: Mapped[int] = mapped_column(sa.SmallInteger)
    """How many cases at a time."""
    phone: Mapped[str | None] = mapped_column(EncryptedText(ASSIGNEE_PHONE))
    """Of the office; the worker is told it."""
    account: Mapped[str | None] = mapped_column(EncryptedText(ASSIGNEE_ACCOUNT))
    """Whom and where to pay for their work, in words: name, bank, number."""
    parties: Mapped[str] = mapped_column(EncryptedText("case_assignee.parties"))
    """For whom else they act: a name, or a name and a credit code behind a space, a line each."""


class CaseAssignment(Redacted, Base):
    """A case in somebody's hands. One at a time."""

    __tablename__ = "case_assignment"
    __table_args__ = (
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended"),
        sa.Index("uq_case_assignment_living", "case_id", unique=True, postgresql_where=sa.text(LIVING)),
        sa.Index("ix_case_assignment_case_id", "case_id"),
        sa.Index("ix_case_assignment_staff_no", "staff_no", "assigned_at"),
    )

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"))
    staff_no: Mapped[str]
    role: Mapped[str]
    assigned_by: Mapped[str]
    assigned_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None] = mapped_column(enum_column(Ending))
    handed_on_at: Mapped[datetime | None]
    """When the worker let whoever has it read what was written with those before."""


class CaseTalk(Redacted, Base):
    """What a worker and whoever a case is assigned to write to each other. Nobody else reads it."""

    __tablename__ = "case_talk"
    __table_args__ = (sa.Index("ix_case_talk_assignment_id_at", "assignment_id", "at"),)

    id: Mapped[Id]
    assignment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case_assignment.id"))
    at: Mapped[datetime]
    author: Mapped[Author] = mapped_column(enum_column(Author))
    text: Mapped[str] = mapped_column(EncryptedText(TALK_TEXT))
