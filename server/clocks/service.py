"""Starting, pausing and stopping clocks, always inside the caller's transaction.

For the domains that promise something:

    start_clock(owner_kind=OwnerKind.CASE, owner_id=case.id, key="answer", deadline="GR_HANDLE", at=now())
    pause_clocks(owner_kind=…, owner_id=…, at=…)    the pausable ones, while the worker has to supply something
    resume_clocks(owner_kind=…, owner_id=…, at=…)   due times move by what was paused
    stop_clocks(owner_kind=…, owner_id=…, at=…, keys={"answer"})   without `keys` all that still run
    clocks_of(owner_kind=…, owner_id=…)             all of one owner, oldest first; dump them with `schemas.ClockSchema`
    clocks_of_many(owner_kind=…, owner_ids=…)       one query for a page of owners
    pauses_of(clock_ids)                            the pauses that ended

Extending, annulling and recomputing are in `changes`, alarms in `ringing`. `deadline` is a code of
`config/deadlines.csv`. The same key may be started again once it has stopped. Times come in, so that a clock, its case
and the timeline say the same instant. The caller holds the lock on the owner's row: two staff members cannot pause one
case at the same moment.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
import structlog

from server.clocks import rules
from server.clocks.alarms import next_alarm, read_alarms
from server.clocks.deadlines import Counted, deadline_of
from server.clocks.models import Clock, ClockPause, OwnerKind
from server.clocks.tables import calendar, missing_years
from server.core.clock import day_of, today
from server.core.db import db, transaction

log = structlog.get_logger(__name__)


def start_clock(
    *,
    owner_kind: OwnerKind,
    owner_id: uuid.UUID,
    key: str,
    deadline: str,
    at: datetime,
    name: str | None = None,
    ruled_on: date | None = None,
    event_at: datetime | None = None,
    since: datetime | None = None,
    unions: Sequence[str] = (),
) -> Clock:
    """Promise something.

    Args:
        deadline: code of `config/deadlines.csv`; an unknown one is a KeyError.
        at: when it starts; its day does not count.
        name: what the worker reads, where the deadline's own name does not fit.
        ruled_on: the day whose version of the rule holds, that on which its owner began; today's without it.
        event_at: what a deadline that counts back counts from.
        since: what any other counts from, where that happened before `at`; its day does not count.
        unions: as for `deadline_of`.

    Raises:
        IntegrityError: on flush, when the owner's clock of this key still runs.
        ValueError: an event is given and not needed, or the other way round.
    """
    rule = deadline_of(deadline, on=ruled_on or day_of(at), unions=unions)
    if (event_at is not None) != (rule.counted is Counted.BEFORE):
        raise ValueError(f"{deadline} is counted {rule.counted} its start")
    clock = Clock(
        owner_kind=owner_kind,
        owner_id=owner_id,
        key=key,
        name=name or rule.name,
        deadline=rule.code,
        rule_version=rule.version,
        basis=rule.basis,
        amount=rule.amount,
        event_at=event_at,
        owed_by=rule.owed_by,
        extension=rule.extension,
        extended=0,
        pausable=rule.pausable,
        started_at=since or at,
        paused_amount=0,
        alarms=" ".join(map(str, rule.alarms)),
    )
    compute(clock, at=at)
    clock.original_due_at = clock.due_at
    if clock.provisional:
        log.warning("clock_is_provisional", deadline=rule.code, missing=_missing_tables(clock))
    with transaction() as session:
        session.add(clock)
    return clock


def due_if_started(deadline: str, *, at: datetime, ruled_on: date) -> datetime:
    """Until when something would have to be done that is promised at that time; nothing is promised by asking."""
    rule = deadline_of(deadline, on=ruled_on)
    return rules.due(calendar(), basis=rule.basis, amount=rule.amount, started_at=at).at


def pause_clocks(*, owner_kind: OwnerKind, owner_id: uuid.UUID, at: datetime) -> list[Clock]:
    """Let the owner's pausable clocks stand still; those that already do are left alone."""
    with transaction():
        clocks = [clock for clock in _running(owner_kind, owner_id) if clock.pausable and not clock.paused]
        for clock in clocks:
            clock.paused_at = at
        return clocks


