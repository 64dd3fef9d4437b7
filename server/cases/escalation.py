"""What is told when a promise of a case runs out: to its worker what they owe, to staff what the union owes.

80 %: whoever has it in hand, else the desk; of what was merged also whoever has the lead. 100 %: also the chair of the
union that it is with, and the district's desk. 150 %: the head of the district's rights department. Where nobody is on
duty the message is kept for nobody, and `/status` says so. An employer's own union is passed over, unless the service
is for it too.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
import structlog

from server.cases.catalogue import version_of
from server.cases.heads import heads_at
from server.cases.models import Case
from server.cases.standing_in import may_work_on
from server.cases.telling import tell_worker
from server.cases.vocabulary import Urgency
from server.cases.wording import for_staff, spoken_due
from server.clocks.alarms import AlarmKind
from server.clocks.deadlines import OwedBy
from server.clocks.models import Clock, OwnerKind
from server.clocks.ringing import BATCH, Ringing, ring
from server.core.clock import day_of
from server.core.db import db
from server.notices.models import StaffNotice
from server.notices.staff import tell_staff
from server.notices.worded import worded
from server.unions.duty.delegates import gone_from_work
from server.unions.duty.rules import Roster
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import IS_MEMBER, Membership

OVER, LONG_OVER = 100, 150
"""Percent of the time that was given."""

log = structlog.get_logger(__name__)


def escalate(*, at: datetime) -> int:
    """Tell of everything that has rung by `at`. Can be stopped at any moment and begun again.

    Returns:
        how many alarms went off.
    """
    everybody = roster()
    neutral = everybody.without_firms()
    left: frozenset[str | None] = frozenset(db.session.scalars(gone_from_work()))

    def in_hand_of(case: Case) -> str | None:
        return None if case.handler_no in left else case.handler_no

    def roster_for(case: Case) -> Roster:
        return everybody if version_of(case.service, case.service_version).firm_side else neutral

    def tell(ringing: list[Ringing]) -> None:
        cases = _cases({one.clock.owner_id for one in ringing})
        leads = _cases({case.lead_id for case in cases.values() if case.lead_id is not None})
        homes = _homes(cases)
        able = _stand_ins_who_may(
            (
                *((case, in_hand_of(case), roster_for(case)) for case in cases.values()),
                *((lead, in_hand_of(lead), everybody) for lead in leads.values()),
            ),
            at=at,
        )
        unheard = []
        for one in ringing:
            case = cases[one.clock.owner_id]
            if one.alarm.kind is not AlarmKind.SHARE:
                _remind(case, one.clock)
                continue
            if not _tell_staff(
                case,
                one.clock,
                one.alarm.amount,
                handler=in_hand_of(case),
                union_id=homes.get(case.id),
                known=roster_for(case),
                able=able,
                at=at,
            ):
                unheard.append(str(case.id))
            if case.lead_id is not None:
                lead = leads[case.lead_id]
                _tell_who_has_the_lead(
                    lead,
                    case,
                    one.clock,
                    one.alarm.amount,
                    handler=in_hand_of(lead),
                    known=everybody,
                    able=able,
                    at=at,
                )
        if unheard:
            # One line for many: where a roster is missing, it is missing for a whole street.
            log.error("nobody_on_duty", alarms=len(unheard), first_case_id=unheard[0])
        # Notices and audit of one batch are written before the next is read.
        db.session.flush()

    return ring(owner_kind=OwnerKind.CASE, at=at, tell=tell, batch=BATCH)


def _cases(ids: set[uuid.UUID]) -> Mapping[uuid.UUID, Case]:
    found = db.session.scalars(sa.select(Case).where(Case.id.in_(ids))) if ids else ()
    return {case.id: case for case in found}


def _homes(cases: Mapping[uuid.UUID, Case]) -> Mapping[uuid.UUID, uuid.UUID]:
    """Case → the union that it is with: where it was sent, else where its worker belongs."""
    workers = {case.worker_id for case in cases.values() if case.worker_id is not None}
    rows = db.session.execute(
        sa.select(Membership.worker_id, Membership.union_id).where(Membership.worker_id.in_(workers), IS_MEMBER)
    )
    unions: dict[uuid.UUID, uuid.UUID] = {row.worker_id: row.union_id for row in rows}
    homes = {case.id: case.union_id or unions.get(case.worker_id or case.id) for case in cases.values()}
    return {case_id: union_id for case_id, union_id in homes.items() if union_id is not None}


def _stand_ins_who_may(
    cases: Iterable[tuple[Case, str | None, Roster]], *, at: datetime
) -> frozenset[tuple[str, uuid.UUID]]:
    """Staff number and case, of whoever stands in where the one who has it is away, and may work on it. One query."""
    asked: dict[str, set[uuid.UUID]] = defaultdict(set)
    for case, handler, known in cases:
        present = None if handler is None else known.present(handler, day_of(at))
        if present is not None and present != handler:
            asked[present].add(case.id)
    return may_work_on(asked)


def _tell_staff(
    case: Case,
    clock: Clock,
    percent: int,
    *,
    handler: str | None,
    union_id: uuid.UUID | None,
    known: Roster,
    able: frozenset[tuple[str, uuid.UUID]],
    at: datetime,
) -> bool:
    """Tell whoever has a case in hand, or stands in, or the desk; those above as well where it is late.

    Args:
        handler: None also where whoever had it left.
        able: see `_stand_ins_who_may`.

    Returns:
        whether there is somebody to be told.
    """
    day = day_of(at)
    told: set[str] = set()
    stands_in = None
    if handler is not None and (present := known.present(handler, day)) is not None:
        if present == handler or (present, case.id) in able:
            told.add(present)
            stands_in = present if present != handler else None
        else:
            told |= set(heads_at(union_id, case, known, without=[present], at=at))
    if not told or percent >= OVER:
        told |= set(known.on_duty(DutyKind.DESK, union_id=union_id, day=day))
    if percent >= OVER:
        told |= set(known.on_duty(DutyKind.CHAIR, union_id=union_id, day=day))
        told |= set(known.on_duty(DutyKind.DESK, union_id=known.district_of(union_id), day=day))
    if percent >= LONG_OVER:
        told |= set(known.on_duty(DutyKind.HEAD, union_id=known.district_of(union_id), day=day))
    text = _running_out(case, clock, percent)
    nobody: list[str | None] = [None]
    notices = [
        StaffNotice(
            staff_no=number,
            kind=f"clock.{percent}",
            text=f"替工号 {handler} 办：{text}" if number is not None and number == stands_in else text,
            link=f"/cases/{case.no}",
            created_at=at,
        )
        for number in sorted(told) or nobody
    ]
    tell_staff(notices, by_sms=True, urgent=case.urgency is Urgency.URGENT)
    return bool(told)


def _tell_who_has_the_lead(
    lead: Case,
    case: Case,
    clock: Clock,
    percent: int,
    *,
    handler: str | None,
    known: Roster,
    able: frozenset[tuple[str, uuid.UUID]],
    at: datetime,
) -> None:
    """A merged case is answered with its lead, by whoever has that, or stands in: its own promise may end sooner, and
    is in no list.

    They may not be allowed to open it: the message leads to their own.

    Args:
        handler: of the lead; None also where whoever had it left.
        able: see `_stand_ins_who_may`.
    """
    if handler is None:
        return
    present = known.present(handler, day_of(at))
    told = present if present is not None and (present == handler or (present, lead.id) in able) else handler
    if told != case.handler_no:
        text = f"{lead.no} 里合着的 {_running_out(case, clock, percent)}"
        notice = StaffNotice(staff_no=told, kind=f"clock.{percent}", text=text, link=f"/cases/{lead.no}", created_at=at)
        tell_staff([notice], by_sms=False, urgent=False)


def _running_out(case: Case, clock: Clock, percent: int) -> str:
    service = version_of(case.service, case.service_version)
    state = "快到期" if percent < OVER else "已到期" if percent < LONG_OVER else "严重超期"
    return f"{case.no}（{service.name}）{state}：{for_staff(clock.name)}，期限 {spoken_due(clock.due_at)}"


def _remind(case: Case, clock: Clock) -> None:
    if clock.owed_by is OwedBy.WORKER:
        kind, title, words = "case.reminder", "记得看一看", "{no} 在等你：{what}，最晚 {due}。"
    else:
        # A hearing that somebody misses is not held again: whom no message reaches is rung up.
        kind, title, words = "case.last_day", "日子快到了", "{no} {what}：{due}。去不了要马上告诉工会。"
    body = worded(words, no=case.no, what=clock.name, due=spoken_due(clock.due_at))
    tell_worker(case, kind=kind, title=title, body=body)
