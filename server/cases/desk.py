"""Cases as staff see them. Opening one is recorded; how the worker rated it is never shown to who handled it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from server.cases.actions import Action, Allowed, may_decide
from server.cases.answered import Agreed, agreed_to, answered, answered_earlier, declined, filled_since, signed_for
from server.cases.assigning.models import CaseAssignment
from server.cases.assigning.rules import Candidate
from server.cases.assigning.service import candidates, living_of
from server.cases.authority import allowed_over, readable_case, require_staff
from server.cases.barring import refuse_out
from server.cases.capabilities.fees import Fee, fee_of
from server.cases.capabilities.models import CaseCall
from server.cases.capabilities.registry import GRANT_ASSIGNEE
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.exchange.desk import exchange_of, messages_of
from server.cases.exchange.models import CaseExchange, ExchangeMessage
from server.cases.flow.machine import State, Step
from server.cases.going_on import Linked, came_from, went_on
from server.cases.groups import Group, group_of
from server.cases.likeness import Hint, hints
from server.cases.locking import lock
from server.cases.models import Case, CaseEvent, CaseMessage, CaseNote, CaseProposal
from server.cases.opened_from import Related, related, services_from
from server.cases.papers.models import CasePaper
from server.cases.papers.service import names_worker, papers_of
from server.cases.proposals import asked_by, may_look, named_in, open_proposals
from server.cases.proxies.claiming import proxy_of
from server.cases.proxies.models import CaseProxy
from server.cases.proxies.speaking import Sayable, had_a_part, sayable
from server.cases.publications import bar_meanwhile, who_decided
from server.cases.reading import computed_of
from server.cases.retention.keeping import Keeping, keeping_of
from server.cases.seeing import seen_computed
from server.cases.staff_actions import actions_now
from server.cases.staff_files import files_shown
from server.cases.standing_in import Absent, absent_handler
from server.cases.steps import answers_of, position_of
from server.cases.too_few import too_few
from server.cases.under_way import beside
from server.cases.vocabulary import Actor, IdentityMode
from server.clocks.changes import changes_of
from server.clocks.models import Clock, ClockChange, ClockPause, OwnerKind
from server.clocks.service import clocks_of, pauses_of
from server.core import audit
from server.core.clock import now, today
from server.core.db import db, transaction
from server.core.errors import conflict
from server.identity.models import Worker
from server.identity.service import get_worker
from server.unions.models import TradeUnion
from server.unions.staff.vocabulary import Right


class Opened(Struct, frozen=True):
    """A case, whole."""

    case: Case
    service: Service
    state: State
    worker: Worker | None
    """None where nobody may know, or only with a reason (see `revealed_worker`), and for whoever is out of the case."""
    answers: list[tuple[str, str]]
    """Label and answer in words."""
    signed_for: Mapping[str, Agreed]
    """By label: what somebody else signed for the worker, to whom it was read."""
    agreed: Sequence[Agreed]
    """What the worker agreed to."""
    declined: Sequence[str]
    """Titles of what they were asked, and do not agree to."""
    earlier: list[tuple[datetime, str, str]]
    """Until when, label and answer of what a supplement changed."""
    computed: list[dict[str, Any]]
    clocks: list[Clock]
    files: list[dict[str, Any]]
    """Those that this member of the staff may open, as `links.link_for` shows them, with `label`: what of the form one
    was given to, None for what came without a field."""
    messages: list[CaseMessage]
    events: list[CaseEvent]
    asked_by: Mapping[int, str]
    """Number of an event → who asked a second person for it."""
    notes: list[CaseNote]
    """What staff wrote for each other."""
    waiting: list[tuple[CaseProposal, str]]
    named: Mapping[uuid.UUID, str]
    """What of it names how much, by proposal."""
    """What waits for a second person, with the code of its step or the key of its clock."""
    to_decide: frozenset[str]
    """Of these, what this member of the staff may decide."""
    changes: Sequence[ClockChange]
    pauses: Sequence[ClockPause]
    lead_no: str | None
    """The case that this one was merged into."""
    merged: Sequence[str]
    """Numbers of the cases that were merged into this one."""
    came_from: Linked | None
    """The case that it goes on from; never one in confidence, nor for whoever is out of this one: others of the same
    worker would tell them who that is."""
    went_on: Sequence[Linked]
    """Those that go on from it."""
    opened_from: Related | None
    """The case that this one was opened from, for whoever may read that one."""
    opened: Sequence[Related]
    """The cases that were opened from this one."""
    can_open: Sequence[Service]
    """What can be opened from it."""
    meant_for: str | None
    """The union that it was for, where one above decides."""
    cautions: Sequence[str]
    """What to think of before deciding."""
    alike: Sequence[Hint]
    """Cases that may be about the same thing."""
    beside: Sequence[Case]
    """Of what is asked for one at a time: others under way for the same phone."""
    group: Group | None
    """Other workers' cases that are the same dispute."""
    calls: Sequence[CaseCall]
    """To the worker, the oldest first."""
    keeping: Keeping
    """What of it was removed, how long the rest is kept, and whether it is held."""
    may_look: bool
    """Whether this member of the staff may see now who it is from."""
    proxy: CaseProxy | None
    """Who typed it for whom, where somebody did."""
    exchange: CaseExchange | None
    """Where it stands with 12345, of whose orders it is one."""
    told: Sequence[ExchangeMessage]
    """What 12345 was told, or still has to be, the oldest first."""
    fee: Fee | None
    """What whoever had the case is to be paid, where a step would grant it now."""
    steps: list[Step]
    """What staff can do now."""
    too_few: str | None
    """Why it would stand still: whoever is left may not work on it, or not decide."""
    absent: Absent | None
    """That whoever has it in hand is away, and who stands in."""
    sayable: Sequence[Sayable]
    """What its worker may say at the desk or on the phone now."""
    assignment: CaseAssignment | None
    """In whose hands it is now, or who was asked."""
    papers: Sequence[CasePaper]
    """What was made of it, oldest first."""
    actions: list[Action]
    """Every step for staff, and why this member of the staff cannot make it now."""
    allowed: Allowed


