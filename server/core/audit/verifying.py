"""Looking at the whole chain: what is sealed, how much waits, and everything that does not fit."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, field
from sqlalchemy.orm import Session

from server.core.audit import AuditEvent, witness
from server.core.audit.chain import (
    BEFORE_THE_FIRST,
    DETAIL,
    EVENT,
    HEAD,
    PURGE,
    AuditLink,
    AuditPurge,
    AuditSegment,
    Purged,
    detail_bytes,
    event_bytes,
    fits,
    head_bytes,
    purge_bytes,
)
from server.core.audit.sealer import last_segment, present_horizon, without_link
from server.core.db import db

TAIL_ALARM = timedelta(seconds=10)
"""Older than this, an act that is not sealed says that the sealer does not run."""
LONGEST_TRANSACTION = timedelta(minutes=10)
"""Ten times what the database allows an idle one."""
AT_ONCE = 2000
"""Rows fetched in one go."""
TRIGGERS = {(table, f"{table}_append_only") for table in ("audit_event", "audit_link", "audit_segment", "audit_purge")}


class Trouble(StrEnum):
    """What does not fit, in words for whoever has to find out why."""

    EVENT_CHANGED = "an act was changed"
    DETAIL_CHANGED = "an act's detail was changed"
    EVENT_MISSING = "an act was taken away"
    DETAIL_MISSING = "an act's detail was taken away"
    LINKS_CHANGED = "links were changed, moved, added or taken away"
    SEGMENT_MISSING = "a segment was taken away"
    CUT_OFF = "the end of the chain was cut off, or the database is an older backup"
    FORGED_PURGE = "a purge is not ours"
    PURGED_BACK = "what was purged is there again"
    SLIPPED_IN = "an act was slipped in behind the sealer"
    BACKDATED = "an act claims an earlier time"
    UNPROTECTED = "a trigger that protects the log is gone or off"


class Finding(Struct, frozen=True):
    """One thing that does not fit."""

    trouble: Trouble
    segment: int | None = None
    event_id: uuid.UUID | None = None
    name: str = ""


class Report(Struct):
    """What `verify` saw."""

    head: tuple[int, bytes] | None = None
    """Number and head of the last segment."""
    sealed: int = 0
    """Acts whose links fit."""
    tail: int = 0
    """Acts that wait for the sealer."""
    tail_age: timedelta = timedelta(0)
    """Of the oldest of them."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def late(self) -> bool:
        """Whether the sealer is behind."""
        return self.tail_age > TAIL_ALARM


def verify() -> Report:
    """Check everything from the first segment to the last."""
    session: Session = db.session()
    report = Report()
    segments = {segment.number: segment for segment in session.scalars(sa.select(AuditSegment))}
    purges = _purges(session, segments, report)
    _chain(session, segments, purges, report)
    _end(segments, report)
    _outside(session, report)
    report.tail, report.tail_age = tail(session)
    report.findings += [Finding(Trouble.UNPROTECTED, name=name) for name in missing_triggers(session)]
    return report


def tail(session: Session) -> tuple[int, timedelta]:
    """How many acts wait for the sealer, and how long the oldest has."""
    age = sa.type_coerce(sa.func.now() - sa.func.min(AuditEvent.at), sa.Interval)
    count, oldest = session.execute(
        sa.select(sa.func.count(), age).where(without_link(last_segment(session), present_horizon(session)))
    ).one()
    return count, oldest or timedelta(0)


def missing_triggers(session: Session) -> list[str]:
    """Names of the triggers that should protect the log and do not."""
    there = session.execute(
        sa.text(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
            " WHERE tgname LIKE 'audit\\_%' AND tgenabled IN ('O', 'A')"
        )
    )
    return sorted(name for _, name in TRIGGERS - {(row[0], row[1]) for row in there})


def _purges(session: Session, segments: dict[int, AuditSegment], report: Report) -> set[tuple[int, Purged]]:
    known = set()
    for purge in session.scalars(sa.select(AuditPurge).order_by(AuditPurge.segment)):
        segment = segments.get(purge.segment)
        if segment and fits(purge.seal, purge_bytes(segment, purge.what, purge.at), purpose=PURGE):
            known.add((purge.segment, purge.what))
        else:
            report.findings.append(Finding(Trouble.FORGED_PURGE, purge.segment))
    return known


