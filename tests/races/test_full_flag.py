"""The "full" flag in Redis, written by one process when a seat was freed already in another."""

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from server.core.db import db
from server.core.redis import redis_client
from server.seats import soldout
from server.seats.claims import claims
from server.seats.verify import verify
from tests.activities.conftest import Announce
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.races.racing import PROCESSES, Racers
from tests.races.signing_up import Person, leave, tap

PATIENCE = 60
TRIES = 20
"""So often others try while a flag stands that has no end; one that has is tried until somebody got in."""
FOR_EVER_MS = 60_000
LEAVER, LOSER = 0, 1
REFUSED = "test:refused"
LEFT = "test:left"
FLAGGED = "test:flagged"
GOT_IN = "test:got-in"

_raise_flag = soldout.raise_flag


def play(person: Person) -> list[str]:
    """One leaves once PostgreSQL has refused the loser, who writes the flag after that; others try to get in."""
    if person.number == LEAVER:
        _await(lambda: redis_client().exists(REFUSED))
        told = leave(person)
        redis_client().set(LEFT, 1)
        return [told]
    if person.number == LOSER:
        soldout.raise_flag = _too_late
        try:
            return [tap(person).word]
        finally:
            soldout.raise_flag = _raise_flag
    _await(lambda: redis_client().exists(FLAGGED))
    if soldout.FULL_MS == FOR_EVER_MS:
        return [tap(person).word for _ in range(TRIES)]
    told: list[str] = []
    _await(lambda: _got_in(told, tap(person).word) or redis_client().exists(GOT_IN))
    return told


def _got_in(told: list[str], word: str) -> bool:
    told.append(word)
    if word == "new":
        redis_client().set(GOT_IN, 1)
    return word == "new"


def _too_late(*, pool_id: uuid.UUID, **who: Any) -> None:
    redis_client().set(REFUSED, 1)
    _await(lambda: redis_client().exists(LEFT))
    _raise_flag(pool_id=pool_id, **who)
    redis_client().set(FLAGGED, 1)


def _await(condition: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def keep_flags_for(milliseconds: int) -> None:
    """In this process."""
    soldout.FULL_MS = milliseconds


@pytest.fixture
def endless_flags(racers: Racers) -> Iterator[None]:
    racers.race(keep_flags_for, [FOR_EVER_MS] * PROCESSES)
    yield
    racers.race(keep_flags_for, [soldout.FULL_MS] * PROCESSES)


def run(announce: Announce, racers: Racers) -> list[list[str]]:
    """What the two newcomers were told, after the flag came too late."""
    activity_id = announce(seats=1)
    four = [Person(uuid.UUID(int=number + 1), activity_id, number) for number in range(4)]
    assert tap(four[LEAVER]).word == "new"
    told = racers.race(play, four)
    assert told[:2] == [["cancelled"], ["full"]]
    db.session.rollback()
    assert verify()[1] == []
    return told[2:]


@pytest.mark.usefixtures("endless_flags")
def test_a_flag_without_an_end_would_leave_the_seat_empty(announce: Announce, racers: Racers) -> None:
    """Shows that this set-up can tell right from wrong."""
    assert [set(words) for words in run(announce, racers)] == [{"full"}, {"full"}]


def test_a_flag_that_came_too_late_heals_and_one_gets_the_seat(announce: Announce, racers: Racers) -> None:
    newcomers = run(announce, racers)
    assert any(words[0] == "full" for words in newcomers), "the race was not provoked"
    assert sum("new" in words for words in newcomers) == 1
    assert {word for words in newcomers for word in words} == {"full", "new"}
    held = db.session.scalar(sa.select(sa.func.count()).where(claims.c.state == "signed"))
    assert held == 1
