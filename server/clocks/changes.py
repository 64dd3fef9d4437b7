"""What moves a promise apart from pauses, and what says that a missed one does not count: each with its reason.

Extending and annulling take two persons: one asks, another approves. Where the asking is kept until then is the owner's
affair; here both are named, and the database refuses one person under two names of a role.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError

from server.clocks import rules
from server.clocks.deadlines import Deadline
from server.clocks.models import ChangeKind, Clock, ClockChange, ClockPause, OwnerKind
from server.clocks.service import compute, due_of
from server.clocks.tables import calendar
from server.core.db import db, transaction
from server.core.errors import Problem, conflict, not_found, unprocessable

BATCH = 500
"""Clocks recomputed in one transaction."""

log = structlog.get_logger(__name__)


def extend_clock(
    *,
    owner_kind: OwnerKind,
    owner_id: uuid.UUID,
    key: str,
    amount: int | None,
    to: Deadline | None = None,
    reason: str,
    asked_by: str,
    approved_by: str,
    at: datetime,
) -> Clock:
    """Give a running clock more time, once and before it has run out. What was promised first stays in the row.

    Args:
        amount: in the unit of its basis; None for as much as its rule allows.
        to: a longer deadline, as long as which it takes from its start; what its own rule allows does not count then.

    Raises:
        Problem: 404, 409 or 422, saying why not.
    """
    with transaction() as session:
        clock = session.scalar(
            sa.select(Clock)
            .where(
                Clock.owner_kind == owner_kind,
                Clock.owner_id == owner_id,
                Clock.key == key,
                Clock.stopped_at.is_(None),
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if clock is None:
            raise not_found()
        refuse_extension(clock, amount=amount, to=to, at=at)
        before = clock.due_at
        clock.extended = amount or clock.extension if to is None else to.amount - clock.amount
        compute(clock, at=at)
        _record(clock, ChangeKind.EXTENSION, before, reason=reason, asked_by=asked_by, approved_by=approved_by, at=at)
        return clock


def refuse_extension(clock: Clock, *, amount: int | None, to: Deadline | None = None, at: datetime) -> None:
    """Say why a clock cannot be extended, if it cannot.

    Raises:
        Problem: 409, or 422 for an amount that is too much.
    """
    if (refusal := why_not_extended(clock, to=to, at=at)) is not None:
        raise refusal
    if amount is not None and not 1 <= amount <= clock.extension:
        raise unprocessable({"amount": [f"最多延长 {clock.extension}"]})


def why_not_extended(clock: Clock, *, to: Deadline | None, at: datetime) -> Problem | None:
    """The refusal of whoever asks for more time, by whatever amount; None where it can be given."""
    if to is None and clock.extension == 0:
        return conflict("cannot_extend", f"“{clock.name}”这个期限按规定不能延长")
    if to is not None and (to.basis is not clock.basis or to.amount <= clock.amount):
        return conflict("cannot_extend", f"“{clock.name}”的期限不能改成“{to.name}”的期限")
    if clock.extended:
        return conflict("extended_already", f"“{clock.name}”已经延长过一次，不能再延")
    if clock.paused:
        return conflict("paused", f"“{clock.name}”正在暂停，等恢复了再看要不要延长")
    if clock.due_at < at:
        return conflict("overdue", f"“{clock.name}”已经到期，到期以后不能再延长")
    return None


def annul_breach(*, clock_id: uuid.UUID, reason: str, asked_by: str, approved_by: str, at: datetime) -> Clock:
    """Note that a promise that was missed does not count as missed. The clock stays as it is, for all to see.

    Raises:
        Problem: 404; 409 when it was not missed, or was annulled before.
    """
    with transaction() as session:
        clock = session.get(Clock, clock_id)
        if clock is None:
            raise not_found()
        refuse_annulment(clock, at=at)
        try:
            with session.begin_nested():
                _record(
                    clock,
                    ChangeKind.ANNULMENT,
                    clock.due_at,
                    reason=reason,
                    asked_by=asked_by,
                    approved_by=approved_by,
                    at=at,
                )
                session.flush()
        except IntegrityError as error:
            if "uq_clock_change_once" not in str(error.orig):
                raise
            raise conflict("annulled_already", "这次超期已经撤销过了") from None
        return clock


def refuse_annulment(clock: Clock, *, at: datetime) -> None:
    """Say why there is nothing to annul, if there is not.

    Raises:
        Problem: 409.
    """
    if clock.paused or rules.in_time(due_at=clock.due_at, finished_at=clock.stopped_at or at):
        raise conflict("not_breached", f"“{clock.name}”没有超期，不用撤销")


def changes_of(clock_ids: Sequence[uuid.UUID]) -> Sequence[ClockChange]:
    """All changes of some clocks, the oldest first."""
    return db.session.scalars(
        sa.select(ClockChange).where(ClockChange.clock_id.in_(clock_ids)).order_by(ClockChange.at, ClockChange.id)
    ).all()


def recompute_provisional(*, at: datetime) -> int:
    """Compute anew what was computed without a holiday table that is there now. Can be stopped and begun again.

    Returns:
        how many due times moved.
    """
    moved, last = 0, uuid.UUID(int=0)
    while True:
        with transaction() as session:
            clocks = session.scalars(
                sa.select(Clock)
                .where(Clock.id > last, Clock.stopped_at.is_(None), Clock.provisional)
                .order_by(Clock.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
                .execution_options(populate_existing=True)
            ).all()
            if not clocks:
                return moved
            last = clocks[-1].id
            moved += sum(_recompute(clock, at=at) for clock in clocks)
        db.session.expunge_all()


def forget_reasons(*, owner_kind: OwnerKind, owner_ids: Collection[uuid.UUID]) -> int:
    """Take the words out of why clocks were changed, once their owners' time is over; that they were, stays.

    Returns:
        how many reasons there were.
    """
    with transaction() as session:
        session.execute(sa.select(sa.func.set_config("warmbee.purging", "on", True)))
        clocks = sa.select(Clock.id).where(Clock.owner_kind == owner_kind, Clock.owner_id.in_(owner_ids))
        forgotten = session.scalars(
            sa.update(ClockChange)
            .where(ClockChange.clock_id.in_(clocks), ClockChange.kind != ChangeKind.RECOMPUTATION)
            .values(reason="")
            .returning(ClockChange.id)
        ).all()
        session.execute(sa.select(sa.func.set_config("warmbee.purging", "off", True)))
        return len(forgotten)


def _recompute(clock: Clock, *, at: datetime) -> bool:
    if due_of(clock).provisional:
        return False
    before = clock.due_at
    pauses = db.session.execute(
        sa.select(ClockPause.paused_at, ClockPause.resumed_at).where(ClockPause.clock_id == clock.id)
    )
    clock.paused_amount = sum(
        rules.paused_between(calendar(), basis=clock.basis, since=since, until=until) for since, until in pauses
    )
    compute(clock, at=at)
    years = sorted({clock.started_at.year, clock.last_day.year} & calendar().years)
    reason = f"已有 {'、'.join(map(str, years))} 年的节假日表，按表重新计算"
    _record(clock, ChangeKind.RECOMPUTATION, before, reason=reason, asked_by=None, approved_by=None, at=at)
    log.info("clock_recomputed", clock_id=str(clock.id), deadline=clock.deadline, moved=clock.due_at != before)
    return clock.due_at != before


def _record(
    clock: Clock,
    kind: ChangeKind,
    before: datetime,
    *,
    reason: str,
    asked_by: str | None,
    approved_by: str | None,
    at: datetime,
) -> None:
    db.session.add(
        ClockChange(
            clock_id=clock.id,
            kind=kind,
            at=at,
            due_before=before,
            due_after=clock.due_at,
            reason=reason,
            asked_by=asked_by,
            approved_by=approved_by,
        )
    )
