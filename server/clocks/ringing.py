"""Alarms that go off: in small batches, each its own transaction, so that a job can be stopped and begun again.

An alarm that was handled is moved on in the transaction of what it caused; what was missed while no job ran goes off
once, as the last of those that were missed. Memory is that of one batch, however many clocks there are.
"""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from server.clocks.alarms import Alarm, gone_off, next_alarm, read_alarms
from server.clocks.models import Clock, OwnerKind
from server.clocks.tables import calendar
from server.core.db import db, transaction

BATCH = 200


class Ringing(Struct, frozen=True):
    """A clock and the alarm of it that went off."""

    clock: Clock
    alarm: Alarm


def ring(*, owner_kind: OwnerKind, at: datetime, tell: Callable[[list[Ringing]], None], batch: int = BATCH) -> int:
    """Let `tell` handle all alarms that have gone off by `at`, batch after batch.

    Args:
        tell: writes what is to be told, in the transaction that moves the alarms on.

    Returns:
        how many went off.
    """
    total = 0
    while True:
        with transaction() as session:
            clocks = session.scalars(
                sa.select(Clock)
                .where(
                    Clock.owner_kind == owner_kind,
                    Clock.alarm_at <= at,
                    Clock.alarm_at.is_not(None),
                    Clock.stopped_at.is_(None),
                    Clock.paused_at.is_(None),
                )
                .order_by(Clock.alarm_at, Clock.id)
                .limit(batch)
                # A case that somebody works on now is told of next time.
                .with_for_update(skip_locked=True)
                .execution_options(populate_existing=True)
            ).all()
            if not clocks:
                return total
            # By a holiday table that came since, an alarm may be still to come: then it is only moved.
            tell([Ringing(clock, gone[-1]) for clock in clocks if (gone := _gone_off(clock, at))])
            for clock in clocks:
                clock.alarm_at = next_alarm(calendar(), clock.schedule, read_alarms(clock.alarms), after=at)
        total += len(clocks)
        db.session.expunge_all()


def _gone_off(clock: Clock, at: datetime) -> tuple[Alarm, ...]:
    return gone_off(calendar(), clock.schedule, read_alarms(clock.alarms), until=at)
