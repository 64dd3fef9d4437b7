"""Tables of what steps do beyond their flow: calls, publications, payments."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, Id


class CaseCall(Base):
    """One call to a worker. What was said is with the step; here is only whether it got through."""

    __tablename__ = "case_call"
    __table_args__ = (sa.Index("ix_case_call_case_id_at", "case_id", "at"),)

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"))
    at: Mapped[datetime]
    staff_no: Mapped[str]
    reached: Mapped[bool]


class CasePublication(Base):
    """What the public reads of a case for a time: a masked name, where and which kind, never why."""

    __tablename__ = "case_publication"
    __table_args__ = (
        sa.CheckConstraint("until > since", name="period"),
        sa.Index("ix_case_publication_until", "until"),
        sa.Index("ix_case_publication_case_id", "case_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"))
    since: Mapped[datetime]
    until: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    name_masked: Mapped[str]
    place: Mapped[str]
    """Of the street."""
    kind: Mapped[str]


OWED = "paid_at IS NULL AND cancelled_at IS NULL"


class CasePayment(Base):
    """Money that was granted: by whom, and by whom it was paid. Always four eyes, twice."""

    __tablename__ = "case_payment"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("asked_by <> granted_by", name="granted_by_two"),
        sa.CheckConstraint("prepared_by <> confirmed_by", name="paid_by_two"),
        sa.CheckConstraint("(paid_at IS NULL) = (prepared_by IS NULL)", name="prepared"),
        sa.CheckConstraint("(paid_at IS NULL) = (confirmed_by IS NULL)", name="confirmed"),
        sa.Index("ix_case_payment_case_id", "case_id"),
        sa.CheckConstraint("paid_at IS NULL OR cancelled_at IS NULL", name="ended"),
        sa.Index("uq_case_payment_owed", "case_id", unique=True, postgresql_where=sa.text(OWED)),
    )

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"))
    amount: Mapped[int]
    """分"""
    version: Mapped[int] = mapped_column(server_default="0")
    """Of the case, when two persons saw the account: it is paid to the account of that version, or not at all."""
    payee_no: Mapped[str | None]
    """Staff number of who is paid for their work on the case; None for its worker."""
    granted_at: Mapped[datetime]
    asked_by: Mapped[str]
    granted_by: Mapped[str]
    paid_at: Mapped[datetime | None]
    prepared_by: Mapped[str | None]
    confirmed_by: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    """When it was taken back before it was paid."""
