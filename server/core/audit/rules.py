"""When looking at other people's data is unusual. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct

from server.core.clock import SHANGHAI


class Count(StrEnum):
    """What is counted."""

    READS = "reads"
    """Every look."""
    SUBJECTS = "subjects"
    """Different things looked at."""
    SAME_SUBJECT = "same_subject"
    """Looks at whatever was looked at most."""


class Rule(Struct, frozen=True):
    """More than `most` within `within` is unusual."""

    key: str
    says: str
    """For the audit administrator."""
    count: Count
    most: int
    within: timedelta
    between: tuple[time, time] | None
    """Only looks at these hours count, in Shanghai; may go over midnight."""

    @classmethod
    def from_mapping(cls, entry: Mapping[str, Any]) -> "Rule":
        """Read an entry of config/reading.yaml.

        Raises:
            KeyError, ValueError: for one that says too little or nonsense.
        """
        hours = entry.get("between")
        begin, end = (time.fromisoformat(part) for part in hours.split("-")) if hours else (None, None)
        rule = cls(
            key=entry["key"],
            says=entry["says"],
            count=Count(entry["count"]),
            most=int(entry["most"]),
            within=timedelta(minutes=int(entry["within_minutes"])),
            between=(begin, end) if begin is not None and end is not None else None,
        )
        if rule.most < 1 or rule.within <= timedelta(0):
            raise ValueError(f"{rule.key}: most and within_minutes must be positive")
        return rule


class Read(Struct, frozen=True):
    """One look at another person's data."""

    at: datetime
    actor: str
    subject: str


class Unusual(Struct, frozen=True):
    """A rule that an actor's looks went beyond."""

    actor: str
    rule: Rule
    count: int


def unusual(reads: Iterable[Read], rules: Sequence[Rule], *, at: datetime) -> list[Unusual]:
    """Who looked at more than the rules find usual, in the time up to `at`."""
    by_actor: dict[str, list[Read]] = {}
    for read in reads:
        by_actor.setdefault(read.actor, []).append(read)
    found = []
    for actor, own in sorted(by_actor.items()):
        for rule in rules:
            count = _count(rule.count, [read for read in own if _counts(rule, read, at)])
            if count > rule.most:
                found.append(Unusual(actor, rule, count))
    return found


def _counts(rule: Rule, read: Read, at: datetime) -> bool:
    if not at - rule.within < read.at <= at:
        return False
    if rule.between is None:
        return True
    begin, end = rule.between
    clock = read.at.astimezone(SHANGHAI).time()
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


def _count(what: Count, reads: Sequence[Read]) -> int:
    subjects = Counter(read.subject for read in reads)
    match what:
        case Count.READS:
            return len(reads)
        case Count.SUBJECTS:
            return len(subjects)
        case Count.SAME_SUBJECT:
            return max(subjects.values(), default=0)