def _chain(
    session: Session, segments: dict[int, AuditSegment], purges: set[tuple[int, Purged]], report: Report
) -> None:
    links = _links(session)
    waiting = next(links, None)
    before, previous = BEFORE_THE_FIRST, None
    for number in range(1, max(segments, default=0) + 1):
        segment = segments.get(number)
        if segment is None:
            report.findings.append(Finding(Trouble.SEGMENT_MISSING, number))
            continue
        rows: list[Any] = []
        while waiting is not None and waiting[0] <= number:
            if waiting[0] == number:
                rows = waiting[1]
            else:
                report.findings.append(Finding(Trouble.LINKS_CHANGED, waiting[0]))
            waiting = next(links, None)
        if (number, Purged.EVENTS) in purges:
            if rows:
                report.findings.append(Finding(Trouble.PURGED_BACK, number))
        else:
            _segment(segment, rows, before, (number, Purged.DETAILS) in purges, report)
            _times(segment, rows, previous, report)
        before, previous = segment.head, segment
    while waiting is not None:
        report.findings.append(Finding(Trouble.SEGMENT_MISSING, waiting[0]))
        waiting = next(links, None)


def _segment(segment: AuditSegment, rows: list[Any], before: bytes, details_purged: bool, report: Report) -> None:
    links = [(row.event_id, row.event_digest, row.detail_digest) for row in rows]
    whole = [row.place for row in rows] == list(range(1, segment.events + 1))
    if not whole or not fits(segment.head, head_bytes(segment, before=before, links=links), purpose=HEAD):
        report.findings.append(Finding(Trouble.LINKS_CHANGED, segment.number))
    for row in rows:
        trouble = _act(row, details_purged)
        if trouble is None:
            report.sealed += 1
        else:
            report.findings.append(Finding(trouble, segment.number, row.event_id))


def _act(row: Any, details_purged: bool) -> Trouble | None:
    if row.id is None:
        return Trouble.EVENT_MISSING
    if not fits(row.event_digest, event_bytes(row), purpose=EVENT):
        return Trouble.EVENT_CHANGED
    if row.detail is None:
        return None if details_purged else Trouble.DETAIL_MISSING
    if not fits(row.detail_digest, detail_bytes(row.id, row.detail), purpose=DETAIL):
        return Trouble.DETAIL_CHANGED
    return Trouble.PURGED_BACK if details_purged else None


def _times(segment: AuditSegment, rows: Iterable[Any], previous: AuditSegment | None, report: Report) -> None:
    """What the run before could not see was committed after it, so it cannot be much older."""
    if previous is None or previous.sealed_at == segment.sealed_at:
        return
    earliest = previous.sealed_at - LONGEST_TRANSACTION
    report.findings += [
        Finding(Trouble.BACKDATED, segment.number, row.id) for row in rows if row.id is not None and row.at < earliest
    ]


def _end(segments: dict[int, AuditSegment], report: Report) -> None:
    last = segments.get(max(segments, default=0))
    report.head = None if last is None else (last.number, last.head)
    noted = witness.read()
    if noted is None:
        return
    number, head = noted
    if number not in segments or segments[number].head != head:
        report.findings.append(Finding(Trouble.CUT_OFF, number))


def _outside(session: Session, report: Report) -> None:
    """Acts without a link where no run will look any more."""
    last, horizon = last_segment(session), present_horizon(session)
    if last is None or horizon < last.horizon:
        return
    slipped = sa.select(AuditEvent.id).where(
        AuditEvent.xid < last.horizon, ~sa.exists().where(AuditLink.event_id == AuditEvent.id)
    )
    report.findings += [Finding(Trouble.SLIPPED_IN, event_id=event_id) for event_id in session.scalars(slipped)]


def _links(session: Session) -> Iterator[tuple[int, list[Any]]]:
    """Links with their acts, a segment at a time."""
    act = AuditEvent.__table__.c
    rows = session.execute(
        sa.select(
            AuditLink.segment,
            AuditLink.place,
            AuditLink.event_id,
            AuditLink.event_digest,
            AuditLink.detail_digest,
            *(act.id, act.at, act.actor, act.action, act.subject_kind, act.subject_id, act.detail),
        )
        .outerjoin(AuditEvent, act.id == AuditLink.event_id)
        .order_by(AuditLink.segment, AuditLink.place)
        .execution_options(yield_per=AT_ONCE)
    )
    for number, group in groupby(rows, key=lambda row: row.segment):
        yield number, list(group)
