"""Whoever decided what a worker objects to has no part in deciding it anew, nor has whom the worker wants replaced:
they make no step, write and ring up no more, and see the case without who sent it."""

import sqlalchemy as sa

from server.cases.actions import OTHERS_TURN
from server.cases.declaration import Service
from server.cases.models import Case, CaseEvent, CaseMessage, CaseProposal
from server.cases.vocabulary import Actor, Phase
from server.core.db import db
from server.core.errors import conflict

ANEW = frozenset({Phase.DECIDED, Phase.DONE, Phase.WITHDRAWN, Phase.LAPSED})
"""Phases in which it was decided by somebody else, or needs no decision any more."""


def objected_to(case: Case, service: Service) -> list[str]:
    """Staff numbers of who has a case in hand, and of who last moved it to another state: both where that took two."""
    steps = service.machine.steps
    following = [code for code, step in steps.items() if step.follows]
    # What somebody only wrote down is what the worker said.
    said = [code for code, step in steps.items() if step.via is not None]
    last = db.session.scalar(
        sa.select(CaseEvent)
        .where(
            CaseEvent.case_id == case.id,
            CaseEvent.source != CaseEvent.target,
            CaseEvent.step.not_in(said),
            sa.or_(CaseEvent.actor == Actor.STAFF, CaseEvent.step.in_(following)),
        )
        .order_by(CaseEvent.number.desc())
        .limit(1)
    )
    people = {case.handler_no}
    if last is not None:
        proposals = sa.select(CaseProposal.asked_by).where(
            CaseProposal.case_id == case.id, CaseProposal.step == last.step, CaseProposal.decided_at == last.at
        )
        # What follows another case is made by the system, with the words of whoever answered that one.
        words = sa.select(CaseMessage.staff_no).where(CaseMessage.case_id == case.id, CaseMessage.at == last.at)
        people |= {last.staff_no, *db.session.scalars(proposals), *db.session.scalars(words)}
    return sorted(number for number in people if number is not None)


def out_of(staff_no: str) -> sa.ColumnElement[bool]:
    """`is_out` as a condition on rows of `Case`."""
    return sa.or_(sa.func.coalesce(Case.barred_no == staff_no, sa.false()), Case.objected_to.has_key(staff_no))


def is_out(case: Case, staff_no: str) -> bool:
    """Whether somebody has no part in a case: another was asked for, or what they decided is objected to."""
    return case.barred_no == staff_no or staff_no in case.objected_to


def refuse_out(case: Case, staff_no: str) -> None:
    """Let pass who `is_out` of a case is not.

    Raises:
        Problem: 409.
    """
    if is_out(case, staff_no):
        raise conflict("other_handler", OTHERS_TURN)
