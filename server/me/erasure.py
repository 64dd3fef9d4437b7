"""Erasing an account once its time to think is over, with a proof: the domains erase, then the tables are counted.

The worker's row stays, empty, so that what the law keeps still hangs together; nothing leads from it to a person.
"""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import now
from server.core.db import Base, transaction
from server.core.personal import Erased, contributors
from server.identity.models import Consent
from server.me.closing import UNDER_WAY
from server.me.models import AccountClosing

LINKS = frozenset({"worker_id", "holder_id", "owner_worker_id", "used_by"})
"""Names of columns that lead to a worker without a foreign key."""
SELF = frozenset({"worker", "account_closing"})
"""The empty row, and the proof."""


PROOFS_KEPT = timedelta(days=3 * 366)
"""After the account: as long as somebody may ask what it was erased for, or on what word its data were used."""


class NotErasedError(RuntimeError):
    """Rows are left that no domain answers for. Names tables, never persons."""


def due_closings(session: Session) -> list[uuid.UUID]:
    """Closings whose time to think is over, the oldest first."""
    return list(
        session.scalars(
            sa.select(AccountClosing.id)
            .where(AccountClosing.closes_at <= now(), UNDER_WAY)
            .order_by(AccountClosing.closes_at)
        )
    )


def erase(*, closing_id: uuid.UUID) -> None:
    """Erase one account and keep the receipt; a closing that was called off meanwhile is left alone.

    Raises:
        NotErasedError: nothing was erased, somebody has to look.
    """
    with transaction() as session:
        closing = session.get_one(AccountClosing, closing_id, with_for_update=True)
        session.refresh(closing)
        if closing.cancelled_at is not None or closing.erased_at is not None:
            return
        # From the top layer down: what is above still finds what it stands on.
        done = [one.erase(session, closing.worker_id) for one in reversed(contributors())]
        session.flush()
        receipt = _receipt(done)
        _prove(session, closing.worker_id, kept={one["table"] for one in receipt["kept"]})
        closing.erased_at = now()
        closing.receipt = receipt
        audit.record(
            actor=audit.SYSTEM,
            action="account.erased",
            subject_kind="account_closing",
            subject_id=closing.id,
            detail=receipt,
        )


def forget_proofs() -> None:
    """Delete consents and receipts of accounts that were erased long ago, and closings called off as long ago."""
    before = now() - PROOFS_KEPT
    with transaction() as session:
        long_gone = sa.select(AccountClosing.worker_id).where(AccountClosing.erased_at < before)
        session.execute(sa.delete(Consent).where(Consent.worker_id.in_(long_gone)))
        over = sa.or_(AccountClosing.erased_at < before, AccountClosing.cancelled_at < before)
        session.execute(sa.delete(AccountClosing).where(over))


def _receipt(done: list[Erased]) -> dict[str, Any]:
    removed: dict[str, int] = {}
    for one in done:
        removed |= one.removed
    kept = [
        {"table": kept.table, "rows": kept.rows, "because": kept.because}
        for one in done
        for kept in one.kept
        if kept.rows
    ]
    return {"removed": removed, "kept": kept}


def _prove(session: Session, worker_id: uuid.UUID, *, kept: set[str]) -> None:
    left = [
        column.table.name
        for column in _links()
        if column.table.name not in kept | SELF
        and session.scalar(sa.select(sa.exists().where(column == worker_id).select_from(column.table)))
    ]
    if left:
        raise NotErasedError(f"rows are left in {', '.join(sorted(set(left)))}")


def _links() -> Iterator[sa.Column[Any]]:
    """Every column that leads to a worker."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name in LINKS or any(key.column.table.name == "worker" for key in column.foreign_keys):
                yield column
