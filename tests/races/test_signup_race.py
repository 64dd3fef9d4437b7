"""Signing up in several processes at once. First without protection, to see that the race is real."""

import multiprocessing
import signal
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis as redis_library
import requests
import sqlalchemy as sa
from flask import Flask

from server.core.db import db
from server.seats.claims import claims, counters, pools
from server.seats.models import ClaimState
from server.seats.verify import verify
from tests.activities.conftest import Announce
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.live import LiveServer
from tests.races.racing import PROCESSES, Racers
from tests.races.signing_up import (
    Person,
    change_ones_mind,
    come_or_go,
    count_then_insert,
    enlarge_or_leave,
    leave,
    take_and_die,
    tap,
    tap_again_and_again,
    tap_while_redis_goes_away,
)
from tests.sign_in import SignIn


def people(count: int, activity_id: uuid.UUID, *, first: int = 1) -> list[Person]:
    return [Person(uuid.UUID(int=number), activity_id, number) for number in range(first, first + count)]


def living(activity_id: uuid.UUID, state: ClaimState) -> list[uuid.UUID]:
    """Holders in this state, in the order of the waiting list."""
    db.session.rollback()
    return list(
        db.session.execute(
            sa.select(claims.c.holder_id)
            .where(claims.c.scope_id == activity_id, claims.c.state == state)
            .order_by(claims.c.priority, claims.c.queued_at, claims.c.id)
        ).scalars()
    )


def left(activity_id: uuid.UUID) -> int:
    db.session.rollback()
    pool_id = db.session.execute(sa.select(pools.c.id).where(pools.c.scope_id == activity_id)).scalar_one()
    return counters([pool_id])[pool_id].left


@pytest.fixture
def books_fit(app: Flask) -> object:
    """Counters and claims agree at the end of the test."""
    yield
    db.session.rollback()
    assert verify()[1] == []


def test_counting_before_inserting_oversells(announce: Announce, racers: Racers) -> None:
    """Shows that this set-up can tell right from wrong."""
    activity_id = announce(seats=2)
    got_in = racers.race(count_then_insert, people(16, activity_id))
    assert sum(got_in) > 2
    assert len(living(activity_id, ClaimState.SIGNED)) > 2
    assert verify()[1] != []


@pytest.mark.usefixtures("books_fit")
@pytest.mark.parametrize("waiting_list", [False, True])
def test_the_seat_condition_never_oversells(announce: Announce, racers: Racers, waiting_list: bool) -> None:
    for seats in (1, 3, 10):
        activity_id = announce(seats=seats, waiting_list=waiting_list)
        told = racers.race(tap, people(40, activity_id))
        assert len(living(activity_id, ClaimState.SIGNED)) == seats
        assert [one.state for one in told].count("signed") == seats
        others = [one.word for one in told if one.state != "signed"]
        assert set(others) == {"new" if waiting_list else "full"}


@pytest.mark.usefixtures("books_fit")
def test_fifty_people_on_two_seats_are_two_signed_and_48_waiting_in_order(announce: Announce, racers: Racers) -> None:
    activity_id = announce(seats=2, waiting_list=True)
    crowd = people(50, activity_id)
    told = racers.race(tap, crowd)

    assert [one.word for one in told] == ["new"] * 50
    assert [one.state for one in told].count("signed") == 2
    queue = living(activity_id, ClaimState.WAITING)
    told_positions = {
        person.worker_id: one.position for person, one in zip(crowd, told, strict=True) if one.state == "waiting"
    }
    assert told_positions == {holder: place for place, holder in enumerate(queue, start=1)}

    again = racers.race(tap, crowd)
    assert [one.word for one in again] == ["repeated"] * 50
    assert [(one.claim_id, one.state, one.position) for one in again] == [
        (one.claim_id, one.state, one.position) for one in told
    ]


@pytest.mark.usefixtures("books_fit")
def test_fifty_people_on_two_seats_over_http(announce: Announce, server: LiveServer, sign_in: SignIn) -> None:
    activity_id = announce(seats=2, waiting_list=True)
    crowd = [sign_in() for _ in range(50)]
    start = threading.Barrier(50)

    def tap_over_http(headers: dict[str, str]) -> requests.Response:
        start.wait(30)
        return requests.post(server.url(f"/api/v1/activities/{activity_id}/signups"), headers=headers, timeout=30)

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(tap_over_http, crowd))
    assert [answer.status_code for answer in answers] == [201] * 50
    bodies = [answer.json() for answer in answers]
    assert [body["state"] for body in bodies].count("signed") == 2
    assert sorted(body["position"] for body in bodies if body["state"] == "waiting") == list(range(1, 49))
    with ThreadPoolExecutor(50) as threads:
        again = list(threads.map(tap_over_http, crowd))
    assert [(answer.status_code, answer.json()) for answer in again] == [(200, body) for body in bodies]


@pytest.mark.usefixtures("books_fit")
@pytest.mark.parametrize(("seats", "waiting_list"), [(4, False), (20, False), (4, True)])
def test_taps_of_one_person_at_the_same_moment_make_one_claim(
    announce: Announce, racers: Racers, seats: int, waiting_list: bool
) -> None:
    activity_id = announce(seats=seats, waiting_list=waiting_list)
    crowd = people(10, activity_id)
    # Neighbours race in different processes: each person taps in all four of them.
    taps = [person for person in crowd for _ in range(PROCESSES)]
    told = racers.race(tap, taps)
    holding = living(activity_id, ClaimState.SIGNED) + living(activity_id, ClaimState.WAITING)
    assert len(holding) == len(set(holding)) == (10 if waiting_list else min(seats, 10))
    for person in crowd:
        mine = [one for one, who in zip(told, taps, strict=True) if who == person]
        assert [one.word for one in mine].count("new") == (person.worker_id in holding)
        assert len({one.claim_id for one in mine if one.claim_id}) == (person.worker_id in holding)


