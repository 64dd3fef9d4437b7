"""Telling a worker of their case."""

from datetime import datetime

from server.cases.models import Case, CaseEvent
from server.cases.vocabulary import Actor, IdentityMode
from server.core.db import db
from server.notices.service import notify
from server.notices.worded import Worded


def tell_worker(case: Case, *, kind: str, title: str, body: Worded, did_it_themselves: bool = False) -> None:
    """Put a message about a case into its worker's inbox; nobody else has one."""
    if case.worker_id is not None:
        notify(
            worker_id=case.worker_id,
            kind=kind,
            title=title,
            body=body,
            link=f"/cases/{case.no}",
            did_it_themselves=did_it_themselves,
            # Whoever rings up members of the worker's own union would read of it.
            in_confidence=case.identity_mode is IdentityMode.CONFIDENTIAL or case.away_from_home,
        )


def write_in_timeline(case: Case, *, code: str, what: str, at: datetime, staff_no: str | None = None) -> None:
    """Let the worker of a locked case read what happened beside its steps; it stays in its state, in a new version.

    Args:
        staff_no: of who had a part in the case by it.
    """
    case.version += 1
    case.updated_at = at
    db.session.add(
        CaseEvent(
            case_id=case.id,
            number=case.version,
            at=at,
            step=code,
            source=case.state,
            target=case.state,
            actor=Actor.SYSTEM if staff_no is None else Actor.STAFF,
            staff_no=staff_no,
            what=what,
        )
    )
