"""A case as an office outside of the union sees it."""

import sqlalchemy as sa
from msgspec import Struct

from server.cases.answered import answered
from server.cases.authority import require_staff
from server.cases.catalogue import version_of
from server.cases.flow.machine import State
from server.cases.forms.fields import Viewer
from server.cases.models import Case, CaseNote
from server.cases.steps import answers_of
from server.cases.vocabulary import Office
from server.clocks.models import Clock, OwnerKind
from server.clocks.service import clocks_of
from server.core import audit
from server.core.db import transaction
from server.core.errors import not_found
from server.unions.staff.vocabulary import Right


class Outside(Struct, frozen=True):
    """A case as an office outside of the union sees it: not who asks, nor their words."""

    case: Case
    state: State
    answers: list[tuple[str, str]]
    """Label and answer in words, of the fields that may be seen outside."""
    clocks: list[Clock]
    briefs: list[CaseNote]
    """What the union wrote for whoever it sent the case to."""


def outside_view(*, no: str, staff_no: str) -> Outside:
    """A case for an office outside of the union, which is recorded: what it is about, and what was written for it.

    Raises:
        Problem: 403 for whoever may not, 404.
    """
    with transaction() as session:
        case = session.scalar(sa.select(Case).where(Case.no == no))
        if case is None:
            raise not_found()
        require_staff(case, staff_no=staff_no, right=Right.CASE_OUTSIDE)
        audit.record(actor=f"staff:{staff_no}", action="case.read_outside", subject_kind="case", subject_id=case.id)
        service = version_of(case.service, case.service_version)
        sent_on = {step.code for step in service.machine.steps.values() if step.office is Office.TO}
        notes = sa.select(CaseNote).where(CaseNote.case_id == case.id).order_by(CaseNote.at, CaseNote.id)
        return Outside(
            case=case,
            state=service.machine.states[case.state],
            answers=answered(service, answers_of(case), {Viewer.OUTSIDE}),
            clocks=list(clocks_of(owner_kind=OwnerKind.CASE, owner_id=case.id)),
            briefs=[note for note in session.scalars(notes) if note.step in sent_on],
        )
