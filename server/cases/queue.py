"""What waits for the staff: cases by the promise that ends next, within what somebody may see. Nothing personal.

A case waits once, by the earliest of its promises that runs and that is of the turn asked for: what stands still, and
what waits for the worker, does not press whoever handles it. Cases that were merged into another wait with that one.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import orjson
import sqlalchemy as sa
from msgspec import Struct, structs
from sqlalchemy.orm import aliased, load_only

from server.cases.authority import in_reach
from server.cases.barring import is_out
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.flow.machine import State
from server.cases.homes import home_of_case
from server.cases.models import Case
from server.cases.numbers import is_case_number
from server.cases.standing_in import in_hand, left_alone, stood_in_for
from server.cases.vocabulary import OVER, IdentityMode, Phase, Urgency
from server.clocks.deadlines import OwedBy
from server.clocks.models import Clock, OwnerKind
from server.core.clock import midnight, now, today
from server.core.db import db
from server.core.web.paging import Page, keyset_page
from server.unions.models import TradeUnion
from server.unions.staff.authority import reach_of
from server.unions.staff.vocabulary import Right
from server.unions.tree import OFFICES, subtree_of

MOST_COUNTED = 100
"""A count goes no further: more cannot be done in a day."""
FEW = 500
"""So many cases at most are found before their promises are: of more, what ends next soon makes a page."""


class Whose(StrEnum):
    """Who has a case in hand."""

    MINE = "mine"
    """One's own, and of those for whom one stands in today."""
    NOBODY = "nobody"
    TEAM = "team"
    """Somebody else."""
    OPEN = "open"
    """Mine and nobody's: what I can do something about."""
    LEFT = "left"
    """In the hands of somebody who is away, with nobody who stands in, or of somebody who left."""
    ALL = "all"


class Due(StrEnum):
    """When the promise ends."""

    OVER = "over"
    TODAY = "today"
    """By the end of the day, what is over included."""
    WEEK = "week"
    """In seven days, the same way."""


class Question(Struct, frozen=True, kw_only=True):
    """Which cases somebody wants to see; what is None does not matter."""

    whose: Whose = Whose.ALL
    turn: OwedBy | None = OwedBy.UNION
    service: str | None = None
    phase: Phase | None = None
    office_id: uuid.UUID | None = None
    """A union: its subtree."""
    due: Due | None = None
    urgent: bool = False
    unanswered: bool = False
    """Words of the worker wait for an answer."""


class Waiting(Struct, frozen=True):
    """A case in the queue."""

    no: str
    service: Service
    state: State
    urgent: bool
    identity_mode: IdentityMode
    handler_no: str | None
    union_id: uuid.UUID | None
    """Where it was sent."""
    called: str | None
    """By what it is told apart from others of its service, where that is declared and tells of nobody in confidence."""
    clock: Clock
    """The promise by which it waits."""
    unanswered: bool
    """Whether words of its worker wait for an answer."""
    stood_in: bool
    """Whether it is in the hands of somebody for whom who asks stands in."""


def waiting(
    question: Question, *, staff_no: str, right: Right = Right.CASE_READ, cursor: str | None, limit: int
) -> Page[Waiting]:
    """One page of the queue, what ends first first. Six queries at most.

    Raises:
        Problem: 422 for a cursor of another question.
    """
    page = keyset_page(
        db.session(),
        sa.select(Clock).join(Case, Case.id == Clock.owner_id).where(*_asked(question, staff_no=staff_no, right=right)),
        columns=(Clock.due_at, Clock.id),
        question={**structs.asdict(question), "staff_no": staff_no},
        cursor=cursor,
        limit=limit,
        descending=False,
    )
    cases = _cases([clock.owner_id for clock in page.items]) if page.items else {}
    others = {case.handler_no for case in cases.values()} - {None, staff_no}
    stood_for = stood_in_for(staff_no) if others else []
    called = _called([case for case in cases.values() if right is Right.CASE_READ])
    items = [
        _waiting(cases[clock.owner_id], clock, called, staff_no=staff_no, stood_for=stood_for) for clock in page.items
    ]
    return Page(items, page.next_cursor)


