"""When a place is open. Pure: the moment, the calendar and the exceptions come in as arguments.

A day has spans of minutes from its midnight, `(540, 1020)` for 09:00–17:00. A span may run past
midnight, `(1320, 1800)` for 22:00 to 06:00 of the next day; round the clock is `(0, 1440)` every day.
The clock on the wall is Shanghai's, which has no summer time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, Protocol

from server.core.clock import SHANGHAI, midnight

DAY_MINUTES = 24 * 60
ALL_DAY = (0, DAY_MINUTES)

_ALWAYS_OPEN_DAYS = 8
_LOOK_AHEAD_DAYS = 31

Span = tuple[int, int]
Spans = tuple[Span, ...]


class Calendar(Protocol):
    """What must be known of a date; `server.clocks.calendar.Calendar` knows it."""

    def is_workday(self, day: date, /) -> bool: ...

    def is_holiday(self, day: date, /) -> bool: ...


class Weekday(StrEnum):
    """Keys of the weekly hours, in the order of `date.weekday()`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class ClosedDay(StrEnum):
    """Days on which a place is closed whatever its weekly hours say."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"
    HOLIDAY = "holiday"
    """Statutory holidays with their bridging days."""
    REST_DAY = "rest_day"
    """Every day that is not a working day; a Saturday that is worked is not one."""


class Exceptional(NamedTuple):
    """Hours that rule whole calendar days, also what would run over from the evening before."""

    first_day: date
    last_day: date
    spans: Spans
    reason: str = ""
    by_manager: bool = False
    """Said by who keeps the place, not by the union."""


@dataclass(frozen=True)
class Schedule:
    """Everything the hours of a place depend on. Hashable: places with equal schedules share the work.

    `weekly` has seven entries, Monday first. `holiday` holds for statutory holidays; None means that
    nobody said, so the weekly hours are shown as unsure. `exceptions` come strongest first.
    """

    weekly: tuple[Spans, ...]
    holiday: Spans | None = None
    closed: frozenset[ClosedDay] = frozenset()
    exceptions: tuple[Exceptional, ...] = ()

    def __post_init__(self) -> None:
        if len(self.weekly) != len(Weekday):
            raise ValueError("weekly hours need seven days")

    @cached_property
    def round_the_clock(self) -> bool:
        return all(ALL_DAY in spans for spans in self.weekly) and not self.closed

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.weekly, self.holiday, self.closed, self.exceptions))


class Opening(NamedTuple):
    """The plan at a moment, before anybody reported anything.

    `until` is when it closes (None while closed, or when no end is in sight), `opens_at` the next
    opening after the moment (None if there is none within a month), `unsure` says that the hours are
    the ordinary ones on a day that may not be ordinary. It all holds up to `valid_until`. `since` is when it
    opened, None while closed; of what never closes, the beginning of the day before. `shut` is why the union
    has it closed the whole day.
    """

    open: bool
    unsure: bool
    until: datetime | None
    opens_at: datetime | None
    valid_until: datetime
    reason: str = ""
    since: datetime | None = None
    shut: str | None = None


class _Stretch(NamedTuple):
    start: datetime
    end: datetime
    unsure: bool


def opening(schedule: Schedule, moment: datetime, calendar: Calendar) -> Opening:
    """Whether the plan says open at `moment` (aware), until when, and when next."""
    now = moment.astimezone(SHANGHAI)
    today = now.date()
    until: datetime | None = None
    opens_at: datetime | None = None
    unsure = False
    begun = reach = _at(today, -2 * DAY_MINUTES)
    for stretch in _stretches(schedule, today, calendar):
        if until is None:
            begun = begun if stretch.start <= reach else stretch.start
            reach = max(reach, stretch.end)
        if stretch.end <= now:
            continue
        if until is None and stretch.start <= now:
            until, unsure = stretch.end, stretch.unsure
        elif until is not None and stretch.start <= until:
            until = max(until, stretch.end)
        elif stretch.start > now:
            opens_at = stretch.start
            break
        if until is not None and until > now + timedelta(days=_ALWAYS_OPEN_DAYS):
            break
    midnight = _at(today, DAY_MINUTES)
    valid_until = min(moment for moment in (until, opens_at, midnight) if moment is not None)
    ruling = [one for one in schedule.exceptions if one.first_day <= today <= one.last_day]
    reason = ruling[0].reason if ruling else ""
    if until is None:
        return Opening(False, False, None, opens_at, valid_until, reason, shut=_shut(ruling))
    endless = until > now + timedelta(days=_ALWAYS_OPEN_DAYS)
    return Opening(True, unsure, None if endless else until, opens_at, valid_until, reason, begun)


def spans_of(schedule: Schedule, day: date, calendar: Calendar) -> tuple[Spans, bool]:
    """The spans that begin on `day`, and whether they are only the ordinary ones on a holiday."""
    for exception in schedule.exceptions:
        if exception.first_day <= day <= exception.last_day:
            return exception.spans, False
    holiday = calendar.is_holiday(day)
    if holiday and ClosedDay.HOLIDAY in schedule.closed:
        return (), False
    if holiday and schedule.holiday is not None:
        return schedule.holiday, False
    if list(ClosedDay)[day.weekday()] in schedule.closed:
        return (), False
    if ClosedDay.REST_DAY in schedule.closed and not calendar.is_workday(day):
        return (), False
    spans = schedule.weekly[day.weekday()]
    return spans, holiday and ALL_DAY not in spans


def weekly_from_json(value: Mapping[str, Sequence[str]]) -> tuple[tuple[Spans, ...], Spans | None]:
    """The stored form, `{"mon": ["09:00-17:00"], …, "holiday"?: […]}`, as weekly and holiday spans."""
    weekly = tuple(tuple(parse_span(text) for text in value.get(day, ())) for day in Weekday)
    holiday = tuple(parse_span(text) for text in value["holiday"]) if "holiday" in value else None
    return weekly, holiday


def weekly_to_json(weekly: Sequence[Spans], holiday: Spans | None = None) -> dict[str, list[str]]:
    """The inverse of `weekly_from_json`."""
    stored = {str(day): [span_text(span) for span in weekly[at]] for at, day in enumerate(Weekday)}
    if holiday is not None:
        stored["holiday"] = [span_text(span) for span in holiday]
    return stored


def parse_span(text: str) -> Span:
    """`09:00-17:00`, `22:00-06:00` (into the next day), `00:00-24:00`. ValueError says what is wrong."""
    start_text, dash, end_text = text.partition("-")
    if not dash:
        raise ValueError(f"“{text}”要写成 09:00-17:00")
    start, end = _minutes(start_text), _minutes(end_text)
    if start in (DAY_MINUTES, end):
        raise ValueError(f"“{text}”的开始和结束不对")
    return start, end if end > start else end + DAY_MINUTES


def span_text(span: Span) -> str:
    """The inverse of `parse_span`."""
    start, end = span
    return f"{_clock(start)}-{_clock(end if end <= DAY_MINUTES else end - DAY_MINUTES)}"


def _shut(ruling: Sequence[Exceptional]) -> str | None:
    """Why the union has a place closed the whole day by the strongest of what it said; None where it has not."""
    said = next((one for one in ruling if not one.by_manager), None)
    return said.reason if said is not None and not said.spans else None


def _stretches(schedule: Schedule, today: date, calendar: Calendar) -> Iterator[_Stretch]:
    """Open stretches from yesterday on, in order of their start; they may touch or overlap."""
    ruled = [(one.first_day, one.last_day) for one in schedule.exceptions]
    for offset in range(-1, _LOOK_AHEAD_DAYS):
        day = today + timedelta(days=offset)
        spans, unsure = spans_of(schedule, day, calendar)
        following = day + timedelta(days=1)
        last_minute = 2 * DAY_MINUTES
        if any(first <= following <= last for first, last in ruled):
            last_minute = DAY_MINUTES
        for start, end in sorted(spans):
            yield _Stretch(_at(day, start), _at(day, min(end, last_minute)), unsure)


def _at(day: date, minutes: int) -> datetime:
    return midnight(day) + timedelta(minutes=minutes)


def _minutes(text: str) -> int:
    hour_text, colon, minute_text = text.strip().partition(":")
    if not (colon and hour_text.isascii() and hour_text.isdigit() and len(minute_text) == 2):
        raise ValueError(f"“{text.strip()}”不是时间，要写成 09:00")
    if not (minute_text.isascii() and minute_text.isdigit()):
        raise ValueError(f"“{text.strip()}”不是时间，要写成 09:00")
    minutes = int(hour_text) * 60 + int(minute_text)
    if int(minute_text) > 59 or minutes > DAY_MINUTES:
        raise ValueError(f"“{text.strip()}”不是一天里的时间")
    return minutes


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
