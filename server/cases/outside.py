"""A case as an office outside of the union sees it, and what it tells the union of it."""

import sqlalchemy as sa
from msgspec import Struct

from server.cases.answered import answered
from server.cases.authority import require_staff
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.flow.machine import State
from server.cases.forms.fields import Viewer
from server.cases.handlers import tell_handler_or_desk
from server.cases.locking import lock
from server.cases.models import Case, CaseNote
from server.cases.steps import By, Items, answers_of, make, moment, position_of, refuse_after_the_end, write_note
from server.cases.vocabulary import OUTSIDE_NAMES, Actor, Office, Outside
from server.clocks.models import Clock, OwnerKind
from server.clocks.service import clocks_of
from server.core import audit
from server.core.db import db, transaction
from server.core.errors import not_found
from server.unions.staff.vocabulary import Right

RECEIVED = "收到了，在办。"
TOLD = "case.outside"
"""Kind of the message to whoever has the case in hand."""


class Seen(Struct, frozen=True):
    """A case as an office outside of the union sees it: not who asks, nor their words."""

    case: Case
    state: State
    answers: list[tuple[str, str]]
    """Label and answer in words, of the fields that may be seen outside."""
    clocks: list[Clock]
    briefs: list[CaseNote]
    """What the union wrote for whoever it sent the case to."""
    told: list[CaseNote]
    """What was told the union since it was last sent on; of an office that had it before, nothing."""

    @property
    def received(self) -> bool:
        return any(note.step == Outside.RECEIVED for note in self.told)


def outside_view(*, no: str, staff_no: str) -> Seen:
    """A case for an office outside of the union, which is recorded: what it is about, and what was written for it.

    Raises:
        Problem: 403 for whoever may not, 404.
    """
    with transaction():
        case = _case_outside(no, staff_no)
        audit.record(actor=audit.staff(staff_no), action="case.read_outside", subject_kind="case", subject_id=case.id)
        service = version_of(case.service, case.service_version)
        briefs, told = _written(case, service)
        return Seen(
            case=case,
            state=service.machine.states[case.state],
            answers=answered(service, answers_of(case), {Viewer.OUTSIDE}),
            clocks=list(clocks_of(owner_kind=OwnerKind.CASE, owner_id=case.id)),
            briefs=briefs,
            told=told,
        )


def refuse_telling_union(*, no: str, staff_no: str) -> None:
    """Let pass who may tell the union something of a case now: asked before anything is kept of what they tell.

    Raises:
        Problem: 403 for whoever may not; 404; 409 once the case has ended.
    """
    case = _case_outside(no, staff_no)
    refuse_after_the_end(case, version_of(case.service, case.service_version).machine)


def tell_union(*, no: str, staff_no: str, what: Outside, text: str = RECEIVED, items: Items = ()) -> Case:
    """What an office outside tells the union of a case that was sent to it. The worker reads nothing of it: whoever has
    the case in hand does, is told, and answers the worker. Whatever it tells makes the step of the service that is the
    receipt (`by_outside`), if that is still open. The same words twice are written once unless files come with them,
    and so is the receipt.

    Args:
        items: files, as `files.service.store_of_staff` gives them; they stay inside like the words.

    Raises:
        Problem: 403 for whoever may not; 404; 409 once the case has ended.
    """
    with transaction():
        case, service = lock(no=no)
        require_staff(case, staff_no=staff_no, right=Right.CASE_OUTSIDE)
        refuse_after_the_end(case, service.machine)
        at = moment(case)
        told = [note for note in _written(case, service)[1] if note.step == what]
        if told and (what is Outside.RECEIVED or (told[-1].text == text and not items)):
            return case
        write_note(case, staff_no=staff_no, step=what.value, text=text, items=items, at=at)
        audit.record(
            actor=audit.staff(staff_no),
            action="case.tell_union",
            subject_kind="case",
            subject_id=case.id,
            detail={"what": what.value},
        )
        receipt = service.machine.by_outside(position_of(case), mode=case.identity_mode)
        if receipt is not None:
            make(case, service, receipt, by=By(Actor.STAFF, staff_no, outside=True), at=at)
        words = f"{case.no}：{OUTSIDE_NAMES[what]}"
        if what is Outside.ANSWERED:
            words += "，请看内部记录，再答复工友"
        elif receipt is not None:
            words += "，已经算签收；和工友联系、答复还是由你们办"
        elif _is_taken_back(case, service):
            # It runs on a version without such a step: what the office says here stops no clock.
            words += "，请替它签收，不然到期会收回来"
        tell_handler_or_desk(case, kind=TOLD, text=words, at=at)
        return case


def _is_taken_back(case: Case, service: Service) -> bool:
    """Whether a case that was sent on goes elsewhere when nobody has signed for it by the end of the time."""
    machine = service.machine
    by = machine.states[case.state].by
    if by is None or all(step.office is not Office.TO or step.target != case.state for step in machine.steps.values()):
        return False
    lapsing = machine.by_clock(position_of(case), by, mode=case.identity_mode)
    return lapsing is not None and lapsing.office is not None


def _case_outside(no: str, staff_no: str) -> Case:
    case = db.session.scalar(sa.select(Case).where(Case.no == no))
    if case is None:
        raise not_found()
    require_staff(case, staff_no=staff_no, right=Right.CASE_OUTSIDE)
    return case


def _written(case: Case, service: Service) -> tuple[list[CaseNote], list[CaseNote]]:
    """What the union wrote for those it sent the case to, and what was told it since the last time."""
    sent_on = {step.code for step in service.machine.steps.values() if step.office is Office.TO}
    notes = db.session.scalars(
        sa.select(CaseNote).where(CaseNote.case_id == case.id).order_by(CaseNote.at, CaseNote.id)
    )
    briefs: list[CaseNote] = []
    told: list[CaseNote] = []
    for note in notes:
        if note.step in sent_on:
            briefs, told = [*briefs, note], []
        elif note.step in list(Outside):
            told.append(note)
    return briefs, told
