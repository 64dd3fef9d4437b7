"""Forgetting what is old. The chain stays whole: it is made of ids and digests, and a purge leaves a sealed note."""

from datetime import datetime

import sqlalchemy as sa
import structlog

from server.core.audit import record
from server.core.audit.chain import PURGE, AuditPurge, AuditSegment, Purged, purge_bytes
from server.core.clock import now
from server.core.crypto import keyed_hmac
from server.core.db import transaction

log = structlog.get_logger(__name__)


def forget(what: Purged, *, before: datetime, actor: str) -> int:
    """Forget acts, or only their details, in segments whose last act was before an instant. Recorded, and sealed.

    Acts of the last 185 days are refused by the database itself, whoever asks.

    Returns:
        how many segments.
    """
    with transaction() as session:
        done = sa.exists().where(AuditPurge.segment == AuditSegment.number, AuditPurge.what.in_({what, Purged.EVENTS}))
        old = sa.select(AuditSegment).where(AuditSegment.last_at < before, ~done).order_by(AuditSegment.number)
        segments = session.scalars(old).all()
        at = now()
        for segment in segments:
            seal = keyed_hmac(purge_bytes(segment, what, at), purpose=PURGE)
            session.add(AuditPurge(segment=segment.number, what=what, at=at, seal=seal))
            session.flush()
            session.execute(sa.select(sa.func.audit_forget(segment.number, what.value)))
        if segments:
            record(
                actor=actor,
                action="audit.purge",
                subject_kind="audit_segment",
                subject_id=f"{segments[0].number}-{segments[-1].number}",
                detail={"what": what.value, "segments": len(segments)},
            )
    log.info("audit_purged", what=what.value, segments=len(segments))
    return len(segments)
