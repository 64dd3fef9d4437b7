"""All cases of a service at a glance: by stage, with what is promised, the dates of the law, and who has them.

Five queries, however many cases there are: of each column only the most pressing are read.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import orjson
import sqlalchemy as sa
from msgspec import Struct

from server.cases.assigning.models import CaseAssignment
from server.cases.authority import assigned_to, in_reach
from server.cases.catalogue import version_of
from server.cases.dates import steps_made
from server.cases.declaration import Board, Column, Service
from server.cases.flow.machine import State
from server.cases.forms.computed import Finding
from server.cases.models import Case
from server.cases.vocabulary import OVER, Urgency
from server.clocks.deadlines import OwedBy
from server.clocks.models import Clock, OwnerKind
from server.clocks.service import clocks_of_many
from server.core.clock import today
from server.core.db import db
from server.core.errors import not_found
from server.unions.staff.models import StaffAccount
from server.unions.staff.vocabulary import Right

SHOWN = 30
"""Cards of a column."""


class Limit(Struct, frozen=True):
    """A date of the law, as it was computed from the answers."""

    name: str
    finding: Finding
    days_left: int | None
    """Negative once it has passed; None where the date is not known."""


class Card(Struct, frozen=True):
    """One case. Nothing of what the worker wrote."""

    no: str
    service: Service
    state: State
    urgent: bool
    clocks: Sequence[Clock]
    """Promises of the union that run, what ends first first."""
    hearing: datetime | None
    """When what it waits for will be, e.g. a hearing."""
    limit: Limit | None
    assignee: str | None
    """Name of who has it, or was asked."""
    accepted: bool


class Stage(Struct, frozen=True):
    """One column."""

    column: Column
    total: int
    cards: Sequence[Card]


def board_of(service: Service, *, staff_no: str) -> list[Stage]:
    """The board of a service, of the cases that somebody may see.

    Raises:
        Problem: 404 for a service that declares none.
    """
    board = service.board
    if board is None:
        raise not_found()
    column = sa.case(
        *((Case.state.in_(one.states), number) for number, one in enumerate(board.columns)), else_=None
    ).label("column")
    pressing = (
        sa.select(sa.func.min(Clock.due_at))
        .where(
            Clock.owner_kind == OwnerKind.CASE,
            Clock.owner_id == Case.id,
            Clock.stopped_at.is_(None),
            Clock.owed_by == OwedBy.UNION,
        )
        .scalar_subquery()
    )
    order = (sa.case((Case.urgency == Urgency.URGENT, 0), else_=1), pressing.asc().nulls_last(), Case.id)
    numbered = (
        sa.select(
            Case.id,
            column,
            sa.func.row_number().over(partition_by=column, order_by=order).label("place"),
            sa.func.count().over(partition_by=column).label("total"),
        )
        .where(
            Case.service == service.key,
            Case.phase.not_in(OVER),
            Case.state.in_([state for one in board.columns for state in one.states]),
            in_reach(staff_no=staff_no, right=Right.CASE_READ),
        )
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Case, numbered.c.column, numbered.c.total)
        .join(numbered, numbered.c.id == Case.id)
        .where(numbered.c.place <= SHOWN)
        .order_by(numbered.c.column, numbered.c.place)
    ).all()
    cards = cards_of([case for case, _, _ in rows])
    return [
        Stage(
            column=one,
            total=next((total for _, place, total in rows if place == number), 0),
            cards=[cards[case.id] for case, place, _ in rows if place == number],
        )
        for number, one in enumerate(board.columns)
    ]


def mine(*, staff_no: str) -> list[Card]:
    """The cases that are in somebody's own hands: what waits for their answer, then what comes first, a hearing or a
    promise. Four queries."""
    cases = db.session.scalars(sa.select(Case).where(assigned_to(staff_no)).order_by(Case.id)).all()
    return sorted(cards_of(cases).values(), key=lambda card: (card.accepted, _next_of(card)))


def _next_of(card: Card) -> str:
    """When something is next, so that it sorts."""
    times = [card.hearing, *(clock.due_at for clock in card.clocks[:1])]
    return min((time.isoformat() for time in times if time is not None), default="")


def count_mine(*, staff_no: str) -> int:
    """How many wait for an answer of somebody to whom they were assigned."""
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(CaseAssignment)
            .where(
                CaseAssignment.staff_no == staff_no,
                CaseAssignment.ended_at.is_(None),
                CaseAssignment.accepted_at.is_(None),
            )
        )
        or 0
    )


def cards_of(cases: Sequence[Case]) -> dict[uuid.UUID, Card]:
    """Cards by id, in the order of the cases. Three queries."""
    ids = [case.id for case in cases]
    if not ids:
        return {}
    clocks = clocks_of_many(owner_kind=OwnerKind.CASE, owner_ids=ids)
    hands = db.session.execute(
        sa.select(CaseAssignment.case_id, StaffAccount.name, CaseAssignment.accepted_at)
        .join(StaffAccount, StaffAccount.number == CaseAssignment.staff_no)
        .where(CaseAssignment.case_id.in_(ids), CaseAssignment.ended_at.is_(None))
    )
    held = {case_id: (name, accepted_at is not None) for case_id, name, accepted_at in hands}
    made = steps_made(ids)
    return {case.id: _card(case, clocks[case.id], held=held, made=made.get(case.id, ()), day=today()) for case in cases}


def _card(
    case: Case,
    clocks: Sequence[Clock],
    *,
    held: Mapping[uuid.UUID, tuple[str, bool]],
    made: Sequence[str],
    day: date,
) -> Card:
    service = version_of(case.service, case.service_version)
    running = sorted((one for one in clocks if one.stopped_at is None), key=lambda one: one.due_at)
    assignee, accepted = held.get(case.id, (None, False))
    return Card(
        no=case.no,
        service=service,
        state=service.machine.states[case.state],
        urgent=case.urgency is Urgency.URGENT,
        clocks=[one for one in running if one.owed_by is OwedBy.UNION],
        hearing=next((one.event_at for one in running if one.event_at is not None), None),
        limit=_limit(service, service.board, case, made=made, day=day),
        assignee=assignee,
        accepted=accepted,
    )


def _limit(service: Service, board: Board | None, case: Case, *, made: Sequence[str], day: date) -> Limit | None:
    rules = [rule for key in (board.dates if board else ()) for rule in service.computed if rule.key == key]
    if not rules:
        return None
    answers, state = orjson.loads(case.answers), service.machine.states[case.state]
    for rule in rules:
        found = rule.find(answers, today=day) if rule.matters_in(state, made=made) else None
        if found is not None:
            last = date.fromisoformat(str(found.value)) if found.value else None
            return Limit(rule.name, found, None if last is None else (last - day).days)
    return None
