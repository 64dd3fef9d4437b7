"""Cases that wait for the staff, as the command line lists them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import load_only

from server.cases.authority import in_reach
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.flow.machine import State
from server.cases.models import Case
from server.cases.vocabulary import OVER, Urgency
from server.clocks.models import Clock, OwnerKind
from server.clocks.service import clocks_of_many
from server.core import audit
from server.core.db import db, transaction
from server.unions.staff.authority import offices_of
from server.unions.staff.vocabulary import Right


class Row(Struct, frozen=True):
    """A case in a list: nothing personal."""

    no: str
    service: Service
    state: State
    urgent: bool
    due_at: datetime | None
    """Until when it is whose turn."""


def waiting_cases(*, staff_no: str, service: str | None, everything: bool, limit: int) -> list[Row]:
    """Cases that a member of the staff may read, urgent ones first, then the oldest; the reading is recorded.

    Args:
        everything: those that are over too.

    Raises:
        Problem: 403 for whoever reads no cases.
    """
    with transaction() as session:
        offices_of(session, number=staff_no, right=Right.CASE_READ)
        rows = _waiting(staff_no=staff_no, service=service, everything=everything, limit=limit)
        audit.record(
            actor=audit.staff(staff_no), action="case.read_list", subject_kind="case", detail={"cases": len(rows)}
        )
        return rows


def _waiting(*, staff_no: str, service: str | None, everything: bool, limit: int) -> list[Row]:
    statement = (
        sa.select(Case)
        .where(in_reach(staff_no=staff_no, right=Right.CASE_READ))
        .options(load_only(Case.no, Case.service, Case.service_version, Case.state, Case.urgency, Case.created_at))
    )
    if service is not None:
        statement = statement.where(Case.service == service)
    if not everything:
        statement = statement.where(Case.phase.not_in(OVER))
    urgent_first = sa.case((Case.urgency == Urgency.URGENT, 0), else_=1)
    cases = db.session.scalars(statement.order_by(urgent_first, Case.created_at, Case.id).limit(limit)).all()
    clocks = clocks_of_many(owner_kind=OwnerKind.CASE, owner_ids=[case.id for case in cases])
    return [_row(case, clocks[case.id]) for case in cases]


def _row(case: Case, clocks: Sequence[Clock]) -> Row:
    service = version_of(case.service, case.service_version)
    state = service.machine.states[case.state]
    due_at = next((clock.due_at for clock in clocks if clock.key == state.by and clock.stopped_at is None), None)
    return Row(case.no, service, state, case.urgency is Urgency.URGENT, due_at)
