"""Making a step: state, clocks, timeline, message, notice and audit in one transaction, under a lock on the case."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from msgspec import Struct

from server.cases.assigning.models import Ending
from server.cases.assigning.service import end_of
from server.cases.attached import kinds_of
from server.cases.authority import acts_for
from server.cases.barring import ANEW, objected_to
from server.cases.capabilities.doing import Doing
from server.cases.capabilities.registry import run
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.files.service import claim_attachments, copy_attachments
from server.cases.flow.machine import Machine, Position, State, Step
from server.cases.homes import unions_ruling
from server.cases.models import Author, Case, CaseEvent, CaseMessage, CaseNote, CaseRevision
from server.cases.opening import refuse_unhandled
from server.cases.publications import bar_who_decided, who_decided
from server.cases.ratings import ask_later
from server.cases.retention.ends import note_end
from server.cases.routing import Destination
from server.cases.sending import destination_of, send
from server.cases.standing_in import for_whom, standing_in_for
from server.cases.telling import tell_worker
from server.cases.too_few import tell_of_too_few
from server.cases.vocabulary import ANSWERED, Actor, Handling, Office, Reader, Urgency, Words
from server.cases.wording import spoken_due
from server.clocks.changes import extend_clock
from server.clocks.deadlines import Deadline, deadline_of
from server.clocks.models import OwnerKind
from server.clocks.service import clocks_of, pause_clocks, resume_clocks, start_clock, stop_clocks
from server.core import audit
from server.core.clock import day_of, now
from server.core.db import db
from server.core.errors import conflict, unprocessable
from server.core.together import Bound, written_together
from server.notices.worded import worded

Items = Sequence[Mapping[str, Any]]
"""Attachments as they come in: `{"id", "claim"?, "field"?}`."""

CHANGED = "changed"
"""Code of the refusal when somebody else was faster."""
NOT_NOW = "现在这一步办不了，可能刚刚有了变化，请刷新后再看"


class By(Struct, frozen=True):
    """Who makes a step."""

    actor: Actor
    staff_no: str | None = None
    for_worker: bool = False
    """A member of the staff writes down what the worker says: the step and the words are the worker's."""
    outside: bool = False
    """Somebody of an office outside of the union, who has no case in hand."""

    @property
    def author(self) -> Author:
        return Author.STAFF if self.actor is Actor.STAFF and not self.for_worker else Author.WORKER


class Given(Struct, frozen=True):
    """What a step names besides its words, as it declares."""

    union_id: uuid.UUID | None = None
    """Where the case goes; None sends it to the worker's own union, or to that for nobody's members."""
    lead: Case | None = None
    """What it is merged into, locked."""
    event_at: datetime | None = None
    """When something will be, e.g. a hearing."""
    assignee_no: str | None = None
    """Whom the case is assigned to."""
    ground: str | None = None
    """Key of the reason that the step names."""
    amount: int | None = None
    """By how much a clock is extended, or how much is granted, in 分."""
    asked_by: str | None = None
    """Who asked for what takes two persons."""


NOTHING = Given()
WORKER = By(Actor.WORKER)
SYSTEM = By(Actor.SYSTEM)


def position_of(case: Case) -> Position:
    """Where a case stands, without its clocks: what is possible does not depend on them."""
    return Position(case.state, spent=frozenset(case.spent))


def moment(case: Case) -> datetime:
    """The time of a change of a locked case: never before its last one, whatever another machine's clock says."""
    return max(now(), case.updated_at)


def state_of(case: Case) -> State:
    """The state a case is in, with its name."""
    return version_of(case.service, case.service_version).machine.states[case.state]


def answers_of(case: Case) -> dict[str, Any]:
    """What the worker answered."""
    answers: dict[str, Any] = orjson.loads(case.answers)
    return answers


