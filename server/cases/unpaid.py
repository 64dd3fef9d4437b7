"""Ended cases of which whoever brought them to their end is not paid yet: since when, and who has to act."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import aliased

from server.cases.assigning.models import CaseAssignment, Ending
from server.cases.authority import in_reach
from server.cases.capabilities.models import CasePayment
from server.cases.capabilities.registry import GRANT_ASSIGNEE
from server.cases.declaration import Service
from server.cases.models import Case, CaseProposal
from server.core import audit
from server.core.db import db, transaction
from server.unions.staff.vocabulary import Right

MOST = 100


class Unpaid(Struct, frozen=True):
    """One of them. Nothing of whom the case is about, and no account."""

    no: str
    staff_no: str
    """Who brought it to its end."""
    ended_at: datetime
    granted_at: datetime | None
    """Since when finance has it; None while it is not granted."""
    asked_by: str | None
    """Who asked for the grant, or prepared the payment, and waits for a second person."""


def pays_assignees(service: Service) -> bool:
    """Whether whoever has a case of the service in their hands is paid for it."""
    return any(GRANT_ASSIGNEE in step.does for step in service.machine.steps.values())


def unpaid(service: Service, *, staff_no: str) -> Sequence[Unpaid]:
    """Those that a member of the staff may work on, whoever has waited longest first. The look is recorded."""
    states = {state for step in service.machine.steps.values() if GRANT_ASSIGNEE in step.does for state in step.sources}
    living = sa.and_(
        CasePayment.case_id == CaseAssignment.case_id,
        CasePayment.payee_no == CaseAssignment.staff_no,
        CasePayment.cancelled_at.is_(None),
    )
    steps = service.machine.steps.values()
    grants = [step.code for step in steps if GRANT_ASSIGNEE in step.does]
    pays = [step.code for step in steps if step.right is Right.PAYMENTS]
    asked = sa.case((CasePayment.id.is_(None), _asked_by(grants)), else_=_asked_by(pays))
    later = aliased(CaseAssignment)
    taken_up_again = sa.exists().where(
        later.case_id == CaseAssignment.case_id, later.ending == Ending.OVER, later.ended_at > CaseAssignment.ended_at
    )
    with transaction():
        rows = db.session.execute(
            sa.select(Case.no, CaseAssignment.staff_no, CaseAssignment.ended_at, CasePayment.granted_at, asked)
            .join(CaseAssignment, CaseAssignment.case_id == Case.id)
            .outerjoin(CasePayment, living)
            .where(
                Case.service == service.key,
                Case.state.in_(states),
                CaseAssignment.accepted_at.is_not(None),
                CaseAssignment.ending == Ending.OVER,
                CasePayment.paid_at.is_(None),
                ~taken_up_again,
                in_reach(staff_no=staff_no, right=Right.CASE_WORK),
            )
            .order_by(CaseAssignment.ended_at, Case.id)
            .limit(MOST)
        ).all()
        audit.record(
            actor=audit.staff(staff_no), action="case.read_list", subject_kind="case", detail={"cases": len(rows)}
        )
    return [Unpaid(*row) for row in rows]


def _asked_by(steps: Sequence[str]) -> sa.ScalarSelect[str]:
    """Who asked for one of these steps of a row of `Case`, while it waits for a second person."""
    open_ = sa.and_(CaseProposal.decided_at.is_(None), CaseProposal.step.in_(steps))
    return sa.select(CaseProposal.asked_by).where(CaseProposal.case_id == Case.id, open_).limit(1).scalar_subquery()
