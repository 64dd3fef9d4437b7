"""Cases of several workers against one firm: found, kept together, and told of once they are many.

Each stays its worker's own, with its own clocks and its own amounts; none of the workers learns of another's. Of the
staff each sees those of a group that they may read, and how many others there are.
"""

import hashlib
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import orjson
import sqlalchemy as sa
from msgspec import Struct

from server.cases.authority import in_reach
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.flow.machine import State
from server.cases.grouping import GroupRule, people_of
from server.cases.homes import home_of
from server.cases.models import Case, CaseGroup
from server.cases.steps import answers_of
from server.cases.vocabulary import OVER
from server.core import audit
from server.core.clock import day_of
from server.core.crypto import one_at_a_time
from server.core.db import db
from server.notices.models import StaffNotice
from server.notices.staff import GROUP, tell_staff
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind
from server.unions.staff.vocabulary import Right

BATCH = 500
"""Read at a time."""


class Member(Struct, frozen=True):
    """One case of a group. Nothing personal."""

    no: str
    state: State
    at: datetime
    people: int
    """How many it speaks of."""
    handler_no: str | None


class Group(Struct, frozen=True):
    """What one member of the staff sees of a group."""

    people: int
    """At least so many."""
    many: bool
    """As many as the service counts as many."""
    say: str
    others: Sequence[Member]
    """The other cases that they may read, the earliest first."""
    elsewhere: int
    """How many more there are."""


def gather(case: Case, service: Service, *, at: datetime) -> None:
    """Put a case with those that are the same dispute, if there are any; whoever has to know of many is told once.

    Two that come at the same moment wait for each other, so that each finds the other.
    """
    rule = service.group
    if rule is None:
        return
    session = db.session()
    one_at_a_time(session, [hashlib.sha256(f"group:{service.key}".encode()).digest()])
    fitting = _fitting(case, service, rule, at=at)
    heads = {
        row.case_id: row.head_id
        for row in session.scalars(sa.select(CaseGroup).where(CaseGroup.case_id.in_([case.id, *fitting])))
    }
    known = {heads[one] for one in fitting if one in heads}
    head_id = heads.get(case.id)
    if head_id is not None and head_id not in known:
        if not _others(case.id, head_id):
            known.add(head_id)
        elif known or head_id != case.id:
            # What it was about was put right, and it is another dispute.
            _leave(case.id, head_id)
            head_id = None
    if head_id is None:
        if not fitting and rule.people_in(answers_of(case)) < rule.least:
            return
        head_id = min(known) if known else (*fitting, case.id)[0]
        for one_id in (head_id, *fitting, case.id):
            if one_id == case.id or one_id not in heads:
                session.merge(CaseGroup(case_id=one_id, head_id=head_id, since=at))
        session.flush()
    if len(known) > 1:
        # It is the one by which two that were found apart turn out to be one.
        head_id = _joined(known)
    _tell_of_many(case, service, rule, head_id, at=at)


def _joined(heads: Collection[uuid.UUID]) -> uuid.UUID:
    """Make one group of those with these heads, the first of which stays; who was told of one is not told again."""
    session, first = db.session(), min(heads)
    told_at = session.scalar(sa.select(sa.func.min(CaseGroup.told_at)).where(CaseGroup.case_id.in_(heads)))
    session.execute(sa.update(CaseGroup).where(CaseGroup.head_id.in_(heads)).values(head_id=first))
    session.execute(sa.update(CaseGroup).where(CaseGroup.case_id == first).values(told_at=told_at))
    return first


def _others(case_id: uuid.UUID, head_id: uuid.UUID) -> Sequence[CaseGroup]:
    """The rest of a case's group, the earliest first."""
    return db.session.scalars(
        sa.select(CaseGroup)
        .where(CaseGroup.head_id == head_id, CaseGroup.case_id != case_id)
        .order_by(CaseGroup.case_id)
    ).all()


def _leave(case_id: uuid.UUID, head_id: uuid.UUID) -> None:
    """Take a case out of its group; where it stood for the others, the next of them does."""
    session = db.session()
    gone = session.get_one(CaseGroup, case_id)
    if head_id == case_id:
        first, *rest = _others(case_id, head_id)
        first.told_at = gone.told_at
        for one in (first, *rest):
            one.head_id = first.case_id
    session.delete(gone)
    session.flush()


