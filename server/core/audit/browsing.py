"""Looking acts up: by whom, what, about what, when. Whoever looks is on record as well."""

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct, structs

from server.core.audit import AuditEvent, record
from server.core.db import transaction
from server.core.web.paging import Page, keyset_page

AT_ONCE = 50


class Wanted(Struct, frozen=True):
    """What to look for; an empty word means everything."""

    begin: datetime
    end: datetime
    actor: str = ""
    """`staff:A1024`, whole."""
    kind: str = ""
    """What acts begin with: `case`, `staff`."""
    subject: str = ""
    """The id of what was acted on, whole."""


def find(wanted: Wanted, *, actor: str, cursor: str | None) -> Page[AuditEvent]:
    """Acts, the latest first.

    Args:
        actor: who looks.

    Raises:
        Problem: 422 for a cursor of another question.
    """
    statement = sa.select(AuditEvent).where(AuditEvent.at >= wanted.begin, AuditEvent.at < wanted.end)
    if wanted.actor:
        statement = statement.where(AuditEvent.actor == wanted.actor)
    if wanted.kind:
        statement = statement.where(AuditEvent.action.startswith(f"{wanted.kind}.", autoescape=True))
    if wanted.subject:
        statement = statement.where(AuditEvent.subject_id == wanted.subject)
    with transaction() as session:
        found = keyset_page(
            session,
            statement,
            columns=[AuditEvent.at, AuditEvent.id],
            question=structs.asdict(wanted),
            cursor=cursor,
            limit=AT_ONCE,
        )
        record(actor=actor, action="audit.search", subject_kind="audit_event", detail={"acts": len(found.items)})
        return found
