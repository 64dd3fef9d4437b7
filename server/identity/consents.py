"""Consents: the texts of `config/consents/<key>.yaml`, and who agreed to which version of them.

Whatever depends on a standing consent asks `in_force` at the moment of use, never earlier; what was agreed to for one
case, in the words of its day, asks `consents_of` whether that was taken back since. Withdrawing sends the signal
`consent_withdrawn`, by which each domain removes what it had only because of the consent.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import now
from server.core.db import new_id, transaction
from server.core.documents import read_yaml
from server.core.errors import conflict, unprocessable
from server.core.signals import consent_withdrawn
from server.core.together import Bound
from server.identity.models import Consent, ConsentKey

FOLDER = Path(__file__).parents[2] / "config" / "consents"
GRANT = sa.text("""
    INSERT INTO consent (id, worker_id, key, version, granted_at)
    SELECT id, :consenting, key, version, :consented_at
    FROM unnest(CAST(:consent_ids AS uuid[]), CAST(:consent_keys AS text[]), CAST(:consent_versions AS text[]))
        AS given (id, key, version)
    ON CONFLICT (worker_id, key, version) WHERE withdrawn_at IS NULL DO NOTHING
""")
"""One statement for all ticks; a round trip for each would be felt by whoever submits a case."""


class ConsentText(Struct, frozen=True):
    """What a worker is asked to agree to. Another text needs another version, and is then asked anew."""

    key: ConsentKey
    version: str
    title: str
    text: str
    separate: bool
    """Sensitive data: a tick of its own, on its own (个人信息保护法 art. 29)."""
    stops: str | None
    """What stops when it is withdrawn; None when it cannot be."""
    stays: str | None
    """Why it cannot be withdrawn, and what to do instead."""


class GivenConsent(Struct, frozen=True):
    """A tick, as it arrived with a request."""

    key: ConsentKey
    version: str


class GrantedConsent(Struct, frozen=True):
    """What a worker agreed to and did not take back."""

    key: ConsentKey
    version: str
    granted_at: datetime
    current: bool
    """Whether the text is still the same; another one is asked anew."""


@cache
def consent_texts() -> Mapping[ConsentKey, ConsentText]:
    """The current version of every consent, in the order of C1–C11."""
    return {key: _read(key) for key in ConsentKey}


def require_consents(given: Sequence[GivenConsent], *, needed: Collection[ConsentKey]) -> None:
    """Check the ticks of a request, also of one without an account.

    Raises:
        Problem: 422, naming at `consents.<key>` what is missing or was ticked under an older text.
    """
    texts = consent_texts()
    errors = {
        f"consents.{consent.key}": [f"《{texts[consent.key].title}》已经更新，请看过新的再同意"]
        for consent in given
        if consent.version != texts[consent.key].version
    }
    for key in set(needed) - {consent.key for consent in given}:
        errors[f"consents.{key}"] = [f"请先看过并同意《{texts[key].title}》"]
    if errors:
        raise unprocessable(errors, code="consent_required", title="还有说明需要你看过并同意")


def record_consents(*, worker_id: uuid.UUID, given: Sequence[GivenConsent]) -> None:
    """Note what a worker agreed to; what is in force already stays as it was."""
    for grant in granting(worker_id=worker_id, given=given):
        with transaction() as session:
            session.connection().execute(*grant)


def granting(*, worker_id: uuid.UUID, given: Sequence[GivenConsent]) -> Sequence[Bound]:
    """What notes that a worker agreed, for who writes it together with other rows; nothing where nothing is given."""
    if not given:
        return ()
    granted = {
        "consenting": worker_id,
        "consented_at": now(),
        "consent_ids": [new_id() for _ in given],
        "consent_keys": [one.key.value for one in given],
        "consent_versions": [one.version for one in given],
    }
    return ((GRANT, granted),)


def agree(*, worker_id: uuid.UUID, key: ConsentKey, version: str) -> None:
    """One tick, by itself.

    Raises:
        Problem: 422 when it was ticked under an older text.
    """
    given = [GivenConsent(key, version)]
    require_consents(given, needed={key})
    record_consents(worker_id=worker_id, given=given)


def withdraw(*, worker_id: uuid.UUID, key: ConsentKey) -> None:
    """Take a consent back, whichever version it was given to; what depended on it stops in the same transaction.

    Raises:
        Problem: 409 for what cannot be taken back, with what to do instead.
    """
    text = consent_texts()[key]
    if text.stops is None:
        raise conflict("not_withdrawable", text.stays or "")
    with transaction() as session:
        taken_back = session.scalars(
            sa.update(Consent)
            .where(Consent.worker_id == worker_id, Consent.key == key, Consent.withdrawn_at.is_(None))
            .values(withdrawn_at=now())
            .returning(Consent.id)
        ).all()
        if taken_back:
            consent_withdrawn.send("identity", worker_id=worker_id, key=key.value)
            audit.record(
                actor=f"worker:{worker_id}",
                action="consent.withdraw",
                subject_kind="consent",
                detail={"key": key.value},
            )


def in_force(session: Session, *, worker_id: uuid.UUID, key: ConsentKey) -> bool:
    """Whether a worker agrees, now, to the text as it reads now."""
    current = sa.select(Consent.id).where(
        Consent.worker_id == worker_id,
        Consent.key == key,
        Consent.version == consent_texts()[key].version,
        Consent.withdrawn_at.is_(None),
    )
    return bool(session.scalar(sa.select(current.exists())))


def consents_of(session: Session, worker_id: uuid.UUID) -> list[GrantedConsent]:
    """What a worker has agreed to and not withdrawn, each key in the version given last, the oldest first."""
    newest = (
        sa.select(Consent.id)
        .ext(distinct_on(Consent.key))
        .where(Consent.worker_id == worker_id, Consent.withdrawn_at.is_(None))
        .order_by(Consent.key, Consent.granted_at.desc(), Consent.id.desc())
    )
    rows = session.scalars(sa.select(Consent).where(Consent.id.in_(newest)).order_by(Consent.granted_at, Consent.id))
    texts = consent_texts()
    return [GrantedConsent(row.key, row.version, row.granted_at, row.version == texts[row.key].version) for row in rows]


def hand_over(session: Session, *, old: uuid.UUID, new: uuid.UUID) -> None:
    """Give one account's consents to another of the same person. Where the two differ, the latest word counts."""
    rows = session.scalars(
        sa.select(Consent).where(Consent.worker_id.in_([old, new])).order_by(Consent.granted_at, Consent.id)
    ).all()
    for key in {row.key for row in rows}:
        of_key = [row for row in rows if row.key is key]
        living = [row for row in of_key if row.withdrawn_at is None]
        taken_back = max((row.withdrawn_at for row in of_key if row.withdrawn_at), default=None)
        seen: set[str] = set()
        for row in reversed(living):
            if taken_back is not None and taken_back > living[-1].granted_at:
                row.withdrawn_at = taken_back
            elif row.version in seen:
                session.delete(row)
            seen.add(row.version)
    session.flush()
    session.execute(sa.update(Consent).where(Consent.worker_id == old).values(worker_id=new))


def _read(key: ConsentKey) -> ConsentText:
    document = read_yaml(FOLDER / f"{key}.yaml")
    return ConsentText(
        key=key,
        version=document["version"],
        title=document["title"],
        text=document["text"].strip(),
        separate=document["separate"],
        stops=document.get("stops"),
        stays=document.get("stays"),
    )
