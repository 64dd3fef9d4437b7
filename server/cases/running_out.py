"""Which cases move on by themselves because a time has run out: those in a state from which their service says so.

Most that is overdue is not among them: it waits for the staff, and alarms ring for it.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from server.cases.catalogue import versions_in_use
from server.cases.models import Case
from server.clocks.models import Clock, OwnerKind
from server.core.db import db

BATCH = 200


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


def _moving_on() -> list[sa.ColumnElement[bool]]:
    """By service and clock the states, of any version, in which something follows. `run_out` looks at each again."""
    states: dict[tuple[str, str], set[str]] = defaultdict(set)
    for service in versions_in_use():
        for step in service.machine.steps.values():
            if step.due is not None:
                states[service.key, step.due] |= step.sources
    return [
        sa.and_(Case.service == service, Clock.key == key, Case.state.in_(sorted(sources)))
        for (service, key), sources in states.items()
    ]
