"""Whom to assign a case to, with the reasons. Pure: everything comes in."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

SHORTEST = 4
"""Characters that a name needs before a part of another is taken for it."""
CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
"""A unified social credit code."""


class Party(Struct, frozen=True):
    """A person or firm on one side: its name, its credit code where it is known."""

    name: str
    code: str | None = None


class Matter(Struct, frozen=True):
    """What of a case decides who fits: `(answer, in words)`; None where it was not asked or not answered."""

    skill: tuple[str, str] | None
    language: tuple[str, str] | None
    parties: Sequence[Party]


class Person(Struct, frozen=True):
    """Somebody who can be assigned."""

    number: str
    name: str
    skills: frozenset[str]
    languages: frozenset[str]
    most: int
    load: int
    """Cases in hand."""
    last_at: datetime | None
    """When they were last assigned one."""
    away_until: date | None
    """The last day, of who is away now."""
    parties: Sequence[Party]
    had_it: str | None
    """What became of this very case in their hands."""
    takes_sms: bool = False
    """Whether a mobile phone was noted, to which the SMS of an assignment goes."""


class Candidate(Struct, frozen=True):
    """Somebody, with what speaks for them and against them."""

    person: Person
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    """Against, and for the one who assigns to weigh."""
    barred: str | None
    """Why it cannot be them."""


def ranked(people: Sequence[Person], matter: Matter) -> list[Candidate]:
    """All of them: who fits first, among equals whoever has waited longest, then who has least; the barred last."""
    found = [_candidate(person, matter) for person in people]
    return sorted(
        found,
        key=lambda one: (
            one.barred is not None,
            len(one.doubts),
            one.person.last_at.timestamp() if one.person.last_at else 0.0,
            one.person.load,
            one.person.number,
        ),
    )


def _candidate(person: Person, matter: Matter) -> Candidate:
    reasons: list[str] = []
    doubts: list[str] = []

    def weigh(fits: bool, good: str, bad: str) -> None:
        (reasons if fits else doubts).append(good if fits else bad)

    if matter.skill is not None:
        key, words = matter.skill
        weigh(key in person.skills, f"办“{words}”", f"没有登记办“{words}”")
    if matter.language is not None:
        key, words = matter.language
        weigh(key in person.languages, f"会说{words}", f"没有登记会说{words}")
    carrying = f"手上 {person.load} 件，最多 {person.most} 件"
    weigh(person.load < person.most, carrying, f"手上满了：{carrying}")
    near = next((one.name for one in person.parties for other in matter.parties if similar(one, other)), None)
    if near is not None:
        doubts.append(f"名字相近，要核对有没有利益冲突：{near}")
    reasons.append("还没有指派过" if person.last_at is None else f"上次指派是 {person.last_at:%Y-%m-%d}")
    return Candidate(person, tuple(reasons), tuple(doubts), _barred(person, matter))


def _barred(person: Person, matter: Matter) -> str | None:
    acting_for = next((one.name for one in person.parties for other in matter.parties if same(one, other)), None)
    if acting_for is not None:
        return f"利益冲突：正在替对方办事（{acting_for}）"
    if person.had_it is not None:
        return person.had_it
    if person.away_until is not None:
        return f"请假到 {person.away_until:%Y-%m-%d}"
    return None


def same(one: Party, other: Party) -> bool:
    """Whether two are certainly the same."""
    if one.code is not None and other.code is not None:
        return one.code == other.code
    return plain(one.name) == plain(other.name)


def similar(one: Party, other: Party) -> bool:
    """Whether the name of one may be a short form of the other's."""
    if same(one, other):
        return False
    shorter, longer = sorted((plain(one.name), plain(other.name)), key=len)
    return len(shorter) >= SHORTEST and shorter in longer


def plain(name: str) -> str:
    """A name without what two people write differently: width, case, spaces, brackets and marks."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalnum())


def read_parties(lines: str) -> list[Party]:
    """`name` or `name code`, a line each."""
    found = []
    for line in lines.splitlines():
        words = line.split()
        code = words.pop().upper() if len(words) > 1 and CODE.fullmatch(words[-1].upper()) else None
        if words:
            found.append(Party(" ".join(words), code))
    return found