def open_case(
    case: Case, service: Service, *, items: Items, at: datetime, by: By = WORKER, also: Sequence[Bound] = ()
) -> None:
    """Put a new case into its flow, and write `also` by the same statement."""
    step = service.machine.opening
    typed = Destination(case.union_id)
    found = typed if step.office is None else destination_of(case, service, step.office, answers_of(case))
    # Where no rule leads anywhere it stays where it was typed, which may be what it is about.
    nowhere = step.office is Office.ROUTE and found.office is None and not found.away_from_home
    send(case, service, typed if nowhere else found)
    refuse_unhandled(db.session(), service, case)
    barred = bar_who_decided(case, service, answers_of(case))
    with written_together(*also):
        db.session.add(case)
        _effect(case, service, step, by=by, at=at, source=None)
    claim_attachments(case_id=case.id, items=items, worker_id=case.worker_id, kinds=kinds_of(service))
    if barred:
        tell_of_too_few(case, service, at=at)


def make(
    case: Case,
    service: Service,
    step: Step,
    *,
    by: By,
    text: str | None = None,
    items: Items = (),
    given: Given = NOTHING,
    heard: str | None = None,
    at: datetime,
) -> None:
    """Make a possible step of a locked case; those that were merged into it follow where they declare to.

    Args:
        heard: words of the step that this one follows.

    Raises:
        Problem: 422 when the step needs words and there are none, or the other way round.
    """
    if step.words is Words.REQUIRED and not text:
        raise unprocessable({"text": ["这一步要写明内容"]})
    if step.words is Words.NONE and text:
        raise unprocessable({"text": ["这一步不带文字"]})
    if step.files is Words.REQUIRED and not items:
        raise unprocessable({"files": ["这一步要附上照片"]})
    source = case.state
    stood_in_for = None if by.for_worker or by.outside else standing_in_for(case, staff_no=by.staff_no)
    after = service.machine.after(position_of(case), step, mode=case.identity_mode)
    case.state = after.state
    case.phase = service.machine.states[after.state].phase
    case.spent = sorted(after.spent)
    case.version += 1
    case.updated_at = at
    if step.reopens:
        case.round += 1
    if service.machine.states[after.state].rating and not service.machine.states[source].rating:
        ask_later(case, at=at)
    if service.machine.states[after.state].final:
        case.unanswered_since = None
    if service.machine.states[after.state].final != service.machine.states[source].final:
        note_end(case, ended_at=at if service.machine.states[after.state].final else None)
    if step.keeps is not None and given.event_at is not None:
        _keep_day(case, step.keeps, day_of(given.event_at), by=by, at=at)
    _hand_over(case, service, step, by=by, given=given, stood_in_for=stood_in_for)
    if step.reopens or step.handling is Handling.CHANGE:
        tell_of_too_few(case, service, at=at)
    _effect(case, service, step, by=by, at=at, source=source, given=given, reason=text, stood_in_for=stood_in_for)
    if step.does:
        run(
            Doing(
                case,
                service,
                step,
                answers=answers_of(case),
                actor=_audit_actor(case, by),
                at=at,
                staff_no=by.staff_no,
                asked_by=given.asked_by,
                text=text or heard,
                assignee_no=given.assignee_no,
                amount=given.amount,
            )
        )
    message = None
    # Words stay those of whoever wrote them, also where a second person has the step made.
    writer = by if given.asked_by is None else By(Actor.STAFF, given.asked_by)
    if text and step.words_for is Reader.STAFF:
        assert writer.staff_no is not None, "only staff write notes"
        write_note(case, staff_no=writer.staff_no, step=step.code, text=text, items=items, at=at)
    elif text:
        message = write_message(case, by=writer, text=text, items=items, at=at)
    elif items:
        claim_attachments(case_id=case.id, items=items, worker_id=case.worker_id, kinds=kinds_of(service))
    if service.assignment is not None and service.machine.states[after.state].final:
        end_of(case.id, because=Ending.OVER, at=at)
    _let_follow(case, step, message=message, by=writer)