@pytest.mark.usefixtures("books_fit")
def test_while_some_leave_and_others_come_the_waiting_list_keeps_its_order(announce: Announce, racers: Racers) -> None:
    activity_id = announce(seats=8, waiting_list=True)
    crowd = people(40, activity_id)
    for person in crowd[:30:2] + crowd[1:30:2]:
        tap(person)
    before = living(activity_id, ClaimState.WAITING)
    newcomers = people(20, activity_id, first=101)

    racers.race(come_or_go, [*crowd[1:30:2], *[person for person in newcomers if person.number % 2]])

    signed, waiting = living(activity_id, ClaimState.SIGNED), living(activity_id, ClaimState.WAITING)
    assert len(signed) == 8
    promoted = [holder for holder in before if holder in signed]
    still_waiting = [holder for holder in before if holder in waiting]
    assert promoted + still_waiting == [holder for holder in before if holder in signed + waiting]
    assert waiting[: len(still_waiting)] == still_waiting, "newcomers stand behind"


@pytest.mark.usefixtures("books_fit")
def test_seats_added_while_others_leave_all_go_to_who_waits(announce: Announce, racers: Racers) -> None:
    activity_id = announce(seats=6, waiting_list=True)
    crowd = people(30, activity_id)
    for person in crowd:
        tap(person)
    organiser = Person(uuid.UUID(int=999), activity_id, 0)
    told = racers.race(enlarge_or_leave, [organiser, *crowd[:5]])
    assert told == ["enlarged"] + ["cancelled"] * 5
    assert set(living(activity_id, ClaimState.SIGNED)) == {person.worker_id for person in crowd[5:16]}
    assert living(activity_id, ClaimState.WAITING) == [person.worker_id for person in crowd[16:]]


@pytest.mark.usefixtures("books_fit")
@pytest.mark.parametrize("waiting_list", [False, True])
def test_people_who_change_their_mind_in_several_places_at_once_break_nothing(
    announce: Announce, racers: Racers, waiting_list: bool
) -> None:
    activity_id = announce(seats=3, waiting_list=waiting_list)
    told = racers.race(change_ones_mind, [person for person in people(6, activity_id) for _ in range(PROCESSES)])
    assert {word for words in told for word in words} <= {"new", "repeated", "full", "cancelled", "not_found"}


@pytest.mark.usefixtures("books_fit")
def test_processes_killed_before_the_commit_lose_no_seat(
    announce: Announce, racers: Racers, environment: dict[str, str]
) -> None:
    activity_id = announce(seats=5)
    crowd = people(20, activity_id)
    context = multiprocessing.get_context("spawn")
    dying = [context.Process(target=take_and_die, args=(environment, person)) for person in crowd[:2]]
    for process in dying:
        process.start()
    told = racers.race(tap, crowd[2:6])
    for process in dying:
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
    assert [one.word for one in told] == ["new"] * 4
    assert left(activity_id) == 1
    told = racers.race(tap, crowd[6:])
    assert [one.word for one in told].count("new") == 1


@pytest.mark.usefixtures("books_fit")
def test_redis_flushed_during_the_rush_changes_no_answer(
    announce: Announce, racers: Racers, redis: redis_library.Redis
) -> None:
    activity_id = announce(seats=12)
    over = threading.Event()

    def flush_without_end() -> None:
        while not over.wait(0.001):
            redis.flushdb()

    flusher = threading.Thread(target=flush_without_end)
    flusher.start()
    try:
        told = racers.race(tap_again_and_again, people(40, activity_id))
    finally:
        over.set()
        flusher.join()
    winners = [words for words in told if "new" in words]
    assert len(winners) == 12
    assert all(words == ["new"] + ["repeated"] * 7 for words in winners), "a winner was told something else"
    assert all(set(words) == {"full"} for words in told if words not in winners)


@pytest.mark.usefixtures("books_fit")
def test_redis_going_away_and_coming_back_changes_no_answer(announce: Announce, racers: Racers) -> None:
    activity_id = announce(seats=12)
    told = racers.race(tap_while_redis_goes_away, people(40, activity_id))
    winners = [words for words in told if "new" in words]
    assert len(winners) == 12
    assert all(words[0] == "new" and set(words[1:]) == {"repeated"} for words in winners)
    assert all(set(words) == {"full"} for words in told if words not in winners)


@pytest.mark.usefixtures("books_fit")
def test_a_winner_is_never_told_full_while_seats_change_hands(announce: Announce, racers: Racers) -> None:
    """No waiting list: the flag is raised and lowered all the time."""
    activity_id = announce(seats=3)
    for person in people(3, activity_id):
        tap(person)
    for _ in range(5):
        holding = living(activity_id, ClaimState.SIGNED)
        leavers = [Person(holder, activity_id, 0) for holder in holding[:2]]
        comers = [person for person in people(24, activity_id, first=10) if person.worker_id not in holding]
        told = racers.race(leave_or_tap_again_and_again, [*leavers, *comers])
        for words in told[len(leavers) :]:
            assert "full" not in words[words.index("new") :] if "new" in words else set(words) == {"full"}


def leave_or_tap_again_and_again(person: Person) -> list[str]:
    return [leave(person)] if person.number == 0 else tap_again_and_again(person)
