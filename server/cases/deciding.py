"""Second persons: who may be one, what waits for them, and that they and whoever asked are told of it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from server.cases.actions import Action, right_of_second
from server.cases.authority import in_reach, lets_pass, may_verify, verifies
from server.cases.barring import is_out, out_of
from server.cases.catalogue import version_of, versions_in_use
from server.cases.declaration import Service
from server.cases.heads import holders
from server.cases.homes import home_of
from server.cases.models import Case, CaseProposal
from server.cases.vocabulary import ACT_NAMES, PairedAct
from server.clocks.models import Clock
from server.core.clock import day_of
from server.core.db import db
from server.notices.models import StaffNotice
from server.notices.staff import tell_staff
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind
from server.unions.staff.vocabulary import Right

DUTIES = {Right.CASE_DECIDE: DutyKind.HEAD, Right.CASE_WORK: DutyKind.DESK}
"""Who on duty is told first."""
MOST_COUNTED = 100
"""So many are listed and counted: more cannot be decided in a day."""


class ToDecide(Struct, frozen=True):
    """What waits for somebody as the second person. Not the reason: that is read with the case."""

    no: str
    service: Service
    title: str
    asked_by: str
    asked_at: datetime


def to_decide(*, staff_no: str) -> Sequence[ToDecide]:
    """What somebody may decide that others asked for, the oldest first. Payments wait on their own page."""
    rows = db.session.execute(
        sa.select(CaseProposal, Case, Clock.key)
        .join(Case, Case.id == CaseProposal.case_id)
        .outerjoin(Clock, Clock.id == CaseProposal.clock_id)
        .where(*_waits_for(staff_no))
        .order_by(CaseProposal.asked_at, CaseProposal.id)
        .limit(MOST_COUNTED)
    ).all()
    return [_line(proposal, case, proposal.step or key) for proposal, case, key in rows]


def count_to_decide(*, staff_no: str) -> int:
    """How many there are, up to `MOST_COUNTED`."""
    some = (
        sa.select(CaseProposal.id)
        .join(Case, Case.id == CaseProposal.case_id)
        .where(*_waits_for(staff_no))
        .limit(MOST_COUNTED)
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def title_of(service: Service, what: str) -> str:
    """What is asked for, in words.

    Args:
        what: code of a step, key of the clock whose miss is not to count, or a `PairedAct`.
    """
    step = service.machine.steps.get(what)
    if step is not None:
        return Action(step, None).title
    return ACT_NAMES[PairedAct(what)] if what in set(PairedAct) else "不算超期"


def tell_second_person(case: Case, proposal: CaseProposal, what: str) -> None:
    """Tell those on duty who may decide; where none of them may, everybody who may decide there."""
    service = version_of(case.service, case.service_version)
    right = right_of_second(service, what)
    place = case.union_id or home_of(case)
    told = [one for one in _on_duty(service, right, place, at=proposal.asked_at) if _may(case, right, one, proposal)]
    if not told and right is not Right.CASE_WORK:
        # Colleagues are many, and see it among what they have to do today.
        told = sorted(one for one in holders(case, service, right) if _may(case, right, one, proposal))
    nobody: list[str | None] = [None]
    text = f"{case.no}（{service.name}）等{'你' if told else '人'}来定：{title_of(service, what)}"
    link = "/payments" if right is Right.PAYMENTS else f"/cases/{case.no}"
    tell_staff(
        [
            StaffNotice(staff_no=one, kind="case.to_decide", text=text, link=link, created_at=proposal.asked_at)
            # That nobody may decide is for whoever arranges duties and rights.
            for one in told or (nobody if right in {Right.CASE_DECIDE, Right.CASE_SIGN} else ())
        ],
        by_sms=False,
        urgent=False,
    )


def tell_who_asked(case: Case, proposal: CaseProposal, what: str) -> None:
    """Tell whoever asked what a second person decided."""
    assert proposal.decided_at is not None, "it is told once it is decided"
    service = version_of(case.service, case.service_version)
    how = "批准了" if proposal.approved else "没有批准"
    text = f"{case.no}（{service.name}）你提的“{title_of(service, what)}”{how}"
    link = "/payments" if right_of_second(service, what) is Right.PAYMENTS else f"/cases/{case.no}"
    notice = StaffNotice(
        staff_no=proposal.asked_by, kind="case.was_decided", text=text, link=link, created_at=proposal.decided_at
    )
    tell_staff([notice], by_sms=False, urgent=False)


def _waits_for(staff_no: str) -> list[sa.ColumnElement[bool]]:
    # What takes another right of the second person than to decide, by service and step.
    known = [
        (service.key, service.version, step.code, right_of_second(service, step.code))
        for service in versions_in_use()
        for step in service.machine.steps.values()
        if step.peer or step.signed
    ]
    step_of = sa.tuple_(Case.service, Case.service_version, sa.func.coalesce(CaseProposal.step, ""))
    by_others = [one[:3] for one in known]
    for_account = sa.func.coalesce(CaseProposal.step, "") == PairedAct.ACCOUNT.value
    by_handlers, by_chairs = (
        [one[:3] for one in known if one[3] is right] for right in (Right.CASE_WORK, Right.CASE_SIGN)
    )
    return [
        CaseProposal.decided_at.is_(None),
        CaseProposal.asked_by != staff_no,
        sa.or_(CaseProposal.step.is_(None), CaseProposal.step.in_(list(PairedAct)), ~out_of(staff_no)),
        sa.or_(
            sa.and_(step_of.in_(by_handlers), in_reach(staff_no=staff_no, right=Right.CASE_WORK)),
            sa.and_(step_of.in_(by_chairs), in_reach(staff_no=staff_no, right=Right.CASE_SIGN)),
            sa.and_(for_account, verifies(staff_no)),
            sa.and_(step_of.not_in(by_others), ~for_account, in_reach(staff_no=staff_no, right=Right.CASE_DECIDE)),
        ),
    ]


def _line(proposal: CaseProposal, case: Case, what: str) -> ToDecide:
    service = version_of(case.service, case.service_version)
    return ToDecide(case.no, service, title_of(service, what), proposal.asked_by, proposal.asked_at)


def _on_duty(service: Service, right: Right, place: uuid.UUID | None, *, at: datetime) -> list[str]:
    kind = DUTIES.get(right)
    if kind is None:
        return []
    known = roster() if service.firm_side else roster().without_firms()
    union_id = known.district_of(place) if right is Right.CASE_DECIDE else place
    return known.on_duty(kind, union_id=union_id, day=day_of(at))


def _may(case: Case, right: Right, staff_no: str, proposal: CaseProposal) -> bool:
    if staff_no == proposal.asked_by:
        return False
    if proposal.step == PairedAct.ACCOUNT:
        return may_verify(case.id, staff_no=staff_no)
    if is_out(case, staff_no) and proposal.step not in {None, *PairedAct}:
        return False
    return lets_pass(case, staff_no=staff_no, right=right)
