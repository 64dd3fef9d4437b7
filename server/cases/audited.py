"""A case as whoever checks the audit reads it: who made which step when, and whether promises were kept.

Nothing of whom it is about, of what was said or answered, or of where it happened: steps and states are in the words of
the service's file.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.models import Case, CaseEvent
from server.cases.vocabulary import Actor
from server.clocks.models import Clock, OwnerKind
from server.core import audit
from server.core.db import db, transaction
from server.core.errors import not_found
from server.unions.models import TradeUnion


class Named(Struct, frozen=True):
    """What names a case, and its steps."""

    no: str
    service: Service
    """In the version of the case."""


class Made(Struct, frozen=True):
    """One step."""

    at: datetime
    actor: Actor
    staff_no: str | None
    what: str
    state: str
    """Where it led to, in words."""


class Promise(Struct, frozen=True):
    """One promise."""

    name: str
    due_at: datetime
    stopped_at: datetime | None
    paused: bool


class Audited(Struct, frozen=True):
    """The case."""

    id: uuid.UUID
    no: str
    service_name: str
    state: str
    created_at: datetime
    union_name: str | None
    """Where it lies."""
    handler_no: str | None
    steps: Sequence[Made]
    promises: Sequence[Promise]


def audited(*, no: str, staff_no: str) -> Audited:
    """One case. That somebody looked is recorded.

    Raises:
        Problem: 404.
    """
    with transaction() as session:
        case = session.scalar(sa.select(Case).where(Case.no == no))
        if case is None:
            raise not_found()
        audit.record(actor=audit.staff(staff_no), action="case.read_steps", subject_kind="case", subject_id=case.id)
        service = version_of(case.service, case.service_version)

        def named(state: str) -> str:
            # A step that an earlier version made may have led to what this one does not have.
            known = service.machine.states.get(state)
            return state if known is None else known.name

        events = session.scalars(sa.select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.number))
        clocks = session.scalars(
            sa.select(Clock)
            .where(Clock.owner_kind == OwnerKind.CASE, Clock.owner_id == case.id)
            .order_by(Clock.started_at, Clock.id)
        )
        union = None if case.union_id is None else session.get_one(TradeUnion, case.union_id)
        return Audited(
            id=case.id,
            no=case.no,
            service_name=service.name,
            state=named(case.state),
            created_at=case.created_at,
            union_name=None if union is None else union.name,
            handler_no=case.handler_no,
            steps=[Made(one.at, one.actor, one.staff_no, one.what, named(one.target)) for one in events],
            promises=[Promise(one.name, one.due_at, one.stopped_at, one.paused_at is not None) for one in clocks],
        )


def id_of(no: str) -> uuid.UUID | None:
    """Of the case with this number; None for no number of a case."""
    return db.session.scalar(sa.select(Case.id).where(Case.no == no))


def named_in(ids: Collection[str]) -> Mapping[str, Named]:
    """What names each case, by its id as the audit keeps it. One query."""
    known = [uuid.UUID(one) for one in ids if _is_id(one)]
    asked = sa.select(Case.id, Case.no, Case.service, Case.service_version).where(Case.id.in_(known))
    rows = db.session.execute(asked) if known else ()
    return {str(row.id): Named(row.no, version_of(row.service, row.service_version)) for row in rows}


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
