"""Giving a case into somebody's hands, e.g. a lawyer's: asked, accepted, handed on. Silence hands on as well."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from server.cases.assigning.models import CaseAssignment, Ending
from server.cases.assigning.service import assignment_of, end_of, living_of, refuse_unfit
from server.cases.capabilities.doing import Doing
from server.cases.wording import spoken_due
from server.clocks.models import OwnerKind
from server.clocks.service import clocks_of
from server.core.db import db
from server.core.errors import conflict
from server.notices.models import StaffNotice
from server.notices.staff import ASSIGNMENT, tell_staff

ENDINGS = frozenset(Ending)
TOLD = {
    Ending.DECLINED: "{title}没有接，请另找",
    Ending.SILENT: "{title}没有按时答复，请另找",
    Ending.CHANGED: "工友要求换{title}，请另找",
}
"""What whoever assigned it is told."""


def assign(doing: Doing, _parameters: Mapping[str, Any]) -> None:
    """Ask the person whom the step names; they have until the clock of the state runs out."""
    assert doing.staff_no is not None
    assert doing.assignee_no is not None, "the step names somebody"
    rule = assignment_of(doing.service)
    refuse_unfit(doing.case, doing.service, doing.answers, number=doing.assignee_no)
    if living_of(doing.case.id) is not None:
        raise conflict("assigned_already", f"已经有{rule.title}在办，先换下来再指派")
    db.session.add(
        CaseAssignment(
            case_id=doing.case.id,
            staff_no=doing.assignee_no,
            role=rule.role,
            assigned_by=doing.staff_no,
            assigned_at=doing.at,
        )
    )
    state = doing.service.machine.states[doing.case.state]
    due_at = next(
        (
            clock.due_at
            for clock in clocks_of(owner_kind=OwnerKind.CASE, owner_id=doing.case.id)
            if clock.key == state.by and clock.stopped_at is None
        ),
        None,
    )
    until = f"，最晚 {spoken_due(due_at)}" if due_at else ""
    _tell(doing, doing.assignee_no, f"指派给你了，请看看接不接{until}", by_sms=True)


def accept_assignment(doing: Doing, _parameters: Mapping[str, Any]) -> None:
    """Whoever was asked takes the case."""
    found = living_of(doing.case.id)
    if found is None or found.staff_no != doing.staff_no:
        raise conflict("not_assigned", "这件事没有指派给你")
    found.accepted_at = doing.at
    _tell(doing, found.assigned_by, f"{assignment_of(doing.service).title}接了")


def release(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Take the case out of their hands; whoever assigned it hears why and looks for somebody else."""
    because = Ending(parameters["because"])
    found = end_of(doing.case.id, because=because, at=doing.at)
    if found is None:
        return
    told = TOLD.get(because)
    if told is not None:
        _tell(doing, found.assigned_by, told.format(title=assignment_of(doing.service).title))
    if because is not Ending.DECLINED:
        _tell(doing, found.staff_no, "办结了" if because is Ending.OVER else "不再由你办")


def not_by_assignee(doing: Doing, _parameters: Mapping[str, Any]) -> None:
    """Refuse the step to whoever has, or had, the case in their hands: nobody checks their own work."""
    had = sa.select(CaseAssignment.id).where(
        CaseAssignment.case_id == doing.case.id, CaseAssignment.staff_no == doing.staff_no
    )
    if db.session.scalar(had.limit(1)) is not None:
        title = assignment_of(doing.service).title
        raise conflict("own_work", f"这一步要由没当过这件事{title}的人来办")


def tell_assignee(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Tell whoever has the case `what`."""
    found = living_of(doing.case.id)
    if found is not None:
        _tell(doing, found.staff_no, str(parameters["what"]))


def _tell(doing: Doing, staff_no: str, what: str, *, by_sms: bool = False) -> None:
    text = f"{doing.case.no}（{doing.service.name}）{what}"
    notice = StaffNotice(
        staff_no=staff_no, kind=ASSIGNMENT, text=text, link=f"/cases/{doing.case.no}", created_at=doing.at
    )
    tell_staff([notice], by_sms=by_sms, urgent=False)