def _keep_day(case: Case, key: str, day: date, *, by: By, at: datetime) -> None:
    """Note a day that a step names among the answers, which are read after its clocks have stopped."""
    before = answers_of(case)
    if before.get(key) != day.isoformat():
        db.session.add(
            CaseRevision(case_id=case.id, number=case.version - 1, at=at, answers=case.answers, staff_no=by.staff_no)
        )
        case.answers = orjson.dumps({**before, key: day.isoformat()}).decode()


def _hand_over(case: Case, service: Service, step: Step, *, by: By, given: Given, stood_in_for: str | None) -> None:
    """Who handles the case after a step, and where it is."""
    if step.reopens:
        case.objected_to = sorted({*objected_to(case, service), *who_decided(service, answers_of(case))})
    elif case.phase in ANEW:
        case.objected_to = who_decided(service, answers_of(case))
    match step.handling:
        case Handling.TAKE:
            # Who stands in for somebody takes nothing from them.
            taker = None if by.outside else stood_in_for or by.staff_no
            case.handler_no, case.barred_no = taker, None
        case Handling.CHANGE:
            case.handler_no, case.barred_no = None, case.handler_no
        case Handling.RELEASE:
            case.handler_no = None
    if step.office is not None:
        if step.office is Office.TO:
            assert by.staff_no is not None, "only staff send on"
            case.sent_from_id = acts_for(case, staff_no=by.staff_no)
        send(case, service, destination_of(case, service, step.office, answers_of(case), named=given.union_id))
        case.handed_over = step.office is Office.TO
    if given.lead is not None:
        case.lead_id = given.lead.id
        # Whatever was merged into this one goes along: it is answered when the new lead is.
        db.session.execute(sa.update(Case).where(Case.lead_id == case.id).values(lead_id=given.lead.id))
    elif step.target is not None and (not step.follows or not step.hears):
        case.lead_id = None