def resume_clocks(*, owner_kind: OwnerKind, owner_id: uuid.UUID, at: datetime) -> list[Clock]:
    """Let the owner's paused clocks go on; their due times move by what was paused."""
    with transaction():
        clocks = [clock for clock in _running(owner_kind, owner_id) if clock.paused]
        for clock in clocks:
            _end_pause(clock, at=at)
        return clocks


def stop_clocks(
    *, owner_kind: OwnerKind, owner_id: uuid.UUID, at: datetime, keys: Collection[str] | None = None
) -> list[Clock]:
    """Note that what was promised was done, or is no longer owed. A pause that still runs ends with it."""
    with transaction():
        clocks = [clock for clock in _running(owner_kind, owner_id) if keys is None or clock.key in keys]
        for clock in clocks:
            if clock.paused:
                _end_pause(clock, at=at)
            clock.stopped_at = at
        return clocks


def clocks_of(*, owner_kind: OwnerKind, owner_id: uuid.UUID) -> Sequence[Clock]:
    """All clocks of one owner, oldest first, stopped ones included."""
    return clocks_of_many(owner_kind=owner_kind, owner_ids=[owner_id])[owner_id]


def clocks_of_many(*, owner_kind: OwnerKind, owner_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Clock]]:
    """All clocks of several owners, oldest first, in one query; an owner without clocks has an empty list."""
    found: dict[uuid.UUID, list[Clock]] = defaultdict(list)
    for clock in db.session.scalars(
        sa.select(Clock)
        .where(Clock.owner_kind == owner_kind, Clock.owner_id.in_(owner_ids))
        .order_by(Clock.started_at, Clock.id)
    ):
        found[clock.owner_id].append(clock)
    return found


def pauses_of(clock_ids: Collection[uuid.UUID]) -> Sequence[ClockPause]:
    """All ended pauses of some clocks, the oldest first."""
    return db.session.scalars(
        sa.select(ClockPause).where(ClockPause.clock_id.in_(clock_ids)).order_by(ClockPause.paused_at, ClockPause.id)
    ).all()


def holiday_warnings() -> list[str]:
    """For /status: one sentence for each holiday table that should be there."""
    return [
        f"缺少 {year} 年的节假日表 config/holidays/{year}.csv：工作日先按周一至周五推算，期限标为“暂定”"
        for year in missing_years(today(), known=calendar())
    ]


def compute(clock: Clock, *, at: datetime) -> None:
    """Set when a clock is due, and when its next alarm goes off after `at`, from what it says of itself."""
    due = due_of(clock)
    clock.due_at = due.at
    clock.provisional = due.provisional
    clock.alarm_at = next_alarm(calendar(), clock.schedule, read_alarms(clock.alarms), after=at)


def due_of(clock: Clock) -> rules.Due:
    """When a clock is due by the holiday tables as they are now."""
    if clock.event_at is not None:
        return rules.due_before(
            calendar(),
            basis=clock.basis,
            amount=clock.amount,
            event_at=clock.event_at,
            started_at=clock.started_at,
        )
    return rules.due(
        calendar(),
        basis=clock.basis,
        amount=clock.amount + clock.extended,
        started_at=clock.started_at,
        paused=clock.paused_amount,
    )


def _running(owner_kind: OwnerKind, owner_id: uuid.UUID) -> Sequence[Clock]:
    return db.session.scalars(
        sa.select(Clock)
        .where(Clock.owner_kind == owner_kind, Clock.owner_id == owner_id, Clock.stopped_at.is_(None))
        .order_by(Clock.started_at, Clock.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _end_pause(clock: Clock, *, at: datetime) -> None:
    assert clock.paused_at is not None
    added = rules.paused_between(calendar(), basis=clock.basis, since=clock.paused_at, until=at)
    db.session.add(ClockPause(clock_id=clock.id, paused_at=clock.paused_at, resumed_at=at, added=added))
    clock.paused_at = None
    clock.paused_amount += added
    compute(clock, at=at)


def _missing_tables(clock: Clock) -> list[str]:
    years = range(day_of(clock.started_at).year, clock.last_day.year + 1)
    return [f"config/holidays/{year}.csv" for year in years if year not in calendar().years]
