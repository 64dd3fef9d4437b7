"""Which cases move on by themselves because a time has run out: those in a state from which their service says so.

Most that is overdue is not among them: it waits for the staff, and alarms ring for it. What nobody has so much as taken
is handed up by its service; which clock does that, and which only rings, says docs/services/silence.md.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from server.cases.catalogue import versions_in_use
from server.cases.declaration import Service
from server.cases.flow.machine import Step
from server.cases.handlers import tell_desk_and_head
from server.cases.locking import lock
from server.cases.models import Case
from server.cases.steps import SYSTEM, make, moment, position_of
from server.cases.vocabulary import Office
from server.clocks.models import Clock, OwnerKind
from server.clocks.service import clocks_of
from server.core.db import db, transaction

BATCH = 200
HANDED_UP = "case.handed_up"
"""Kind of the message to those whom a case came to because nobody had taken it."""


def running_out(*, at: datetime) -> Iterator[tuple[uuid.UUID, str]]:
    """Case and clock, the longest overdue first, read in batches: each once, whatever becomes of those before it."""
    after: sa.ColumnElement[bool] = sa.true()
    statement = (
        sa.select(Clock.owner_id, Clock.key, Clock.due_at, Clock.id)
        .join(Case, Case.id == Clock.owner_id)
        .where(
            Clock.owner_kind == OwnerKind.CASE,
            Clock.stopped_at.is_(None),
            Clock.paused_at.is_(None),
            Clock.due_at < at,
            sa.or_(sa.false(), *_moving_on()),
        )
        .order_by(Clock.due_at, Clock.id)
        .limit(BATCH)
    )
    while rows := db.session.execute(statement.where(after)).all():
        for case_id, key, _, _ in rows:
            yield case_id, key
        after = sa.tuple_(Clock.due_at, Clock.id) > sa.tuple_(sa.literal(rows[-1].due_at), sa.literal(rows[-1].id))


def run_out(*, case_id: uuid.UUID, clock_key: str, at: datetime) -> bool:
    """The step that the system makes because a clock has run out, if the case still waits for that.

    Returns:
        whether there was one.
    """
    with transaction():
        no = db.session.scalar(sa.select(Case.no).where(Case.id == case_id))
        assert no is not None, "a clock's case is never deleted"
        case, service = lock(no=no)
        step = service.machine.by_clock(position_of(case), clock_key, mode=case.identity_mode)
        late = any(
            clock.key == clock_key and clock.stopped_at is None and not clock.paused and clock.due_at < at
            for clock in clocks_of(owner_kind=OwnerKind.CASE, owner_id=case.id)
        )
        if step is None or not late:
            return False
        when = moment(case)
        make(case, service, step, by=SYSTEM, at=when)
        _tell_those_who_have_it_now(case, service, step, at=when)
        return True


def _tell_those_who_have_it_now(case: Case, service: Service, step: Step, *, at: datetime) -> None:
    """Where nobody stands above it lies where it lay: its head hears of it all the same."""
    if step.office in {Office.UP, Office.DISTRICT} and case.handler_no is None:
        tell_desk_and_head(case, kind=HANDED_UP, text=f"{case.no}（{service.name}）{step.name}：请安排人办", at=at)


def _moving_on() -> list[sa.ColumnElement[bool]]:
    """By service and clock the states, of any version, in which something follows that was not made once already.
    `run_out` looks at each again."""
    states: dict[tuple[str, str, str | None], set[str]] = defaultdict(set)
    for service in versions_in_use():
        for step in service.machine.steps.values():
            if step.due is not None:
                states[service.key, step.due, step.code if step.once else None] |= step.sources
    return [
        sa.and_(
            Case.service == service,
            Clock.key == key,
            Case.state.in_(sorted(sources)),
            *([~Case.spent.contains([once])] if once is not None else []),
        )
        for (service, key, once), sources in states.items()
    ]