def count_waiting(question: Question, *, staff_no: str, right: Right = Right.CASE_READ) -> int:
    """How many there are, up to `MOST_COUNTED`. One query: in what order they wait does not matter here."""
    clocks = sa.select(Clock.id).where(
        Clock.owner_kind == OwnerKind.CASE, Clock.owner_id == Case.id, *_presses(question)
    )
    some = (
        sa.select(Case.id)
        .where(*_of_case(question, staff_no=staff_no, right=right), clocks.exists())
        .limit(MOST_COUNTED)
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def count_left(*, staff_no: str) -> int:
    """How many are in the hands of somebody who is away, with nobody who stands in, or of somebody who left."""
    return count_waiting(Question(whose=Whose.LEFT), staff_no=staff_no)


def found_by_number(typed: str, *, staff_no: str, right: Right = Right.CASE_READ) -> str | None:
    """The number of a case that somebody may see, from what they typed; None when there is none."""
    no = typed.strip().upper().replace("－", "-")
    if not is_case_number(no):
        return None
    return db.session.scalar(sa.select(Case.no).where(Case.no == no, _seen(staff_no=staff_no, right=right)))


def offices_in_reach(*, staff_no: str, right: Right = Right.CASE_READ) -> Sequence[TradeUnion]:
    """The city, districts and streets in whose area somebody may see cases, the upper ones first."""
    reach = reach_of(number=staff_no, right=right)
    return db.session.scalars(
        sa.select(TradeUnion)
        .where(TradeUnion.kind.in_(OFFICES), TradeUnion.id.in_(sa.select(reach.c.union_id)))
        .order_by(sa.func.length(TradeUnion.area_code), TradeUnion.area_code)
    ).all()


def _asked(question: Question, *, staff_no: str, right: Right) -> list[sa.ColumnElement[bool]]:
    return [
        Clock.owner_kind == OwnerKind.CASE,
        *_presses(question),
        ~_earlier(question.turn).exists(),
        *_meant(question, staff_no=staff_no, right=right),
    ]


def _presses(question: Question) -> list[sa.ColumnElement[bool]]:
    running = _runs(Clock, question.turn)
    return running if question.due is None else [*running, Clock.due_at <= _until(question.due)]


def _meant(question: Question, *, staff_no: str, right: Right) -> Sequence[sa.ColumnElement[bool]]:
    """The cases asked for; by name where they are few of those that nobody has.

    How many of these somebody sees the planner cannot know. It would go through every promise there is, by when it
    ends, to find that a street has none.
    """
    conditions = _of_case(question, staff_no=staff_no, right=right)
    if question.whose not in {Whose.NOBODY, Whose.OPEN} or question.due is not None:
        return conditions
    found = db.session.scalars(sa.select(Case.id).where(*conditions).limit(FEW + 1)).all()
    return conditions if len(found) > FEW else [Case.id.in_(found)]


def _of_case(question: Question, *, staff_no: str, right: Right) -> list[sa.ColumnElement[bool]]:
    conditions = [Case.phase.not_in(OVER), Case.lead_id.is_(None), _seen(staff_no=staff_no, right=right)]
    match question.whose:
        case Whose.MINE:
            conditions.append(in_hand(staff_no, stood_in_for(staff_no)))
        case Whose.NOBODY:
            conditions.append(Case.handler_no.is_(None))
        case Whose.OPEN:
            conditions.append(sa.or_(in_hand(staff_no, stood_in_for(staff_no)), Case.handler_no.is_(None)))
        case Whose.TEAM:
            conditions.append(Case.handler_no != staff_no)
        case Whose.LEFT:
            conditions.append(left_alone())
    if question.service is not None:
        conditions.append(Case.service == question.service)
    if question.phase is not None:
        conditions.append(Case.phase == question.phase)
    if question.urgent:
        conditions.append(Case.urgency == Urgency.URGENT)
    if question.unanswered:
        conditions.append(Case.unanswered_since.is_not(None))
    if question.office_id is not None:
        lies = sa.func.coalesce(Case.union_id, home_of_case())
        conditions.append(lies.in_(subtree_of(question.office_id)))
    return conditions


def _seen(*, staff_no: str, right: Right) -> sa.ColumnElement[bool]:
    return in_reach(staff_no=staff_no, right=right, assigned=right is Right.CASE_READ)


def _runs(clock: Any, turn: OwedBy | None) -> list[sa.ColumnElement[bool]]:
    running = [clock.stopped_at.is_(None), clock.paused_at.is_(None)]
    return running if turn is None else [*running, clock.owed_by == turn]


def _earlier(turn: OwedBy | None) -> sa.Select[Any]:
    other = aliased(Clock)
    return sa.select(other.id).where(
        other.owner_kind == OwnerKind.CASE,
        other.owner_id == Clock.owner_id,
        *_runs(other, turn),
        sa.tuple_(other.due_at, other.id) < sa.tuple_(Clock.due_at, Clock.id),
    )


def _until(due: Due) -> datetime:
    if due is Due.OVER:
        return now()
    days = 1 if due is Due.TODAY else 8
    return midnight(today() + timedelta(days=days))


def _cases(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Case]:
    found = db.session.scalars(
        sa.select(Case)
        .where(Case.id.in_(ids))
        .options(
            load_only(
                Case.no,
                Case.service,
                Case.service_version,
                Case.state,
                Case.urgency,
                Case.identity_mode,
                Case.handler_no,
                Case.union_id,
                Case.unanswered_since,
                Case.barred_no,
                Case.objected_to,
            )
        )
    )
    return {case.id: case for case in found}


def _called(cases: Sequence[Case]) -> Mapping[uuid.UUID, str]:
    """By what cases are told apart whose service declares it. One query, none where there are no such cases.

    What was opened from a case in confidence is not: who reads the list need not be one of those who know of that.
    """
    services = {case.id: version_of(case.service, case.service_version) for case in cases}
    keys = {case_id: service.called_by for case_id, service in services.items() if service.called_by is not None}
    if not keys:
        return {}
    source = aliased(Case)
    found = db.session.execute(
        sa.select(Case.id, Case.answers)
        .join(source, source.id == Case.opened_from_id)
        .where(Case.id.in_(keys), source.identity_mode != IdentityMode.CONFIDENTIAL)
    )
    return {case_id: called for case_id, answers in found if (called := orjson.loads(answers).get(keys[case_id]))}


def _waiting(
    case: Case, clock: Clock, called: Mapping[uuid.UUID, str], *, staff_no: str, stood_for: Collection[str]
) -> Waiting:
    service = version_of(case.service, case.service_version)
    return Waiting(
        no=case.no,
        service=service,
        state=service.machine.states[case.state],
        urgent=case.urgency is Urgency.URGENT,
        identity_mode=case.identity_mode,
        handler_no=case.handler_no,
        union_id=case.union_id,
        called=called.get(case.id),
        clock=clock,
        unanswered=case.unanswered_since is not None,
        stood_in=case.handler_no in stood_for and not is_out(case, staff_no),
    )
