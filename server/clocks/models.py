"""Clocks: promises as rows. A trigger keeps what was promised from being edited or deleted."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.clocks import rules
from server.clocks.rules import Basis
from server.core.db import Base, CreatedAt, Id, enum_column


class OwnerKind(StrEnum):
    """What a clock belongs to."""

    CASE = "case"


class Clock(Base):
    """One promise to do something by a date."""

    __tablename__ = "clock"
    __table_args__ = (
        sa.Index("ix_clock_owner", "owner_kind", "owner_id"),
        # A reopened case gets a new clock beside the stopped one.
        sa.Index(
            "uq_clock_running",
            "owner_kind",
            "owner_id",
            "key",
            unique=True,
            postgresql_where=sa.text("stopped_at IS NULL"),
        ),
        sa.Index("ix_clock_due_at", "due_at", postgresql_where=sa.text("stopped_at IS NULL AND paused_at IS NULL")),
        sa.CheckConstraint("amount >= 1", name="amount"),
        sa.CheckConstraint("paused_amount >= 0", name="paused_amount"),
        sa.CheckConstraint("paused_at IS NULL OR (pausable AND stopped_at IS NULL)", name="paused"),
    )

    id: Mapped[Id]
    owner_kind: Mapped[OwnerKind] = mapped_column(enum_column(OwnerKind))
    owner_id: Mapped[uuid.UUID]
    key: Mapped[str]
    """What the owner calls it, unique among its running clocks."""
    name: Mapped[str]
    """What the worker reads."""
    deadline: Mapped[str]
    """Code of the deadline it was started from."""
    rule_version: Mapped[int]
    basis: Mapped[Basis] = mapped_column(enum_column(Basis))
    amount: Mapped[int]
    """In the unit of the basis."""
    pausable: Mapped[bool]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Pauses included. 24:00 of a day is 00:00 of the next: show `last_day`."""
    original_due_at: Mapped[datetime]
    provisional: Mapped[bool]
    """Computed with a year that has no holiday table."""
    paused_at: Mapped[datetime | None]
    """Since when it stands still."""
    paused_amount: Mapped[int] = mapped_column(default=0)
    """What ended pauses added: days of the basis, seconds for hours."""
    stopped_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    @property
    def paused(self) -> bool:
        return self.paused_at is not None

    @property
    def last_day(self) -> date:
        """The day on which it falls due, in Shanghai."""
        return rules.last_day(self.due_at)


class ClockPause(Base):
    """One pause of a clock, kept as its history."""

    __tablename__ = "clock_pause"
    __table_args__ = (sa.CheckConstraint("resumed_at >= paused_at", name="order"),)

    id: Mapped[Id]
    clock_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clock.id"), index=True)
    paused_at: Mapped[datetime]
    resumed_at: Mapped[datetime]
    added: Mapped[int]
    """Days of the clock's basis, seconds for hours."""
    created_at: Mapped[CreatedAt]
