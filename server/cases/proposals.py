"""What waits for a second person: steps and annulments, and the acts beside the flow that no service declares."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from server.cases.authority import require_staff
from server.cases.barring import refuse_out
from server.cases.deciding import tell_second_person
from server.cases.declaration import Service
from server.cases.describing import UNITS
from server.cases.locking import lock
from server.cases.models import Case, CaseEvent, CaseNote, CaseProposal
from server.cases.proxies.tying import tie
from server.cases.retention.holds import hold, is_held, release
from server.cases.steps import longer_deadline, moment
from server.cases.vocabulary import IdentityMode, PairedAct
from server.cases.wording import for_staff
from server.clocks.models import Clock
from server.core import audit
from server.core.db import db, transaction
from server.core.errors import Problem, conflict
from server.unions.staff.vocabulary import Right

DECIDED = "decided_already"
"""Code of the refusal when somebody else has decided."""
MAY_LOOK_FOR = timedelta(hours=24)
"""How long after the approval whoever asked may look at who a confidential case is from."""


def ask_for(*, no: str, act: PairedAct, staff_no: str, reason: str) -> Case:
    """Ask for one of the acts, except an account (see `proxies.accounts`); somebody else of the district or the city
    decides.

    Raises:
        Problem: 403, 404; 409 when it is asked for already, there is nothing to do, or whoever asks is out of the case
            and would see who objects to what they decided.
    """
    with transaction():
        case, _ = lock(no=no)
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
        if act is PairedAct.REVEAL:
            refuse_out(case, staff_no)
        _refuse_needless(case, act)
        proposal = CaseProposal(step=act.value, text=reason, asked_by=staff_no, asked_at=moment(case))
        propose(case, proposal, what=act.value)
        return case


def carry_out(case: Case, act: PairedAct, proposal: CaseProposal, *, at: datetime) -> None:
    """Do what a second person has approved. The reason stays as a note of whoever asked.

    Raises:
        Problem: 409 when there is nothing to do any more.
    """
    _refuse_needless(case, act)
    db.session.add(CaseNote(case_id=case.id, at=at, staff_no=proposal.asked_by, step=act.value, text=proposal.text))
    match act:
        case PairedAct.HOLD:
            hold(case, at=at)
        case PairedAct.LIFT:
            release(case)
        case PairedAct.REVEAL:
            # The look itself is made, and recorded, by whoever asked.
            pass
        case PairedAct.ACCOUNT:
            tie(case, proposal, at=at)


def may_look(case: Case, *, staff_no: str, at: datetime) -> bool:
    """Whether a second person lets this one see who a confidential case is from."""
    approved = sa.exists().where(
        CaseProposal.case_id == case.id,
        CaseProposal.step == PairedAct.REVEAL.value,
        CaseProposal.asked_by == staff_no,
        CaseProposal.approved.is_(True),
        CaseProposal.decided_at > at - MAY_LOOK_FOR,
    )
    return bool(db.session.scalar(sa.select(approved)))


def decided_already(case: Case, what: str) -> Problem | None:
    """The refusal for whoever decides after somebody else: who that was, and how; None if it never was asked for."""
    last = db.session.scalar(
        sa.select(CaseProposal)
        .outerjoin(Clock, Clock.id == CaseProposal.clock_id)
        .where(CaseProposal.case_id == case.id, sa.func.coalesce(CaseProposal.step, Clock.key) == what)
        .order_by(CaseProposal.asked_at.desc())
        .limit(1)
    )
    if last is None:
        return None
    how = "批准了" if last.approved else "没有批准"
    return conflict(DECIDED, f"工号 {last.decided_by} 已经定了：{how}。你这次没有再办一遍")


def open_proposals(case: Case) -> list[tuple[CaseProposal, str]]:
    """What waits for a second person, with the code of its step or the key of its clock."""
    rows = db.session.execute(
        sa.select(CaseProposal, sa.func.coalesce(CaseProposal.step, Clock.key))
        .outerjoin(Clock, Clock.id == CaseProposal.clock_id)
        .where(CaseProposal.case_id == case.id, CaseProposal.decided_at.is_(None))
        .order_by(CaseProposal.asked_at)
    )
    return [(proposal, what) for proposal, what in rows]


def named_in(case: Case, service: Service, proposal: CaseProposal, what: str, clocks: Sequence[Clock]) -> str | None:
    """What is asked for besides words, as the second person reads it: how much money, how much longer."""
    step = service.machine.steps.get(what)
    if step is None:
        return None
    if step.money and proposal.amount is not None:
        return f"{proposal.amount / 100:,.2f} 元"
    clock = next((one for one in clocks if one.key == step.extend and one.stopped_at is None), None)
    if clock is None:
        return None
    if (longer := longer_deadline(case, step)) is not None:
        unit = UNITS[clock.basis]
        return f"“{for_staff(clock.name)}”从开始算，由 {clock.amount} {unit}改为 {longer.amount} {unit}"
    amount = clock.extension if proposal.amount is None else proposal.amount
    return f"“{for_staff(clock.name)}”延长 {amount} {UNITS[clock.basis]}"


def asked_by(case: Case, events: Sequence[CaseEvent]) -> Mapping[int, str]:
    """Of the steps that two persons made: number of the event → who asked. The event itself names who approved."""
    approved = sa.select(CaseProposal.step, CaseProposal.decided_at, CaseProposal.asked_by).where(
        CaseProposal.case_id == case.id, CaseProposal.approved.is_(True)
    )
    asked = {(row.step, row.decided_at): row.asked_by for row in db.session.execute(approved)}
    return {event.number: asked[event.step, event.at] for event in events if (event.step, event.at) in asked}


def propose(case: Case, proposal: CaseProposal, *, what: str) -> None:
    """Have something wait for a second person.

    Raises:
        Problem: 409 when the same waits already.
    """
    proposal.case_id = case.id
    try:
        with db.session.begin_nested():
            db.session.add(proposal)
            db.session.flush()
    except IntegrityError as error:
        if "uq_case_proposal_open" not in str(error.orig):
            raise
        raise conflict("asked_already", "已经有人提了，正等另一个人来定") from None
    audit.record(
        actor=audit.staff(proposal.asked_by),
        action="case.ask",
        subject_kind="case",
        subject_id=case.id,
        detail={"what": what},
    )
    tell_second_person(case, proposal, what)


def _refuse_needless(case: Case, act: PairedAct) -> None:
    match act:
        case PairedAct.REVEAL if case.identity_mode is not IdentityMode.CONFIDENTIAL:
            raise conflict("not_confidential", "这件事不是隐名的，不用申请")
        case PairedAct.HOLD if is_held(case):
            raise conflict("held", "这件事已经全部保留了")
        case PairedAct.LIFT if not is_held(case):
            raise conflict("not_held", "这件事没有保留，不用解除")