def opened_case(*, no: str, staff_no: str) -> Opened:
    """A case for a staff member; that it was opened is recorded.

    Raises:
        Problem: 403 for whoever may not, 404.
    """
    with transaction() as session:
        case = readable_case(no=no, staff_no=staff_no)
        audit.record(actor=audit.staff(staff_no), action="case.read", subject_kind="case", subject_id=case.id)
        service = version_of(case.service, case.service_version)
        answers = answers_of(case)
        clocks = list(clocks_of(owner_kind=OwnerKind.CASE, owner_id=case.id))
        waiting = open_proposals(case)
        exchanged = exchange_of(case.id)
        events = list(_of(case.id, CaseEvent, CaseEvent.number))
        allowed = allowed_over(case.id, staff_no=staff_no)
        if staff_no in who_decided(service, answers):
            # They may have decided since it was sent; whoever makes the next step keeps them out.
            allowed = replace(allowed, barred=True)
        opened_from, opened = related(case, staff_no=staff_no)
        viewers, proxy = allowed.viewers, proxy_of(case.id)
        asked = asked_by(case, events)
        worked = had_a_part(case, staff_no=staff_no, events=events, asked=asked.values())
        papers = papers_of(case)
        made = {file for one in papers for file in (one.docx_id, one.pdf_id)}
        steps = service.machine.possible(position_of(case), actor=Actor.STAFF, mode=case.identity_mode)
        assignment = living_of(case.id) if service.assignment is not None else None
        return Opened(
            case=case,
            service=service,
            state=service.machine.states[case.state],
            worker=_worker(case) if case.identity_mode is IdentityMode.NAMED and not allowed.barred else None,
            answers=answered(service, answers, viewers),
            signed_for=signed_for(case, service, proxy),
            agreed=agreed_to(case),
            declined=declined(case, service),
            earlier=answered_earlier(case, service, viewers),
            computed=computed_of(
                seen_computed(service, viewers),
                answers,
                today=today(),
                state=service.machine.states[case.state],
                made=[event.step for event in events],
            ),
            clocks=clocks,
            files=files_shown(case, service, viewers, made),
            messages=list(_of(case.id, CaseMessage, CaseMessage.at, CaseMessage.id)),
            events=events,
            asked_by=asked,
            notes=list(_of(case.id, CaseNote, CaseNote.at, CaseNote.id)),
            waiting=waiting,
            named={
                proposal.id: words
                for proposal, what in waiting
                if (words := named_in(case, service, proposal, what, clocks)) is not None
            },
            to_decide=frozenset(
                what
                for proposal, what in waiting
                if proposal.asked_by != staff_no
                and not (what in service.machine.steps and allowed.barred)
                and may_decide(service, what, allowed=allowed)
            ),
            changes=changes_of([clock.id for clock in clocks]),
            pauses=pauses_of([clock.id for clock in clocks]),
            lead_no=None if case.lead_id is None else session.scalar(sa.select(Case.no).where(Case.id == case.lead_id)),
            merged=session.scalars(sa.select(Case.no).where(Case.lead_id == case.id).order_by(Case.no)).all(),
            came_from=None if allowed.barred else came_from(case, staff_no=staff_no, viewers=viewers),
            went_on=() if allowed.barred else went_on(case, staff_no=staff_no, viewers=viewers),
            opened_from=opened_from,
            opened=opened,
            can_open=services_from(case, staff_no=staff_no) if allowed.work else (),
            meant_for=None
            if case.meant_for_id is None
            else session.scalar(sa.select(TradeUnion.name).where(TradeUnion.id == case.meant_for_id)),
            cautions=() if service.machine.states[case.state].final else service.cautions_for(answers),
            alike=hints(case, service, staff_no=staff_no),
            beside=() if allowed.barred else beside(case, service, staff_no=staff_no),
            group=group_of(case, service, staff_no=staff_no),
            calls=_of(case.id, CaseCall, CaseCall.at, CaseCall.id),
            keeping=keeping_of(case, service),
            may_look=case.identity_mode is IdentityMode.CONFIDENTIAL
            and not allowed.barred
            and may_look(case, staff_no=staff_no, at=now()),
            proxy=proxy,
            exchange=exchanged,
            told=() if exchanged is None else messages_of(exchanged),
            fee=_fee(case, service, steps) if allowed.work else None,
            steps=steps,
            too_few=None if service.machine.states[case.state].final else too_few(case, service),
            absent=None if service.machine.states[case.state].final else absent_handler(case),
            sayable=sayable(case, service, worked=worked, city_asks=exchanged is not None and exchanged.asks_rating)
            if allowed.work and not allowed.barred
            else (),
            assignment=assignment,
            papers=[one for one in papers if not (allowed.barred and names_worker(service, one))],
            actions=actions_now(case, service, clocks, waiting, allowed=allowed),
            allowed=allowed,
        )


