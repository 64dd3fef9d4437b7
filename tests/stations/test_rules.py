"""What the words of people come to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.stations.amenities import AmenityState
from server.stations.hours import Opening
from server.stations.rules import (
    DoorState,
    Live,
    Report,
    ReportKind,
    Word,
    counting,
    door,
    service,
    since,
    tally,
)

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)
OPEN = Opening(True, False, NOON + timedelta(hours=5), NOON + timedelta(hours=21), NOON + timedelta(hours=5))
CLOSED = Opening(False, False, None, NOON + timedelta(hours=5), NOON + timedelta(hours=5))


def said(kind: str, who: str, minutes_ago: float, *, manager: bool = False, amenity: str | None = None) -> Report:
    at = NOON - timedelta(minutes=minutes_ago)
    return Report(ReportKind(kind), amenity, who.encode(), manager, at, at + TWO_HOURS)


def shown(*reports: Report, plan: Opening = OPEN, confirmed_ago: timedelta | None = timedelta(hours=1)):
    opened = [one.created_at for one in reports if one.kind is ReportKind.OPEN]
    return door(
        plan,
        Live(max(opened, default=None), reports),
        confirmed_at=None if confirmed_ago is None else NOON - confirmed_ago,
        moment=NOON,
        independent=3,
        door_counts=TWO_HOURS,
        fresh=timedelta(days=30),
        managers_report=timedelta(hours=1),
    )


def test_one_person_changes_nothing_but_is_heard() -> None:
    here = shown(said("locked", "a", 5))
    assert (here.state, here.reports, here.until) == (DoorState.OPEN, "1 人说没开门 · 5 分钟前", OPEN.until)


def test_the_same_person_three_times_is_one_person() -> None:
    here = shown(*[said("locked", "a", minutes) for minutes in (50, 30, 10)])
    assert (here.state, here.reports) == (DoorState.OPEN, "1 人说没开门 · 10 分钟前")


def test_three_people_close_a_place() -> None:
    here = shown(*[said("locked", who, 10) for who in "abc"])
    assert (here.state, here.reports, here.until) == (DoorState.CLOSED, "3 人说没开门 · 10 分钟前", None)


def test_somebody_who_then_gets_in_makes_it_doubtful_and_three_open_it_again() -> None:
    locked = [said("locked", who, 30) for who in "abc"]
    doubtful = shown(*locked, said("open", "d", 5))
    assert doubtful.state is DoorState.UNCONFIRMED
    assert doubtful.reports == "1 人说开着 · 5 分钟前；3 人说没开门 · 30 分钟前"
    assert shown(*locked, *[said("open", who, 5) for who in "def"]).state is DoorState.OPEN


def test_somebody_who_changes_their_mind_counts_once() -> None:
    assert shown(*[said("locked", who, 30) for who in "ab"], said("open", "a", 10)).state is DoorState.OPEN
    again = shown(said("locked", "a", 30), said("open", "a", 20), said("locked", "b", 10), said("locked", "c", 5))
    assert again.state is DoorState.OPEN, "only two say that it is locked"


@pytest.mark.parametrize(("kind", "state"), [("locked", DoorState.CLOSED), ("open", DoorState.OPEN)])
def test_the_managers_word_counts_at_once(kind: str, state: DoorState) -> None:
    against = "open" if kind == "locked" else "locked"
    here = shown(*[said(against, who, 30) for who in "abc"], said(kind, "manager", 1, manager=True))
    assert here.state is state
    assert here.reports is None or here.reports.startswith("站长说")


def test_the_manager_can_open_outside_of_the_hours_and_others_only_make_it_doubtful() -> None:
    assert shown(said("open", "m", 1, manager=True), plan=CLOSED).state is DoorState.OPEN
    assert shown(*[said("open", who, 1) for who in "abc"], plan=CLOSED).state is DoorState.UNCONFIRMED
    one = shown(said("open", "a", 1), plan=CLOSED)
    assert (one.state, one.reports) == (DoorState.CLOSED, "1 人说开着 · 1 分钟前")


def test_words_expire() -> None:
    stale = [said("locked", who, 120) for who in "abc"]
    assert shown(*stale).state is DoorState.OPEN
    assert shown(*stale).reports is None
    fresher = [said("locked", who, 119.9) for who in "abc"]
    assert shown(*fresher).valid_until == min(one.expires_at for one in fresher)


def test_a_place_nobody_confirmed_for_a_month_is_unconfirmed() -> None:
    assert shown(confirmed_ago=timedelta(days=29)).state is DoorState.OPEN
    assert shown(confirmed_ago=timedelta(days=30)).state is DoorState.UNCONFIRMED
    assert shown(confirmed_ago=None).state is DoorState.UNCONFIRMED
    word = shown(said("open", "a", 3), confirmed_ago=None)
    assert (word.state, word.confirmed_at, word.reports) == (DoorState.OPEN, NOON - timedelta(minutes=3), None)


def test_on_a_day_the_plan_is_unsure_of_only_a_fresh_word_makes_it_sure() -> None:
    unsure = OPEN._replace(unsure=True)
    assert shown(plan=unsure, confirmed_ago=timedelta(hours=3)).state is DoorState.UNCONFIRMED
    assert shown(plan=unsure, confirmed_ago=timedelta(hours=1)).state is DoorState.OPEN


def test_a_place_closed_by_its_hours_stays_closed_and_says_when_it_opens() -> None:
    here = shown(plan=CLOSED, confirmed_ago=None)
    assert (here.state, here.until, here.opens_at) == (DoorState.CLOSED, None, CLOSED.opens_at)


def state_of(*reports: Report, stored: AmenityState = AmenityState.OK):
    live = Live(None, reports, {"S01": stored} if stored is not AmenityState.OK else {})
    return service("S01", live, moment=NOON, independent=3)


def broken(who: str, minutes_ago: float, **other: bool) -> Report:
    return said("broken", who, minutes_ago, amenity="S01", **other)


def fixed(who: str, minutes_ago: float) -> Report:
    return said("fixed", who, minutes_ago, amenity="S01")


def test_three_people_break_a_service_and_three_mend_it() -> None:
    one = state_of(broken("a", 35))
    assert (one.state, one.reports) == (AmenityState.OK, "1 人说坏了 · 35 分钟前")
    three = [broken(who, 35) for who in "abc"]
    assert state_of(*three).state is AmenityState.BROKEN
    assert state_of(*three, fixed("d", 5)).state is AmenityState.UNKNOWN
    assert state_of(*three, *[fixed(who, 5) for who in "def"]).state is AmenityState.OK
    assert state_of(broken("m", 1, manager=True)).state is AmenityState.BROKEN


def test_what_the_union_knows_to_be_broken_needs_three_to_be_mended() -> None:
    assert state_of(stored=AmenityState.BROKEN).state is AmenityState.BROKEN
    assert state_of(fixed("a", 5), stored=AmenityState.BROKEN).state is AmenityState.UNKNOWN
    assert state_of(*[fixed(w, 5) for w in "abc"], stored=AmenityState.BROKEN).state is AmenityState.OK


def test_words_about_another_service_or_the_door_do_not_count() -> None:
    others = [said("broken", who, 5, amenity="S06") for who in "abc"] + [said("locked", who, 5) for who in "abc"]
    assert state_of(*others).state is AmenityState.OK


WORDS = st.lists(
    st.builds(
        said,
        st.sampled_from(["open", "locked"]),
        st.sampled_from("abcdef"),
        st.integers(0, 130),
        manager=st.booleans(),
    ),
    max_size=12,
)


@given(WORDS)
def test_fewer_than_three_people_and_no_manager_never_change_the_state(words: list[Report]) -> None:
    valid = counting(words, NOON)
    told = tally(valid, independent=3)
    people = {one.reporter for one in valid}
    if len(people) < 3 and not any(one.by_manager for one in valid):
        assert told.word is Word.SILENT
    assert told.bad + told.good <= len(people)


@given(WORDS)
def test_the_last_word_of_a_manager_stands_until_others_speak(words: list[Report]) -> None:
    valid = counting(words, NOON)
    if valid and valid[-1].by_manager:
        told = tally(valid, independent=3)
        assert told.word is (Word.BAD if valid[-1].kind is ReportKind.LOCKED else Word.GOOD)


@pytest.mark.parametrize(
    ("ago", "words"),
    [(59, "刚刚"), (60, "1 分钟前"), (59 * 60, "59 分钟前"), (3600, "1 小时前"), (86_400 * 2, "2 天前")],
)
def test_ages_in_words(ago: int, words: str) -> None:
    assert since(NOON - timedelta(seconds=ago), NOON) == words
