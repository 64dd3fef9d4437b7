"""The chain over audited acts: segments of links, each link an act's id and its keyed digests.

A segment's head is a keyed digest over the head before it and over its links, so that nobody who can write to the
database, but has not got HMAC_KEYS, can change, take away, add or move anything that is sealed without being found.
"""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import KeyedDigest, keyed_hmacs
from server.core.db import Base, enum_column

EVENT, DETAIL, HEAD, PURGE = "audit_event", "audit_detail", "audit_head", "audit_purge"
"""Purposes of the keyed digests."""
BEFORE_THE_FIRST = b""
"""Stands for the head before the first segment."""


class Purged(StrEnum):
    """What a purge took out of a segment."""

    DETAILS = "details"
    """What the acts were in particular; who did what, when, to what stays."""
    EVENTS = "events"
    """Everything but the segment's own row."""


class AuditSegment(Base):
    """One run of the sealer, or a part of one. Append-only."""

    __tablename__ = "audit_segment"

    number: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    """1, 2, 3, …"""
    sealed_at: Mapped[datetime]
    """When the run began: all segments of a run have the same."""
    horizon: Mapped[int] = mapped_column(sa.BigInteger)
    """Every transaction below had ended when the run began, so what it wrote is sealed."""
    events: Mapped[int]
    """How many."""
    first_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    """Of its acts."""
    head: Mapped[bytes] = mapped_column(KeyedDigest(HEAD))


class AuditLink(Base):
    """One act's place in the chain. Append-only."""

    __tablename__ = "audit_link"

    segment: Mapped[int] = mapped_column(
        sa.BigInteger, sa.ForeignKey("audit_segment.number"), primary_key=True, autoincrement=False
    )
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3, … in its segment."""
    event_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    event_digest: Mapped[bytes] = mapped_column(KeyedDigest(EVENT))
    detail_digest: Mapped[bytes] = mapped_column(KeyedDigest(DETAIL))


class AuditPurge(Base):
    """That something old was forgotten. Append-only; only who has the keys can make a valid one."""

    __tablename__ = "audit_purge"

    segment: Mapped[int] = mapped_column(
        sa.BigInteger, sa.ForeignKey("audit_segment.number"), primary_key=True, autoincrement=False
    )
    what: Mapped[Purged] = mapped_column(enum_column(Purged), primary_key=True)
    at: Mapped[datetime]
    seal: Mapped[bytes] = mapped_column(KeyedDigest(PURGE))


class Act(Protocol):
    """The columns of an audit event."""

    id: uuid.UUID
    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str | None


def event_bytes(act: Act) -> bytes:
    """What the digest of an act covers: everything but its detail."""
    return _bytes(str(act.id), _time(act.at), act.actor, act.action, act.subject_kind, act.subject_id)


def detail_bytes(event_id: uuid.UUID, detail: dict[str, Any]) -> bytes:
    """What the digest of an act's detail covers."""
    return _bytes(str(event_id), detail)


def head_bytes(segment: AuditSegment, *, before: bytes, links: Iterable[tuple[uuid.UUID, bytes, bytes]]) -> bytes:
    """What a segment's head covers: the head before it, its own row and its links (act, digest, detail's digest)."""
    row = (segment.number, _time(segment.sealed_at), segment.horizon, segment.events)
    times = (_time(segment.first_at), _time(segment.last_at))
    return _bytes(before.hex(), *row, *times, [(str(act), one.hex(), other.hex()) for act, one, other in links])


def purge_bytes(segment: AuditSegment, what: Purged, at: datetime) -> bytes:
    """What the seal of a purge covers."""
    return _bytes(segment.number, segment.head.hex(), what.value, _time(at))


def fits(stored: bytes, message: bytes, *, purpose: str) -> bool:
    """Whether a stored digest is that of this message, under any key of the ring."""
    return stored in keyed_hmacs(message, purpose=purpose)


def _bytes(*values: Any) -> bytes:
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