def revealed_worker(*, no: str, staff_no: str) -> Worker | None:
    """Who a case is from. Sent in confidence, only whoever gave a reason that a second person approved may look.

    Each look is recorded; an anonymous case is from nobody.

    Raises:
        Problem: 403 for whoever may not, 404; 409 for whoever is out of the case, and `second_person` without an
            approval of the last 24 hours.
    """
    with transaction():
        case, service = lock(no=no)
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
        bar_meanwhile(case, service)
        refuse_out(case, staff_no)
        if case.identity_mode is IdentityMode.CONFIDENTIAL and not may_look(case, staff_no=staff_no, at=now()):
            raise conflict("second_person", "工友要求隐名。要先写明理由，由区、市总工会管审批的另一个人批准")
        audit.record(actor=audit.staff(staff_no), action="case.reveal", subject_kind="case", subject_id=case.id)
        return _worker(case)


def changed_since(*, no: str, at: datetime, staff_no: str) -> list[tuple[datetime, str | None, str]]:
    """What happened to a case after a moment, oldest first: when, by whom of the staff if by any of them, what.

    Raises:
        Problem: 403 for whoever may not, 404.
    """
    case = readable_case(no=no, staff_no=staff_no)
    events = sa.select(CaseEvent.at, CaseEvent.staff_no, CaseEvent.what).where(
        CaseEvent.case_id == case.id, CaseEvent.at > at
    )
    messages = sa.select(CaseMessage.at, CaseMessage.staff_no, sa.literal("写了留言")).where(
        CaseMessage.case_id == case.id, CaseMessage.at > at
    )
    found = [(row[0], row[1], row[2]) for statement in (events, messages) for row in db.session.execute(statement)]
    viewers = allowed_over(case.id, staff_no=staff_no).viewers
    return sorted([*found, *filled_since(case, at, viewers)], key=lambda one: one[0])


def candidates_of(case: Case) -> list[Candidate]:
    """Whom a case that somebody works on can be given to; see `assigning.service.candidates`."""
    return candidates(case, version_of(case.service, case.service_version), answers_of(case))


def _fee(case: Case, service: Service, steps: Sequence[Step]) -> Fee | None:
    granting = next((step for step in steps if GRANT_ASSIGNEE in step.does), None)
    return None if granting is None else fee_of(case, service, granting.does[GRANT_ASSIGNEE])


def _worker(case: Case) -> Worker | None:
    return get_worker(db.session(), case.worker_id) if case.worker_id else None


def _of(case_id: uuid.UUID, model: Any, *order: Any) -> Any:
    return db.session.scalars(sa.select(model).where(model.case_id == case_id).order_by(*order)).all()
