"""What staff do with a case: make its steps, ask a second person, decide what somebody else asked for."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from server.cases.actions import NOT_PRESSING, OTHERS_TURN_OF_MERGED, right_of_second
from server.cases.authority import is_assigned, may_verify, require_staff
from server.cases.barring import is_out, out_of, refuse_out
from server.cases.capabilities.registry import why_not
from server.cases.catalogue import version_of
from server.cases.dates import pressing
from server.cases.deciding import tell_who_asked
from server.cases.declaration import Service
from server.cases.filling import refuse_incomplete
from server.cases.flow.machine import Step, StepNotPossibleError
from server.cases.leaving import LETTER, leaves, names_nobody, refuse_telling
from server.cases.locking import lock
from server.cases.models import Case, CaseEvent, CaseMessage, CaseNote, CaseProposal
from server.cases.opened_from import source_of
from server.cases.opening import staffed
from server.cases.papers.drawing import printed
from server.cases.proposals import carry_out, decided_already, propose
from server.cases.proxies.tying import forget_paper
from server.cases.publications import bar_meanwhile
from server.cases.routing import judged_elsewhere
from server.cases.steps import (
    CHANGED,
    NOT_NOW,
    By,
    Given,
    Items,
    answers_of,
    longer_deadline,
    make,
    moment,
    position_of,
)
from server.cases.vocabulary import ANSWERED, Actor, ByAssignee, Office, PairedAct, Urgency, Words
from server.cases.writing import case_to_write_in
from server.clocks.changes import annul_breach, refuse_annulment, refuse_extension
from server.clocks.models import Clock, OwnerKind
from server.clocks.service import clocks_of, due_if_started
from server.core import audit
from server.core.clock import day_of, now
from server.core.db import db, transaction
from server.core.errors import conflict, not_found, unprocessable
from server.core.settings import settings
from server.unions.models import TradeUnion
from server.unions.staff.authority import not_allowed
from server.unions.staff.vocabulary import Right


class Named(Struct, frozen=True):
    """What a member of the staff names with a step, as people write it."""

    union_code: str | None = None
    lead_no: str | None = None
    event_at: datetime | None = None
    assignee_no: str | None = None
    ground: str | None = None
    """Key of one of the grounds that the step declares."""
    amount: int | None = None


NOTHING_NAMED = Named()


def staff_step(
    *,
    no: str,
    code: str,
    staff_no: str,
    text: str | None = None,
    items: Items = (),
    named: Named = NOTHING_NAMED,
    version: int | None = None,
) -> Case:
    """A step that a staff member makes, or asks another to make where it takes two persons.

    The same step by the same person, with the same words and on the same version, is a second click: it is made once.

    Args:
        items: files that the step takes, as `files.service.store_of_staff` gives them.
        version: of the case as the staff member saw it; None to go by what it is now.

    Raises:
        Problem: 403 for whoever may not; 404; 409 when the step is not possible (any more) or the case was changed
            since; 422 for what it has to name and does not, and for words that would tell somebody outside who it was.
    """
    with transaction():
        # The lead is locked first, as it is when merged cases follow it.
        lead = lock(no=named.lead_no)[0] if named.lead_no is not None and named.lead_no != no else None
        case, service = lock(no=no)
        bar_meanwhile(case, service)
        said = _said(service, code, named, text)
        if version is not None and version != case.version:
            if _was_made(case, code, staff_no=staff_no, text=said, version=version):
                return case
            raise conflict(CHANGED, "这件事刚刚有人改过，请重新打开看看再办")
        step = _possible(case, service, code, staff_no=staff_no)
        if lead is not None:
            require_staff(lead, staff_no=staff_no, right=Right.CASE_WORK)
        at = moment(case)
        given = _given(case, service, step, named, lead=lead, text=text, at=at)
        _refuse_telling(case, service, step, text)
        _refuse_untimely(case, step, at)
        if items and step.files is Words.NONE:
            raise unprocessable({"files": ["这一步不带文件"]})
        if step.complete:
            refuse_incomplete(case, service)
        if step.second:
            if (why := why_not(case, service, step)) is not None:
                raise conflict("not_ready", why)
            _ask(case, step, staff_no=staff_no, text=said, amount=named.amount, at=at)
        else:
            make(case, service, step, by=By(Actor.STAFF, staff_no), text=said, items=items, given=given, at=at)
        return case


def ask_annulment(*, no: str, key: str, staff_no: str, reason: str) -> Case:
    """Ask that a missed promise of a case does not count as missed; somebody else decides.

    Args:
        key: of the clock; the last one of that key that was missed.

    Raises:
        Problem: 403, 404; 409 when it was not missed.
    """
    with transaction():
        case, _ = lock(no=no)
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
        at = moment(case)
        clock = next((one for one in reversed(_clocks(case)) if one.key == key), None)
        if clock is None:
            raise not_found()
        refuse_annulment(clock, at=at)
        propose(case, CaseProposal(clock_id=clock.id, text=reason, asked_by=staff_no, asked_at=at), what="annul")
        return case


class Read(Struct, frozen=True):
    """What somebody read before they decided: an approval is of that, and of nothing that was changed meanwhile."""

    proposal_id: uuid.UUID
    version: int
    """Of the case."""


def decide(*, no: str, what: str, staff_no: str, approve: bool, read: Read | None = None) -> Case:
    """Make, or decline, what somebody else asked for.

    Args:
        what: code of the step, key of the clock whose miss is not to count, or a `PairedAct`.
        read: what lay before whoever decides; None for whatever there is now.

    Raises:
        Problem: 403, also for whoever asked; 404 when nothing was asked for; 409 when it is not possible any more, or
            somebody else has decided.
    """
    with transaction() as session:
        case, service = lock(no=no)
        bar_meanwhile(case, service)
        require_staff(case, staff_no=staff_no, right=right_of_second(service, what))
        if what in service.machine.steps:
            refuse_out(case, staff_no)
        proposal = session.scalar(
            sa.select(CaseProposal)
            .outerjoin(Clock, Clock.id == CaseProposal.clock_id)
            .where(
                CaseProposal.case_id == case.id,
                CaseProposal.decided_at.is_(None),
                sa.func.coalesce(CaseProposal.step, Clock.key) == what,
            )
        )
        if proposal is None:
            raise decided_already(case, what) or not_found()
        if read is not None and proposal.id != read.proposal_id:
            raise conflict(CHANGED, "提的内容刚刚换过，请看看现在提的再定")
        if read is not None and approve and case.version != read.version:
            raise conflict(CHANGED, "这件事刚刚有人改过，请看看现在的情况再定")
        if proposal.asked_by == staff_no:
            raise conflict("second_person", "这件事要由另一个人来定，你自己提的不能自己批")
        at = moment(case)
        proposal.decided_by, proposal.decided_at, proposal.approved = staff_no, at, approve
        action = "approve" if approve else "decline"
        audit.record(
            actor=audit.staff(staff_no),
            action=f"case.{action}",
            subject_kind="case",
            subject_id=case.id,
            detail={"what": what, "asked_by": proposal.asked_by},
        )
        tell_who_asked(case, proposal, what)
        if approve and proposal.clock_id is not None:
            annul_breach(
                clock_id=proposal.clock_id,
                reason=proposal.text,
                asked_by=proposal.asked_by,
                approved_by=staff_no,
                at=at,
            )
        elif approve and what in set(PairedAct):
            if what == PairedAct.ACCOUNT and not may_verify(case.id, staff_no=staff_no):
                raise not_allowed(Right.VERIFICATION)
            carry_out(case, PairedAct(what), proposal, at=at)
        elif approve:
            step = _possible(case, service, what, staff_no=staff_no, second=True)
            # Others may have been merged into it since it was written.
            _refuse_telling(case, service, step, proposal.text)
            given = Given(amount=proposal.amount, asked_by=proposal.asked_by)
            make(case, service, step, by=By(Actor.STAFF, staff_no), text=proposal.text or None, given=given, at=at)
        elif what == PairedAct.ACCOUNT:
            forget_paper(case)
        return case


def step_to_make(*, no: str, code: str, staff_no: str, still: bool = True) -> tuple[Case, Step, int | None]:
    """A case and a step that somebody wants to make: what its form asks for.

    Args:
        still: whether it has to be possible now.

    Returns:
        with it the most by which its clock can be extended.

    Raises:
        Problem: 403 for whoever may not; 404; 409 when the step is not possible.
    """
    case = case_to_write_in(no=no, staff_no=staff_no)
    service = version_of(case.service, case.service_version)
    if code not in service.machine.steps:
        raise not_found()
    step = _possible(case, service, code, staff_no=staff_no) if still else service.machine.steps[code]
    most = next((one.extension for one in _clocks(case) if one.key == step.extend and one.stopped_at is None), None)
    return case, step, most


def _said(service: Service, code: str, named: Named, text: str | None) -> str | None:
    """What is written with a step: the words of the ground that it names come first."""
    step = service.machine.steps.get(code)
    ground = step.grounds.get(named.ground or "") if step is not None else None
    return text if ground is None else ground.say + (text or "")


def _was_made(case: Case, code: str, *, staff_no: str, text: str | None, version: int) -> bool:
    event = db.session.scalar(
        sa.select(CaseEvent).where(
            CaseEvent.case_id == case.id,
            CaseEvent.number == version + 1,
            CaseEvent.step == code,
            CaseEvent.staff_no == staff_no,
        )
    )
    if event is None:
        return False
    written = [
        db.session.scalar(
            sa.select(kind.text).where(kind.case_id == case.id, kind.at == event.at, kind.staff_no == staff_no)
        )
        for kind in (CaseMessage, CaseNote)
    ]
    return text in written if text else not any(written)


def _possible(case: Case, service: Service, code: str, *, staff_no: str, second: bool = False) -> Step:
    """A step that this member of the staff can make now.

    Args:
        second: as the second person, who works on the case too where no chair signs.

    Raises:
        Problem: 403 or 409.
    """
    known = service.machine.steps.get(code)
    right = Right.CASE_WORK if known is None else known.right
    if second and known is not None and known.signed:
        right = Right.CASE_SIGN
    by_assignee = None if known is None else known.by_assignee
    require_staff(case, staff_no=staff_no, right=right, assigned=by_assignee is not None)
    if by_assignee is ByAssignee.ALONE and not is_assigned(case, staff_no=staff_no):
        raise conflict("not_assigned", "这一步要由指派的人自己来办")
    refuse_out(case, staff_no)
    heard = any(code in one.follows and one.hears for one in service.machine.steps.values())
    if heard and _is_out_of_merged(case, staff_no):
        raise conflict("other_handler", OTHERS_TURN_OF_MERGED)
    try:
        step = service.machine.step(position_of(case), code, actor=Actor.STAFF, mode=case.identity_mode)
    except StepNotPossibleError:
        raise conflict("step_not_possible", NOT_NOW) from None
    if step.while_urgent and not pressing(case, service, at=now()) & set(step.while_urgent):
        raise conflict("not_pressing", NOT_PRESSING)
    if step.upper or step.here:
        require_staff(case, staff_no=staff_no, right=right, upper=step.upper, here=step.here)
    return step


def _is_out_of_merged(lead: Case, staff_no: str) -> bool:
    """Whether somebody is out of a case that was merged into this one: what they say here is said there too."""
    merged = sa.select(Case.id).where(Case.lead_id == lead.id, out_of(staff_no))
    return db.session.scalar(merged.limit(1)) is not None


def _given(
    case: Case, service: Service, step: Step, named: Named, *, lead: Case | None, text: str | None, at: datetime
) -> Given:
    """What a step names, checked: all that it declares and nothing else.

    Raises:
        Problem: 422.
    """
    errors: dict[str, list[str]] = {}
    wanted = {
        "union": (step.office is Office.TO, named.union_code, "这一步要写明转给哪个工会（编码）"),
        "lead": (step.lead, named.lead_no, "这一步要写明并到哪一件（编号）"),
        "date": (
            step.date or step.since is not None,
            named.event_at,
            "这一步要写明日期和时间" if step.date else f"这一步要写明：{step.since}",
        ),
        "assignee": (step.person, named.assignee_no, "这一步要写明指派给谁（工号）"),
        "ground": (bool(step.grounds), named.ground, "这一步要选一条理由"),
    }
    for key, (needed, value, sentence) in wanted.items():
        if needed and value is None:
            errors[key] = [sentence]
        elif not needed and value is not None:
            errors[key] = ["这一步不用写这一项"]
    if named.amount is not None and (step.extend is None or step.extend_to is not None) and not step.money:
        errors["amount"] = ["这一步不用写这一项"]
    if step.grounds and named.ground is not None:
        ground = step.grounds.get(named.ground)
        if ground is None:
            errors["ground"] = ["没有这一条理由，请重新选"]
        elif ground.words is Words.REQUIRED and not text:
            errors["text"] = [f"选了“{ground.name}”，请接着写明"]
    if step.date and named.event_at is not None and named.event_at <= at:
        errors["date"] = ["这个时间已经过去了"]
    since = named.event_at if step.since is not None else None
    if since is not None and since > at:
        errors["date"] = ["这一天还没有到，请看看写对没有"]
    elif since is not None and _over_at_once(case, service, step, since, at=at):
        errors["date"] = ["从这天算起，期限已经过了。请看看年份写对没有；真的过了，用留言把结果告诉工友"]
    if step.lead and (lead is None or lead.service != case.service or lead.lead_id is not None):
        errors["lead"] = ["只能并到同一项服务的另一件事，而且那件事自己没有并到别处"]
    elif step.lead and lead is not None and lead.phase in ANSWERED:
        errors["lead"] = ["那件事已经答复或者结束了，并过去就没有人答复这一件了。请单独办"]
    elif step.lead and lead is not None and lead.handler_no is not None and is_out(case, lead.handler_no):
        errors["lead"] = ["那件事的经办人办过、定过这里有异议的事，不能来答复这一件。请单独办"]
    union = None
    if step.office is Office.TO and named.union_code is not None:
        union = db.session.scalar(sa.select(TradeUnion).where(TradeUnion.code == named.union_code))
        if union is None or (union.firm_side and not service.firm_side):
            errors["union"] = ["没有这个编码的工会，或者它是单位一方的工会，不能办工友的事"]
        elif union.id in judged_elsewhere(db.session(), service, answers_of(case)):
            errors["union"] = ["这件事说的就是那个街道做的，不能转给它办，也不能转给它下面的工会，请选别的工会"]
        elif settings().production and union.id not in staffed(db.session(), service):
            errors["union"] = ["那里现在没有人能办这项，请选别的工会"]
    if errors:
        raise unprocessable(errors)
    return Given(
        union_id=union.id if union else None,
        lead=lead if step.lead else None,
        event_at=named.event_at,
        assignee_no=named.assignee_no,
        ground=named.ground,
    )


def _over_at_once(case: Case, service: Service, step: Step, since: datetime, *, at: datetime) -> bool:
    """Whether a promise that a step starts would be over by then, counted from a day that is written down: nearly
    always a wrong year, and words that make somebody give up a right."""
    rules = (service.machine.clocks[key] for key in service.machine.starting(step, mode=case.identity_mode))
    codes = (rule.deadline_for(answers_of(case), urgent=case.urgency is Urgency.URGENT) for rule in rules)
    return any(due_if_started(code, at=since, ruled_on=day_of(case.created_at)) < at for code in codes)


def _refuse_telling(case: Case, service: Service, step: Step, text: str | None) -> None:
    """Let words pass that leave the union, if any: they tell of nobody who does not want to be known.

    Raises:
        Problem: 422.
    """
    if not text or not leaves(step):
        return
    refuse_telling(case, text=text)
    if names_nobody(step) and (source := source_of(case)) is not None:
        beside = printed(service, answers_of(case), template=step.does[LETTER]["template"])
        refuse_telling(source, text=text, secret=True, beside=beside)


def _refuse_untimely(case: Case, step: Step, at: datetime) -> None:
    if step.within is None and step.during is None:
        return
    due_at = {clock.key: clock.due_at for clock in _clocks(case) if clock.stopped_at is None}
    if step.within is not None and (step.within not in due_at or due_at[step.within] < at):
        raise conflict("too_late", "时间已经过了，这一步不能再办")
    if step.during is not None and step.during not in due_at:
        raise conflict("step_not_possible", NOT_NOW)


def _ask(case: Case, step: Step, *, staff_no: str, text: str | None, amount: int | None, at: datetime) -> None:
    if step.words is Words.REQUIRED and not text:
        raise unprocessable({"text": ["这一步要写明内容"]})
    if step.money and amount is None:
        raise unprocessable({"amount": ["这一步要写明金额（分）"]})
    if step.extend is not None:
        running = (clock for clock in _clocks(case) if clock.key == step.extend and clock.stopped_at is None)
        clock = next(running, None)
        if clock is None:
            raise conflict("step_not_possible", NOT_NOW)
        refuse_extension(clock, amount=amount, to=longer_deadline(case, step), at=at)
    proposal = CaseProposal(step=step.code, amount=amount, text=text or "", asked_by=staff_no, asked_at=at)
    propose(case, proposal, what=step.code)


def _clocks(case: Case) -> list[Clock]:
    return list(clocks_of(owner_kind=OwnerKind.CASE, owner_id=case.id))
