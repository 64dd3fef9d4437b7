"""What reports do to what is shown. Pure: reports, plan, numbers and the moment come in as arguments.

One person's word is shown beside the state and changes nothing. A manager's word counts at once, the word
of `independent` different people counts as much; somebody who then says the opposite makes it doubtful
until as many agree. Each word is forgotten when it expires.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct, field

from server.core.clock import day_of, midnight
from server.stations.amenities import AmenityState
from server.stations.hours import Opening

REWRITE_AGE = timedelta(seconds=30)
"""How long a sentence with "… 分钟前" in it may be shown again."""


class ReportKind(StrEnum):
    """What somebody standing at the place says."""

    OPEN = "open"
    LOCKED = "locked"
    BROKEN = "broken"
    FIXED = "fixed"


class DoorState(StrEnum):
    """`open.state` of the contract."""

    OPEN = "open"
    CLOSED = "closed"
    UNCONFIRMED = "unconfirmed"


class ConfirmedBy(StrEnum):
    """Who said last that the place is open."""

    MANAGER = "manager"
    VISITOR = "visitor"
    UNION = "union"


class Managers(NamedTuple):
    """The people who keep a place. `since`: they are expected to say each day that they opened; None if nobody is."""

    since: datetime | None
    opened_at: datetime | None
    """When one of them last said that it is open."""


class Report(NamedTuple):
    """One word. `reporter` is a keyed digest that tells people apart, nothing else."""

    kind: ReportKind
    amenity: str | None
    reporter: bytes
    by_manager: bool
    created_at: datetime
    expires_at: datetime


class Word(StrEnum):
    """What the words come to."""

    SILENT = "silent"
    GOOD = "good"
    BAD = "bad"
    DOUBTFUL = "doubtful"


class Tally(NamedTuple):
    """`bad` and `good` count different people; `last_*` is when one of them spoke last."""

    word: Word
    by_manager: bool
    bad: int
    good: int
    last_bad: datetime | None
    last_good: datetime | None


class Door(NamedTuple):
    """What is shown of the door. `valid_until`: when it has to be worked out anew."""

    state: DoorState
    until: datetime | None
    opens_at: datetime | None
    confirmed_at: datetime | None
    reports: str | None
    valid_until: datetime
    confirmed_by: ConfirmedBy | None = None


class Service(NamedTuple):
    """What is shown of one service."""

    state: AmenityState
    reports: str | None


class Live(Struct, frozen=True):
    """What changes at a place without the directory changing.

    `confirmed_at` is the last time somebody said it is open, `amenities` the stored states other than ok,
    `managers` is None where there never were any.
    """

    confirmed_at: datetime | None = None
    reports: tuple[Report, ...] = ()
    amenities: Mapping[str, AmenityState] = field(default_factory=dict)
    managers: Managers | None = None


NOTHING = Live()

_SILENCE = Tally(Word.SILENT, False, 0, 0, None, None)
_DOOR = frozenset({ReportKind.OPEN, ReportKind.LOCKED})
_BAD = frozenset({ReportKind.LOCKED, ReportKind.BROKEN})


def counting(reports: Iterable[Report], moment: datetime) -> list[Report]:
    """The reports that were made by `moment` and have not expired, oldest first."""
    return sorted((one for one in reports if one.created_at <= moment < one.expires_at), key=lambda one: one.created_at)


def tally(reports: Iterable[Report], *, independent: int, start: Word = Word.SILENT) -> Tally:
    """Go through reports about one thing, oldest first. `start` is what was held before the first."""
    word, by_manager = start, False
    bad: set[bytes] = set()
    good: set[bytes] = set()
    last_bad: datetime | None = None
    last_good: datetime | None = None
    for report in reports:
        is_bad = report.kind in _BAD
        if report.by_manager:
            bad.clear()
            good.clear()
        for_it, against = (bad, good) if is_bad else (good, bad)
        against.discard(report.reporter)
        for_it.add(report.reporter)
        if is_bad:
            last_bad = report.created_at
        else:
            last_good = report.created_at
        said, opposite = (Word.BAD, Word.GOOD) if is_bad else (Word.GOOD, Word.BAD)
        if report.by_manager or len(for_it) >= independent:
            word, by_manager = said, report.by_manager
            against.clear()
        elif word is opposite:
            word = Word.DOUBTFUL
    return Tally(word, by_manager, len(bad), len(good), last_bad, last_good)


def door(
    plan: Opening,
    live: Live,
    *,
    confirmed_at: datetime | None,
    moment: datetime,
    independent: int,
    door_counts: timedelta,
    fresh: timedelta,
    managers_report: timedelta,
) -> Door:
    """Put the plan and the words about the door together.

    Args:
        confirmed_at: when the directory says it was last confirmed; a later word of `live` wins.
        door_counts: a confirmation younger than this settles what the plan is unsure of.
        fresh: without a confirmation younger than this an open place is unconfirmed.
        managers_report: so long after opening a place that is kept counts as open without a word of its managers.
    """
    words = [one for one in counting(live.reports, moment) if one.kind in _DOOR] if live.reports else []
    told = tally(words, independent=independent) if words else _SILENCE
    confirmed = _latest(confirmed_at, live.confirmed_at, moment)
    age = moment - confirmed if confirmed is not None else None
    until = plan.until
    unsure, changes_at = _unsure(plan, live.managers, moment=moment, within=managers_report)
    if plan.open:
        doubtful = age is None or age >= fresh or (unsure and age >= door_counts)
        state = DoorState.UNCONFIRMED if doubtful else DoorState.OPEN
        if told.word is Word.BAD:
            state, until = DoorState.CLOSED, None
        elif told.word is Word.DOUBTFUL:
            state = DoorState.UNCONFIRMED
        elif told.word is Word.GOOD:
            state = DoorState.OPEN
    elif plan.shut is not None:
        # A word from before that was decided does not open it, nor one of somebody who has not heard of it.
        state = DoorState.CLOSED
    else:
        state = DoorState.CLOSED
        if told.word is Word.GOOD:
            state = DoorState.OPEN if told.by_manager else DoorState.UNCONFIRMED
        elif told.word is Word.DOUBTFUL:
            state = DoorState.UNCONFIRMED
    by = _confirmed_by(live, confirmed)
    valid_until = plan.valid_until if changes_at is None else min(plan.valid_until, changes_at)
    if age is not None and age < fresh:
        valid_until = min(valid_until, moment + ((door_counts if age < door_counts else fresh) - age))
    if not words:
        return Door(state, until, plan.opens_at, confirmed, None, valid_until, by)
    valid_until = min(valid_until, moment + REWRITE_AGE, *(one.expires_at for one in words))
    sentence = _sentence(told, moment, bad="说没开门", good="说开着", always_good=not plan.open)
    return Door(state, until, plan.opens_at, confirmed, sentence, valid_until, by)


def report_due(plan: Opening, managers: Managers | None, *, within: timedelta) -> datetime | None:
    """Until when a manager's word of today is awaited, or was; None where it is there, or nobody owes one.

    Who became the only manager after it opened owes none before the next opening.
    """
    if managers is None or managers.since is None or plan.since is None or managers.since > plan.since:
        return None
    return None if _opened_today(plan, managers) else plan.since + within


def doubted(stored: AmenityState, words: Iterable[Report], *, independent: int) -> bool:
    """Whether a service that works is shown as anything else, or with a remark that it does not.

    Args:
        words: that count and are about it, oldest first.
    """
    told = tally(words, independent=independent, start=Word.BAD if stored is AmenityState.BROKEN else Word.SILENT)
    if told.word is Word.SILENT:
        return stored is not AmenityState.OK
    return told.word is not Word.GOOD or told.bad > 0


def _unsure(
    plan: Opening, managers: Managers | None, *, moment: datetime, within: timedelta
) -> tuple[bool, datetime | None]:
    """Whether a confirmation is needed to call an open place open, and when that changes by itself.

    The word of a manager holds for the day, also where the plan is unsure; the lack of it makes any plan unsure.
    """
    if managers is None or plan.since is None:
        return plan.unsure, None
    if _opened_today(plan, managers):
        return False, None
    due = report_due(plan, managers, within=within)
    if due is None:
        return plan.unsure, None
    return (plan.unsure, due) if moment < due else (True, None)


def _opened_today(plan: Opening, managers: Managers) -> bool:
    """Whether a manager has said that it is open since the beginning of the day on which it opened."""
    if plan.since is None or managers.opened_at is None:
        return False
    return managers.opened_at >= midnight(day_of(plan.since))


def _confirmed_by(live: Live, confirmed: datetime | None) -> ConfirmedBy | None:
    if confirmed is None:
        return None
    if live.managers is not None and live.managers.opened_at == confirmed:
        return ConfirmedBy.MANAGER
    return ConfirmedBy.VISITOR if live.confirmed_at == confirmed else ConfirmedBy.UNION


def service(code: str, live: Live, *, moment: datetime, independent: int) -> Service:
    """What is shown of the service `code`: what is stored, changed by the words about it."""
    stored = live.amenities.get(code, AmenityState.OK)
    words = [one for one in counting(live.reports, moment) if one.amenity == code and one.kind not in _DOOR]
    if not words:
        return Service(stored, None)
    start = Word.BAD if stored is AmenityState.BROKEN else Word.SILENT
    told = tally(words, independent=independent, start=start)
    state = {
        Word.SILENT: stored,
        Word.GOOD: AmenityState.OK,
        Word.BAD: AmenityState.BROKEN,
        Word.DOUBTFUL: AmenityState.UNKNOWN,
    }[told.word]
    return Service(state, _sentence(told, moment, bad="说坏了", good="说修好了", always_good=True))


def since(earlier: datetime, moment: datetime) -> str:
    """How long ago, in words: 刚刚, 5 分钟前, 3 小时前, 2 天前."""
    minutes = int((moment - earlier).total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟前"
    if minutes < 24 * 60:
        return f"{minutes // 60} 小时前"
    return f"{minutes // (24 * 60)} 天前"


def _latest(one: datetime | None, other: datetime | None, moment: datetime) -> datetime | None:
    """The later of two instants, of those that are not after `moment`."""
    if other is None or other > moment:
        return one if one is not None and one <= moment else None
    return other if one is None or one > moment else max(one, other)


def _sentence(told: Tally, moment: datetime, *, bad: str, good: str, always_good: bool) -> str | None:
    """`1 人说没开门 · 5 分钟前`, the newer side first. Good news alone is the confirmation, not a remark."""
    parts: list[tuple[datetime, str]] = []
    for count, last, said, is_word in (
        (told.bad, told.last_bad, bad, told.word is Word.BAD),
        (told.good, told.last_good, good, told.word is Word.GOOD),
    ):
        if count == 0 or last is None or (said is good and not (told.bad or always_good)):
            continue
        who = "站长" if told.by_manager and is_word else f"{count} 人"
        parts.append((last, f"{who}{said} · {since(last, moment)}"))
    return "；".join(text for _, text in sorted(parts, reverse=True)) or None
