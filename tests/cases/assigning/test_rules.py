"""Whom to assign a case to."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cases.assigning.rules import Matter, Party, Person, plain, ranked, read_parties

CODE = "91440300MA5EXAMP1X"
MATTER = Matter(("wages", "欠我钱"), ("hakka", "客家话"), [Party("演示配送有限公司", CODE)])


def person(number: str = "L1", **others: Any) -> Person:
    known: dict[str, Any] = {
        "name": f"律{number}",
        "skills": frozenset({"wages"}),
        "languages": frozenset({"hakka"}),
        "most": 8,
        "load": 0,
        "last_at": None,
        "away_until": None,
        "parties": (),
        "had_it": None,
    }
    return Person(number=number, **known | others)


def first(*people: Person) -> str:
    return ranked(people, MATTER)[0].person.number


def test_whoever_can_do_it_and_speaks_the_language_comes_first_and_it_says_why() -> None:
    stranger = person("L0", skills=frozenset(), languages=frozenset())
    assert first(stranger, person("L2")) == "L2"
    best, other = ranked([stranger, person("L2")], MATTER)
    assert best.reasons == ("办“欠我钱”", "会说客家话", "手上 0 件，最多 8 件", "还没有指派过")
    assert other.doubts == ("没有登记办“欠我钱”", "没有登记会说客家话")


def test_among_equals_it_is_the_turn_of_whoever_has_waited_longest() -> None:
    days = [datetime(2026, 3, day, tzinfo=UTC) for day in (2, 1, 3)]
    people = [person(f"L{number}", last_at=day) for number, day in enumerate(days)]
    assert [one.person.number for one in ranked(people, MATTER)] == ["L1", "L0", "L2"]
    assert first(*people, person("L9")) == "L9", "never yet"


def test_who_carries_enough_comes_later_and_can_still_be_taken() -> None:
    full = ranked([person(load=8)], MATTER)[0]
    assert full.doubts == ("手上满了：手上 8 件，最多 8 件",)
    assert full.barred is None


@pytest.mark.parametrize(
    "theirs",
    [
        Party("演示配送有限公司"),
        Party("演示配送（有限）公司"),
        Party(" 演示配送 有限公司"),
        Party("另一个名字", CODE),
    ],
)
def test_whoever_acts_for_the_other_side_cannot_have_it(theirs: Party) -> None:
    candidate = ranked([person(parties=[theirs])], MATTER)[0]
    assert candidate.barred is not None
    assert "利益冲突" in candidate.barred


def test_a_name_like_the_other_sides_is_to_be_looked_at() -> None:
    candidate = ranked([person(parties=[Party("演示配送")])], MATTER)[0]
    assert candidate.barred is None
    assert "要核对有没有利益冲突" in candidate.doubts[0]
    other_code = Party("演示配送有限公司", "91440300MA5EXAMP2X")
    assert ranked([person(parties=[other_code])], MATTER)[0].barred is None


def test_who_is_away_or_had_it_before_cannot_have_it() -> None:
    away, had = ranked([person("L1", away_until=date(2026, 3, 20)), person("L2", had_it="工友要求换人")], MATTER)
    assert (away.barred, had.barred) == ("请假到 2026-03-20", "工友要求换人")
    assert first(person("L1", away_until=date(2026, 3, 20)), person("L2", load=99)) == "L2"


def test_parties_are_read_a_line_each() -> None:
    assert read_parties(f"演示公司 {CODE.lower()}\n\n 甲 乙 商行 \n") == [Party("演示公司", CODE), Party("甲 乙 商行")]


@given(st.text(max_size=40))
def test_any_lines_are_read_and_compared(lines: str) -> None:
    for party in read_parties(lines):
        assert plain(party.name) == plain(f" {party.name} ")
