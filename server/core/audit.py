"""Who did what to whose data: append-only rows, written in the transaction of the act. No personal data in them."""

import uuid
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, CreatedAt, Id, transaction

ANONYMOUS = "anonymous"
SYSTEM = "system"


def staff(number: str) -> str:
    """The actor of what a member of the staff does."""
    return f"staff:{number}"


class AuditEvent(Base):
    """One act. A trigger refuses UPDATE and DELETE."""

    __tablename__ = "audit_event"

    id: Mapped[Id]
    at: Mapped[CreatedAt] = mapped_column(index=True)
    actor: Mapped[str]
    """`worker:<id>`, `staff:<number>`, `system` or `anonymous`."""
    action: Mapped[str]
    """`case.read`, `roster.import`, …"""
    subject_kind: Mapped[str]
    subject_id: Mapped[str | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


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
        session.add(
            AuditEvent(
                actor=actor,
                action=action,
                subject_kind=subject_kind,
                subject_id=None if subject_id is None else str(subject_id),
                detail=detail or {},
            )
        )