def group_of(case: Case, service: Service, *, staff_no: str) -> Group | None:
    """The group of a case, if it has one."""
    rule = service.group
    row = None if rule is None else db.session.get(CaseGroup, case.id)
    if rule is None or row is None:
        return None
    cases = _living(row.head_id)
    people = _people(rule, cases)
    others = [one for one in cases if one.id != case.id]
    may_read = in_reach(staff_no=staff_no, right=Right.CASE_READ, assigned=True)
    readable = set(db.session.scalars(sa.select(Case.id).where(Case.id.in_([one.id for one in others]), may_read)))
    shown = [one for one in others if one.id in readable]
    return Group(
        people=people,
        many=people >= rule.least,
        say=rule.say,
        others=[
            Member(
                no=one.no,
                state=version_of(one.service, one.service_version).machine.states[one.state],
                at=one.created_at,
                people=rule.people_in(answers_of(one)),
                handler_no=one.handler_no,
            )
            for one in shown
        ],
        elsewhere=len(others) - len(shown),
    )


def _fitting(case: Case, service: Service, rule: GroupRule, *, at: datetime) -> list[uuid.UUID]:
    """Ids of the living cases of the same dispute, the earliest first.

    What they are about is ciphertext, and opened here, however many they are.
    """
    since = at - timedelta(days=rule.days)
    living = (
        sa.select(Case.id, Case.answers)
        .where(
            Case.id >= uuid.UUID(int=int(since.timestamp() * 1000) << 80),
            Case.service == service.key,
            Case.id != case.id,
            Case.phase.not_in(OVER),
        )
        .order_by(Case.id)
        .limit(BATCH)
    )
    answers, found = answers_of(case), list[uuid.UUID]()
    after: sa.ColumnElement[bool] = sa.true()
    while batch := db.session.execute(living.where(after)).all():
        found += (row.id for row in batch if rule.fits(answers, orjson.loads(row.answers)))
        if len(batch) < BATCH:
            break
        after = Case.id > batch[-1].id
    return found


def _living(head_id: uuid.UUID) -> Sequence[Case]:
    return db.session.scalars(
        sa.select(Case)
        .join(CaseGroup, CaseGroup.case_id == Case.id)
        .where(CaseGroup.head_id == head_id, Case.phase.not_in(OVER))
        .order_by(Case.id)
    ).all()


def _people(rule: GroupRule, cases: Sequence[Case]) -> int:
    """At least how many: whoever sent two is one."""
    by_person: dict[uuid.UUID, int] = {}
    for one in cases:
        person = one.worker_id or one.id
        by_person[person] = max(by_person.get(person, 0), rule.people_in(answers_of(one)))
    return people_of(list(by_person.values())) if by_person else 0


def _tell_of_many(case: Case, service: Service, rule: GroupRule, head_id: uuid.UUID, *, at: datetime) -> None:
    """Whoever is on duty for the case's union and for its district, and the heads there, once for each group."""
    session = db.session()
    people = _people(rule, _living(head_id))
    told = (
        sa.update(CaseGroup)
        .where(CaseGroup.case_id == head_id, CaseGroup.told_at.is_(None))
        .values(told_at=at)
        .returning(CaseGroup.case_id)
    )
    if people < rule.least or session.scalar(told) is None:
        return
    audit.record(
        actor=audit.SYSTEM, action="case.group", subject_kind="case", subject_id=case.id, detail={"people": people}
    )
    known = roster() if service.firm_side else roster().without_firms()
    union_id, day = case.union_id or home_of(case), day_of(at)
    district = known.district_of(union_id)
    numbers = {
        *known.on_duty(DutyKind.DESK, union_id=union_id, day=day),
        *known.on_duty(DutyKind.DESK, union_id=district, day=day),
        *known.on_duty(DutyKind.HEAD, union_id=district, day=day),
    }
    nobody: list[str | None] = [None]
    text = f"{case.no}（{service.name}）同一家单位、同样的事，已经有 {people} 个人以上：请一起看，按群体的事报告"
    notices = [
        StaffNotice(staff_no=number, kind=GROUP, text=text, link=f"/cases/{case.no}", created_at=at)
        for number in sorted(numbers) or nobody
    ]
    tell_staff(notices, by_sms=True, urgent=False)