def _let_follow(lead: Case, step: Step, *, message: CaseMessage | None, by: By) -> None:
    """Each case that was merged into this one makes its own step, with its own clock and notice, and gets a copy of the
    message with its files."""
    merged = db.session.scalars(
        sa.select(Case)
        .where(Case.lead_id == lead.id)
        .order_by(Case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for case in merged:
        service = version_of(case.service, case.service_version)
        following = service.machine.by_lead(position_of(case), step.code, mode=case.identity_mode)
        if following is not None:
            at = moment(case)
            said = message if following.hears else None
            make(case, service, following, by=SYSTEM, heard=said.text if said else None, at=at)
            if said is not None:
                copy = write_message(case, by=by, text=said.text, at=at)
                copy_attachments(of_message=said.id, case_id=case.id, message_id=copy.id)
        elif lead.phase in ANSWERED:
            # An older version of the service has no step for it: the case is on its own, where the staff see it again.
            case.lead_id = None


def longer_deadline(case: Case, step: Step) -> Deadline | None:
    """The deadline whose time a step gives to a clock, in the version that held when the case was filed."""
    return None if step.extend_to is None else deadline_of(step.extend_to, on=day_of(case.created_at))


def refuse_after_the_end(case: Case, machine: Machine) -> None:
    """Nothing is said any more once a case has ended: nobody would read it.

    Raises:
        Problem: 409.
    """
    if machine.states[case.state].final:
        raise conflict("ended", "这件事已经结束了；要接着办，请点“重新办理”或重新提交")


def write_message(case: Case, *, by: By, text: str, items: Items = (), at: datetime) -> CaseMessage:
    """Add a message to a locked case."""
    wrote = by.staff_no if by.author is Author.STAFF else None
    if by.author is Author.STAFF:
        case.unanswered_since = None
    message = CaseMessage(case_id=case.id, at=at, author=by.author, staff_no=wrote, text=text)
    db.session.add(message)
    db.session.flush()
    claim_attachments(case_id=case.id, items=items, worker_id=case.worker_id, message_id=message.id)
    return message


def write_note(case: Case, *, staff_no: str, step: str, text: str, items: Items = (), at: datetime) -> None:
    """Add to a locked case what staff write for each other, with its files: the worker gets neither."""
    note = CaseNote(case_id=case.id, at=at, staff_no=staff_no, step=step, text=text)
    db.session.add(note)
    if items:
        db.session.flush()
        claim_attachments(case_id=case.id, items=items, worker_id=None, note_id=note.id)


def _effect(
    case: Case,
    service: Service,
    step: Step,
    *,
    by: By,
    at: datetime,
    source: str | None,
    given: Given = NOTHING,
    reason: str | None = None,
    stood_in_for: str | None = None,
) -> None:
    if step.extend is not None:
        assert by.staff_no is not None
        assert given.asked_by is not None, "more time takes two persons"
        extend_clock(
            owner_kind=OwnerKind.CASE,
            owner_id=case.id,
            key=step.extend,
            amount=given.amount,
            to=longer_deadline(case, step),
            reason=reason or "",
            asked_by=given.asked_by,
            approved_by=by.staff_no,
            at=at,
        )
    dated = given.event_at
    due_at = _move_clocks(
        case, service, step, at=at, event_at=dated if step.date else None, since=dated if step.since else None
    )
    db.session.add(
        CaseEvent(
            case_id=case.id,
            number=case.version,
            at=at,
            step=step.code,
            source=source,
            target=case.state,
            actor=by.actor,
            staff_no=by.staff_no,
            stood_in_for=stood_in_for,
            what=step.timeline,
            ground=given.ground,
        )
    )
    audit.record(
        actor=_audit_actor(case, by),
        action=f"case.{step.code}",
        subject_kind="case",
        subject_id=case.id,
        detail={"from": source, "to": case.state, "version": case.version, **for_whom(stood_in_for)},
    )
    if step.notice is not None:
        said = {"no": case.no, "due": spoken_due(due_at) if due_at else ""}
        tell_worker(
            case,
            kind=f"case.{case.phase}",
            title=step.notice.title.format_map(said),
            body=worded(step.notice.body, **said),
            did_it_themselves=by.actor is Actor.WORKER,
        )


def _move_clocks(
    case: Case, service: Service, step: Step, *, at: datetime, event_at: datetime | None, since: datetime | None
) -> datetime | None:
    """What a step does to the clocks; until when it is whose turn afterwards."""
    owner: dict[str, Any] = {"owner_kind": OwnerKind.CASE, "owner_id": case.id}
    if step.stop_all:
        stop_clocks(**owner, at=at)
    elif step.stop:
        stop_clocks(**owner, at=at, keys=set(step.stop))
    if step.pause:
        pause_clocks(**owner, at=at)
    if step.resume:
        resume_clocks(**owner, at=at)
    started = {}
    for key in service.machine.starting(step, mode=case.identity_mode):
        rule = service.machine.clocks[key]
        code = rule.deadline_for(answers_of(case), urgent=case.urgency is Urgency.URGENT)
        started[key] = start_clock(
            **owner,
            key=key,
            deadline=code,
            name=rule.name,
            at=at,
            ruled_on=day_of(case.created_at),
            event_at=event_at,
            since=since,
            unions=unions_ruling(case, code),
        )
    by = service.machine.states[case.state].by
    if by is None:
        return None
    if by in started:
        return started[by].due_at
    return next(clock.due_at for clock in clocks_of(**owner) if clock.key == by and clock.stopped_at is None)


def _audit_actor(case: Case, by: By) -> str:
    match by.actor:
        case Actor.STAFF:
            return f"staff:{by.staff_no}"
        case Actor.SYSTEM:
            return "system"
        case Actor.WORKER:
            return f"worker:{case.worker_id}" if case.worker_id else audit.ANONYMOUS
