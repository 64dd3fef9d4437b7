"""Tables of a worker's account as a whole."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import EncryptedText
from server.core.db import Base, CreatedAt, Id, enum_column
from server.identity.models import Redacted


class ClosingCause(StrEnum):
    """Why an account closes."""

    WORKER = "worker"
    WECHAT = "wechat"
    """The WeChat account behind it was closed."""


class AccountClosing(Redacted, Base):
    """An account that is to be erased; afterwards the proof that it was, with nothing personal in it."""

    __tablename__ = "account_closing"
    __table_args__ = (
        sa.Index(
            "uq_account_closing_worker_id_living",
            "worker_id",
            unique=True,
            postgresql_where=sa.text("cancelled_at IS NULL AND erased_at IS NULL"),
        ),
        sa.Index(
            "ix_account_closing_closes_at_living",
            "closes_at",
            postgresql_where=sa.text("cancelled_at IS NULL AND erased_at IS NULL"),
        ),
        sa.CheckConstraint("(erased_at IS NULL) = (receipt IS NULL)", name="receipt"),
    )

    id: Mapped[Id]
    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"))
    cause: Mapped[ClosingCause] = mapped_column(enum_column(ClosingCause))
    requested_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    """Until then it can be called off."""
    cancelled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    receipt: Mapped[dict[str, Any] | None]
    """`{"removed": {table: rows}, "kept": [{"table", "rows", "because"}]}`."""


class CorrectionState(StrEnum):
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class CorrectionRequest(Redacted, Base):
    """Something that a worker cannot correct alone (个人信息保护法 art. 46). The words are wiped with the decision."""

    __tablename__ = "correction_request"
    __table_args__ = (
        sa.Index(
            "uq_correction_request_worker_id_open",
            "worker_id",
            unique=True,
            postgresql_where=sa.text("state = 'open'"),
        ),
    )

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"), index=True)
    text: Mapped[str | None] = mapped_column(EncryptedText("correction_request.text"))
    state: Mapped[CorrectionState] = mapped_column(enum_column(CorrectionState))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    """As in the audit: `staff:<number>`."""
    answer: Mapped[str | None] = mapped_column(EncryptedText("correction_request.answer"))
