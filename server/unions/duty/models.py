"""Tables of the duty roster. Rows are ended and kept for years: who was on duty when something ran out stays known."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import EncryptedText
from server.core.db import Base, CreatedAt, Id, enum_column
from server.identity.models import Redacted
from server.unions.duty.vocabulary import DutyKind


class StaffDuty(Redacted, Base):
    """Somebody's duty for a union, for some days or until further notice."""

    __tablename__ = "staff_duty"
    __table_args__ = (sa.CheckConstraint("last_day >= first_day", name="days"),)

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff_account.id"), index=True)
    union_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("trade_union.id"), index=True)
    kind: Mapped[DutyKind] = mapped_column(enum_column(DutyKind))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(EncryptedText("staff_duty.phone"))
    """For an SMS when something has run out; of the office, not the person's own."""


class StaffAbsence(Redacted, Base):
    """Days on which somebody is away, and who stands in for all duties."""

    __tablename__ = "staff_absence"
    __table_args__ = (
        sa.CheckConstraint("last_day >= first_day", name="days"),
        sa.CheckConstraint("delegate_id <> staff_id", name="delegate"),
    )

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff_account.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    delegate_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff_account.id"))
    """None: others on duty do it alone."""
    begun_at: Mapped[datetime | None]
    """When whoever stands in was told that it begins."""
