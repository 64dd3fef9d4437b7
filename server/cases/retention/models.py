"""Tables of what is kept how long, and of the proof that it is gone."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import KeyedDigest
from server.core.db import Base

RECEIPT = "purge_receipt"
"""Purpose of the digests that seal receipts."""


class PurgedOn(sa.TypeDecorator[dict[str, str | None]]):
    """Days by class. A list of classes, as they were written before the day was, is read as days that nobody knows."""

    impl = JSONB
    cache_ok = True

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> dict[str, str | None] | None:
        return dict.fromkeys(value) if isinstance(value, list) else value


class CaseRetention(Base):
    """What the nightly purge knows of a case: there once it has ended, or is held."""

    __tablename__ = "case_retention"
    __table_args__ = (
        sa.Index("ix_case_retention_due_at", "due_at", postgresql_where=sa.text("due_at IS NOT NULL")),
        sa.Index("ix_case_retention_rules_version", "rules_version", postgresql_where=sa.text("due_at IS NOT NULL")),
        sa.CheckConstraint("due_at IS NULL OR ended_at IS NOT NULL", name="ended"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"), primary_key=True)
    ended_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """When something runs out next; at first its end, so that the next night looks at it. None while it is under way,
    and once nothing is left."""
    rules_version: Mapped[int]
    """Of config/retention.yaml, by which `due_at` was reckoned; 0 before the first look."""
    purged: Mapped[dict[str, str | None]] = mapped_column(PurgedOn)
    """Classes of which nothing is left, each with the day on which it went; None where that was not written down."""
    held_at: Mapped[datetime | None]
    """Since when a dispute, a supervision or a lawsuit keeps everything."""


class PurgeReceipt(Base):
    """That something was purged: how much, of which class, by which rules. Nothing of whom. Append-only."""

    __tablename__ = "purge_receipt"

    number: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    """1, 2, 3, …"""
    at: Mapped[datetime]
    retention_class: Mapped[str]
    rules_version: Mapped[int]
    cases: Mapped[int]
    answers: Mapped[int]
    texts: Mapped[int]
    """Messages, notes, reasons, comments, calls."""
    files: Mapped[int]
    seal: Mapped[bytes] = mapped_column(KeyedDigest(RECEIPT))
    """Over the receipt and the seal of the one before."""
