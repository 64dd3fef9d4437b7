"""Receipts of what was purged: sealed one behind the other, named in the audit, and no word of whom they are about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import orjson
import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.cases.retention.models import RECEIPT, PurgeReceipt
from server.core import audit
from server.core.audit import AuditEvent
from server.core.crypto import keyed_hmac, keyed_hmacs
from server.core.db import db, transaction

_LOCK = 7_240_002
"""Of whoever writes receipts: two at once would make two chains."""
ACTION = "retention.purge"
MOST = 200
"""Receipts on one page."""


class Removed(Struct, frozen=True):
    """How much went."""

    cases: int = 0
    answers: int = 0
    texts: int = 0
    files: int = 0

    def plus(self, other: "Removed") -> "Removed":
        return Removed(
            self.cases + other.cases, self.answers + other.answers, self.texts + other.texts, self.files + other.files
        )


class Checked(Struct, frozen=True):
    """What a look at all receipts found."""

    receipts: int
    broken: tuple[int, ...]
    """Numbers of receipts that were changed, stand behind one that was, or are not as the audit has them."""
    missing: tuple[int, ...]
    """Numbers that the audit or the count knows and that are not there."""


def write_receipts(session: Session, removed: Mapping[str, Removed], *, rules_version: int, at: datetime) -> None:
    """Write a receipt for each class of which something was there, inside the transaction that removed it."""
    some = {key: one for key, one in removed.items() if one.answers or one.texts or one.files}
    if not some:
        return
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    last = session.scalar(sa.select(PurgeReceipt).order_by(PurgeReceipt.number.desc()).limit(1))
    for key, one in sorted(some.items()):
        receipt = PurgeReceipt(
            number=1 if last is None else last.number + 1,
            at=at,
            retention_class=key,
            rules_version=rules_version,
            cases=one.cases,
            answers=one.answers,
            texts=one.texts,
            files=one.files,
        )
        receipt.seal = keyed_hmac(_bytes(receipt, before=last), purpose=RECEIPT)
        session.add(receipt)
        session.flush()
        audit.record(
            actor=audit.SYSTEM,
            action=ACTION,
            subject_kind="purge_receipt",
            subject_id=str(receipt.number),
            detail={"class": key, "seal": receipt.seal.hex()},
        )
        last = receipt


def receipts(*, before: int | None = None, actor: str) -> Sequence[PurgeReceipt]:
    """The latest receipts, or those before a number; the look is recorded."""
    with transaction() as session:
        statement = sa.select(PurgeReceipt).order_by(PurgeReceipt.number.desc()).limit(MOST)
        if before is not None:
            statement = statement.where(PurgeReceipt.number < before)
        found = session.scalars(statement).all()
        audit.record(actor=actor, action="retention.look", subject_kind="purge_receipt", detail={"seen": len(found)})
        return found


def check_receipts() -> Checked:
    """Whether every receipt is as it was written, none is missing, and the audit says the same."""
    broken: list[int] = []
    missing: list[int] = []
    before: PurgeReceipt | None = None
    count = 0
    said = _as_audited()
    for receipt in db.session.scalars(sa.select(PurgeReceipt).order_by(PurgeReceipt.number)).yield_per(1000):
        count += 1
        missing += range(1 if before is None else before.number + 1, receipt.number)
        sealed = receipt.seal in keyed_hmacs(_bytes(receipt, before=before), purpose=RECEIPT)
        seal = said.pop(receipt.number, None)
        if not sealed or (seal is not None and seal != receipt.seal.hex()):
            broken.append(receipt.number)
        before = receipt
    return Checked(count, tuple(broken), tuple(sorted({*missing, *said})))


def _as_audited() -> dict[int, str]:
    """Seals by number, as far back as the audit goes."""
    acts = db.session.execute(
        sa.select(AuditEvent.subject_id, AuditEvent.detail).where(
            AuditEvent.action == ACTION, AuditEvent.detail.is_not(None)
        )
    )
    return {int(number): detail["seal"] for number, detail in acts}


def _bytes(receipt: PurgeReceipt, *, before: PurgeReceipt | None) -> bytes:
    """What the seal covers."""
    return orjson.dumps(
        [
            "" if before is None else before.seal.hex(),
            receipt.number,
            receipt.at.astimezone(UTC).isoformat(timespec="microseconds"),
            receipt.retention_class,
            receipt.rules_version,
            receipt.cases,
            receipt.answers,
            receipt.texts,
            receipt.files,
        ]
    )
