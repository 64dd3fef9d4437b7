"""Who did what to whose data: append-only rows, written in the transaction of the act. No personal data in them.

Rows are inserted unchained, since a chain there would make all writers wait for each other; `sealer` links them
seconds later, `verifying` finds what was changed, `purging` forgets what is old.
"""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.core.db import Base, CreatedAt, Id, dated_at, db, transaction

ANONYMOUS = "anonymous"
SYSTEM = "system"
LOOK = r"\.(read|reveal)(_[a-z]+)*$"
"""Actions by which somebody sees another person's data: `case.read`, `notice.read_undelivered`, `case.reveal`."""


def staff(number: str) -> str:
    """The actor of what a member of the staff does."""
    return f"staff:{number}"


class AuditEvent(Base):
    """One act. A trigger refuses UPDATE, DELETE and TRUNCATE outside of a purge."""

    __tablename__ = "audit_event"

    id: Mapped[Id]
    at: Mapped[CreatedAt] = mapped_column(index=True)
    actor: Mapped[str]
    """`worker:<id>`, `staff:<number>`, `system` or `anonymous`."""
    action: Mapped[str]
    """`case.read`, `roster.import`, …"""
    subject_kind: Mapped[str]
    subject_id: Mapped[str | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any] | None] = mapped_column(default=dict)
    """None once it was purged."""
    xid: Mapped[int] = mapped_column(
        sa.BigInteger, server_default=sa.text("pg_current_xact_id()::text::bigint"), index=True
    )
    """The transaction that wrote it: tells the sealer which rows can still be on their way."""


def record_apart(
    *, actor: str, action: str, subject_kind: str, subject_id: uuid.UUID | None, detail: dict[str, Any] | None = None
) -> None:
    """Write one row that stands whatever becomes of the surrounding transaction: what was refused is undone."""
    with Session(db.engine) as session, session.begin():
        session.add(_event(actor, action, subject_kind, subject_id, detail))


def record(
    *,
    actor: str,
    action: str,
    subject_kind: str,
    subject_id: uuid.UUID | str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one row; it stands or falls with the surrounding transaction."""
    with transaction() as session:
        session.add(_event(actor, action, subject_kind, subject_id, detail))


def _event(
    actor: str, action: str, subject_kind: str, subject_id: uuid.UUID | str | None, detail: dict[str, Any] | None
) -> AuditEvent:
    at = dated_at()
    return AuditEvent(
        **({} if at is None else {"at": at}),
        actor=actor,
        action=action,
        subject_kind=subject_kind,
        subject_id=None if subject_id is None else str(subject_id),
        detail=detail or {},
    )
