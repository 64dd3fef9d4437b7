"""Consents: the texts of `config/consents/<key>.yaml`, and who agreed to which version of them."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa
import yaml
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.core.clock import now
from server.core.db import transaction
from server.core.errors import unprocessable
from server.identity.models import Consent, ConsentKey

FOLDER = Path(__file__).parents[2] / "config" / "consents"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What a worker is asked to agree to. Another text needs another version, and is then asked anew."""

    key: ConsentKey
    version: str
    title: str
    text: str
    separate: bool
    """Sensitive data: a tick of its own, on its own (个人信息保护法 art. 29)."""


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """A tick, as it arrived with a request."""

    key: ConsentKey
    version: str


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
    if not given:
        return
    at = now()
    with transaction() as session:
        session.execute(
            insert(Consent)
            .values(
                [{"worker_id": worker_id, "key": one.key, "version": one.version, "granted_at": at} for one in given]
            )
            .on_conflict_do_nothing(
                index_elements=["worker_id", "key", "version"], index_where=Consent.withdrawn_at.is_(None)
            )
        )


def consents_of(session: Session, worker_id: uuid.UUID) -> Sequence[Consent]:
    """What a worker has agreed to and not withdrawn, the oldest first."""
    return session.scalars(
        sa.select(Consent)
        .where(Consent.worker_id == worker_id, Consent.withdrawn_at.is_(None))
        .order_by(Consent.granted_at, Consent.id)
    ).all()


def _read(key: ConsentKey) -> ConsentText:
    document = yaml.safe_load((FOLDER / f"{key}.yaml").read_text("utf-8"))
    return ConsentText(
        key=key,
        version=document["version"],
        title=document["title"],
        text=document["text"].strip(),
        separate=document["separate"],
    )
