"""When somebody is told that a promise runs out. Pure.

An alarm is written as it is meant: `80%` of the time that is given, `+3` at nine on the third working day after the
start, `-7` at nine on the seventh day before the event or the end. Shares are measured in the time that counts: 80 % of
five working days is not reached over a weekend.
"""

import re
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cache

from msgspec import Struct

from server.clocks.calendar import Calendar
from server.clocks.rules import Basis, last_day
from server.clocks.spans import Open, add_open, count_open, day_hours, office_hours
from server.core.clock import SHANGHAI
from server.core.clock import day_of as day

IN_THE_MORNING = time(9)
_WRITTEN = re.compile(r"(?P<share>[1-9][0-9]{0,2})%|\+(?P<after>[1-9][0-9]?)|-(?P<before>[1-9][0-9]{0,2})")


class AlarmKind(StrEnum):
    """From what it is counted."""

    SHARE = "share"
    AFTER = "after"
    BEFORE = "before"


class Alarm(Struct, frozen=True):
    """One moment at which somebody is told."""

    kind: AlarmKind
    amount: int
    """Percent, working days or days."""

    def __str__(self) -> str:
        return {AlarmKind.SHARE: "{}%", AlarmKind.AFTER: "+{}", AlarmKind.BEFORE: "-{}"}[self.kind].format(self.amount)


class Schedule(Struct, frozen=True):
    """What a clock says about its time."""

    basis: Basis
    started_at: datetime
    due_at: datetime


@cache
def read_alarms(written: str) -> tuple[Alarm, ...]:
    """Alarms as they are written, separated by spaces.

    Raises:
        ValueError: for one that is not written as above.
    """
    return tuple(_read(word) for word in written.split())


def moment(calendar: Calendar, schedule: Schedule, alarm: Alarm) -> datetime:
    """When an alarm goes off, UTC."""
    match alarm.kind:
        case AlarmKind.SHARE:
            return _share(calendar, schedule, alarm.amount)
        case AlarmKind.AFTER:
            on = calendar.add_workdays(day(schedule.started_at), alarm.amount)
        case AlarmKind.BEFORE:
            on = last_day(schedule.due_at) - timedelta(days=alarm.amount)
    return datetime.combine(on, IN_THE_MORNING, SHANGHAI).astimezone(UTC)


def next_alarm(
    calendar: Calendar, schedule: Schedule, alarms: tuple[Alarm, ...], *, after: datetime
) -> datetime | None:
    """When the next alarm goes off, or None where there is none any more."""
    coming = (moment(calendar, schedule, alarm) for alarm in alarms)
    return min((at for at in coming if at > after), default=None)


def gone_off(
    calendar: Calendar, schedule: Schedule, alarms: tuple[Alarm, ...], *, until: datetime
) -> tuple[Alarm, ...]:
    """The alarms that have gone off, the last one last; of several that were missed only it matters."""
    moments = sorted((moment(calendar, schedule, alarm), n) for n, alarm in enumerate(alarms))
    return tuple(alarms[n] for at, n in moments if at <= until)


def _read(word: str) -> Alarm:
    found = _WRITTEN.fullmatch(word)
    if found is None:
        raise ValueError(f"{word!r} is no alarm: write 80%, +3 or -7")
    kind, amount = next((kind, given) for kind, given in found.groupdict().items() if given)
    return Alarm(AlarmKind(kind), int(amount))


def _share(calendar: Calendar, schedule: Schedule, percent: int) -> datetime:
    hours = _counted_in(schedule.basis)
    if percent == 100:
        return schedule.due_at.astimezone(UTC)
    if hours is None:
        whole = schedule.due_at - schedule.started_at
        return (schedule.started_at + whole * percent / 100).astimezone(UTC)
    seconds = count_open(calendar, hours, since=schedule.started_at, until=schedule.due_at)
    if percent < 100:
        return add_open(calendar, hours, since=schedule.started_at, seconds=seconds * percent // 100)
    # From the due time on, so that time before it that did not count cannot shorten what follows.
    return add_open(calendar, hours, since=schedule.due_at, seconds=max(1, seconds * (percent - 100) // 100))


def _counted_in(basis: Basis) -> Open | None:
    match basis:
        case Basis.WORKING_DAYS | Basis.WORKING_HOURS:
            return office_hours
        case Basis.DAY_HOURS:
            return day_hours
        case _:
            return None
