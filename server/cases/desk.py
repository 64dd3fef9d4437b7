"""Cases as staff see them. Opening one is recorded; how the worker rated it is never shown to who handled it."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import load_only

from server.cases.authority import require_staff
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.files.links import link_for
from server.cases.files.service import attachments_of
from server.cases.flow.machine import State, Step
from server.cases.forms.fields import Answers
from server.cases.forms.speaking import spoken_answers
from server.cases.models import Case, CaseEvent, CaseMessage, CaseNote, CaseProposal, CaseRevision
from server.cases.reading import computed_of
from server.cases.steps import answers_of, position_of
from server.cases.vocabulary import Actor, IdentityMode, Office, Phase, Urgency
from server.cases.working import open_proposals
from server.clocks.changes import changes_of
from server.clocks.models import Clock, ClockChange, OwnerKind
from server.clocks.service import clocks_of, clocks_of_many
from server.core import audit
from server.core.clock import now, today
from server.core.db import db, transaction
from server.core.errors import not_found
from server.identity.models import Worker
from server.identity.service import get_worker
from server.unions.staff.vocabulary import Right

OVER = frozenset({Phase.DONE, Phase.WITHDRAWN, Phase.LAPSED})


class Row(Struct, frozen=True):
    """A case in a list: nothing personal."""

    no: str
    service: Service
    state: State
    urgent: bool
    due_at: datetime | None
    """Until when it is whose turn."""


class Opened(Struct, frozen=True):
    """A case, whole."""

    case: Case
    service: Service
    state: State
    worker: Worker | None
    """None where nobody may know, or only with a reason: see `revealed_worker`."""
    answers: list[tuple[str, str]]
    """Label and answer in words."""
    earlier: list[tuple[datetime, str, str]]
    """Until when, label and answer of what a supplement changed."""
    computed: list[dict[str, Any]]
    clocks: list[Clock]
    files: list[dict[str, Any]]
    messages: list[CaseMessage]
    events: list[CaseEvent]
    notes: list[CaseNote]
    """What staff wrote for each other."""
    waiting: list[tuple[CaseProposal, str]]
    """What waits for a second person, with the code of its step or the key of its clock."""
    changes: Sequence[ClockChange]
    merged: int
    """How many cases were merged into this one."""
    steps: list[Step]
    """What staff can do now."""


class Outside(Struct, frozen=True):
    """A case as an office outside of the union sees it: not who asks, nor their words."""

    case: Case
    state: State
    answers: list[tuple[str, str]]
    """Label and answer in words, of the fields that may be seen outside."""
    clocks: list[Clock]
    briefs: list[CaseNote]
    """What the union wrote for whoever it sent the case to."""


def waiting_cases(*, service: str | None, everything: bool, limit: int) -> list[Row]:
    """Cases, urgent ones first, then the oldest.

    Args:
        everything: those that are over too.
    """
    statement = sa.select(Case).options(
        load_only(Case.no, Case.service, Case.service_version, Case.state, Case.urgency, Case.created_at)
    )
    if service is not None:
        statement = statement.where(Case.service == service)
    if not everything:
        statement = statement.where(Case.phase.not_in(OVER))
    urgent_first = sa.case((Case.urgency == Urgency.URGENT, 0), else_=1)
    cases = db.session.scalars(statement.order_by(urgent_first, Case.created_at, Case.id).limit(limit)).all()
    clocks = clocks_of_many(owner_kind=OwnerKind.CASE, owner_ids=[case.id for case in cases])
    return [_row(case, clocks[case.id]) for case in cases]


def opened_case(*, no: str, staff_no: str) -> Opened:
    """A case for a staff member; that it was opened is recorded.

    Raises:
        Problem: 403 for whoever may not, 404.
    """
    with transaction() as session:
        case = session.scalar(sa.select(Case).where(Case.no == no))
        if case is None:
            raise not_found()
        require_staff(case, staff_no=staff_no, right=Right.CASE_READ)
        audit.record(actor=f"staff:{staff_no}", action="case.read", subject_kind="case", subject_id=case.id)
        service = version_of(case.service, case.service_version)
        answers = answers_of(case)
        clocks = list(clocks_of(owner_kind=OwnerKind.CASE, owner_id=case.id))
        return Opened(
            case=case,
            service=service,
            state=service.machine.states[case.state],
            worker=_worker(case) if case.identity_mode is IdentityMode.NAMED else None,
            answers=list(_spoken_form(service, answers)),
            earlier=list(_earlier(case, service, answers)),
            computed=computed_of(service, answers, today=today()),
            clocks=clocks,
            files=[link_for(attachment) for attachment in attachments_of(case_id=case.id)],
            messages=list(_of(case.id, CaseMessage, CaseMessage.at, CaseMessage.id)),
            events=list(_of(case.id, CaseEvent, CaseEvent.number)),
            notes=list(_of(case.id, CaseNote, CaseNote.at, CaseNote.id)),
            waiting=open_proposals(case),
            changes=changes_of([clock.id for clock in clocks]),
            merged=session.scalar(sa.select(sa.func.count()).where(Case.lead_id == case.id)) or 0,
            steps=service.machine.possible(position_of(case), actor=Actor.STAFF, mode=case.identity_mode),
        )


def revealed_worker(*, no: str, staff_no: str, reason: str) -> Worker | None:
    """Who a case is from, which the union looks up with a reason only when it was sent in confidence.

    Both the look and its reason are kept; an anonymous case is from nobody.

    Raises:
        Problem: 403 for whoever may not, 404.
    """
    with transaction() as session:
        case = session.scalar(sa.select(Case).where(Case.no == no))
        if case is None:
            raise not_found()
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
        session.add(CaseNote(case_id=case.id, at=now(), staff_no=staff_no, step=None, text=reason))
        audit.record(actor=f"staff:{staff_no}", action="case.reveal", subject_kind="case", subject_id=case.id)
        return _worker(case)


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
        answers = answers_of(case)
        shown = tuple(field for field in service.form.declaration.fields() if field.outside)
        sent_on = {step.code for step in service.machine.steps.values() if step.office is Office.TO}
        return Outside(
            case=case,
            state=service.machine.states[case.state],
            answers=list(spoken_answers(shown, answers)),
            clocks=list(clocks_of(owner_kind=OwnerKind.CASE, owner_id=case.id)),
            briefs=[note for note in _of(case.id, CaseNote, CaseNote.at, CaseNote.id) if note.step in sent_on],
        )


def _worker(case: Case) -> Worker | None:
    return get_worker(db.session(), case.worker_id) if case.worker_id else None


def _spoken_form(service: Service, answers: Answers) -> Iterator[tuple[str, str]]:
    return spoken_answers(tuple(service.form.declaration.fields()), answers)


def _earlier(case: Case, service: Service, answers: Answers) -> Iterator[tuple[datetime, str, str]]:
    after = answers
    for revision in reversed(_of(case.id, CaseRevision, CaseRevision.number)):
        before: dict[str, Any] = orjson.loads(revision.answers)
        changed = {key: answer for key, answer in before.items() if after.get(key) != answer}
        for label, answer in _spoken_form(service, changed):
            yield revision.at, label, answer
        after = before


def _row(case: Case, clocks: Sequence[Clock]) -> Row:
    service = version_of(case.service, case.service_version)
    state = service.machine.states[case.state]
    due_at = next((clock.due_at for clock in clocks if clock.key == state.by and clock.stopped_at is None), None)
    return Row(case.no, service, state, case.urgency is Urgency.URGENT, due_at)


def _of(case_id: uuid.UUID, model: Any, *order: Any) -> Any:
    return db.session.scalars(sa.select(model).where(model.case_id == case_id).order_by(*order)).all()
