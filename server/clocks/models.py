"""Clocks: promises as rows. A trigger keeps what was promised from being edited or deleted."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.clocks import rules
from server.clocks.alarms import Schedule
from server.clocks.deadlines import OwedBy
from server.clocks.rules import Basis
from server.core.crypto import EncryptedText
from server.core.db import Base, CreatedAt, Id, enum_column


class OwnerKind(StrEnum):
    """What a clock belongs to."""

    CASE = "case"
    DESK_REQUEST = "desk_request"
    """A verification that waits for a person."""


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
        sa.Index(
            "ix_clock_alarm_at_id",
            "alarm_at",
            "id",
            postgresql_where=sa.text("stopped_at IS NULL AND paused_at IS NULL AND alarm_at IS NOT NULL"),
        ),
        sa.Index("ix_clock_key_due_at", "key", "due_at", postgresql_where=sa.text("owner_kind = 'case'")),
        sa.Index("ix_clock_id_provisional", "id", postgresql_where=sa.text("stopped_at IS NULL AND provisional")),
        sa.CheckConstraint("amount >= 1 OR (amount = 0 AND event_at IS NOT NULL)", name="amount"),
        sa.CheckConstraint("extended >= 0", name="extended"),
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
    """In the unit of the basis; 0 for an event itself."""
    event_at: Mapped[datetime | None]
    """What it is counted back from, e.g. a hearing."""
    owed_by: Mapped[OwedBy] = mapped_column(enum_column(OwedBy))
    extension: Mapped[int]
    """The most by which its own rule lets it be extended, once."""
    extended: Mapped[int] = mapped_column(default=0)
    """By how much it was: more than that where it was given the time of a longer deadline."""
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
    alarms: Mapped[str]
    """When somebody is told, as `alarms` writes it."""
    alarm_at: Mapped[datetime | None]
    """When the next one goes off; None once there is none any more."""
    stopped_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    @property
    def paused(self) -> bool:
        return self.paused_at is not None

    @property
    def schedule(self) -> Schedule:
        """Its time, for the alarms."""
        return Schedule(self.basis, self.started_at, self.due_at)

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


class ChangeKind(StrEnum):
    """What happened to a promise apart from pauses."""

    EXTENSION = "extension"
    RECOMPUTATION = "recomputation"
    """A holiday table arrived."""
    ANNULMENT = "annulment"
    """It was missed, but does not count as missed. The clock itself stays as it is."""


class ClockChange(Base):
    """Why a promise ends at another time than it said, or why missing it does not count. Never edited."""

    __tablename__ = "clock_change"
    __table_args__ = (
        sa.Index(
            "uq_clock_change_once",
            "clock_id",
            "kind",
            unique=True,
            postgresql_where=sa.text("kind IN ('extension', 'annulment')"),
        ),
        sa.CheckConstraint("(kind = 'recomputation') = (asked_by IS NULL)", name="asked_by"),
        sa.CheckConstraint("(asked_by IS NULL) = (approved_by IS NULL)", name="approved_by"),
        sa.CheckConstraint("asked_by <> approved_by", name="two_persons"),
    )

    id: Mapped[Id]
    clock_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("clock.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(enum_column(ChangeKind))
    at: Mapped[datetime]
    due_before: Mapped[datetime]
    due_after: Mapped[datetime]
    reason: Mapped[str] = mapped_column(EncryptedText("clock_change.reason"))
    asked_by: Mapped[str | None]
    """Staff number; None for what the system does."""
    approved_by: Mapped[str | None]
    """Another one."""
    created_at: Mapped[CreatedAt]
