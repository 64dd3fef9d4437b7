"""Everything that can happen to seats, two by two at the same moment, in several processes."""

import itertools
import uuid
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from server.core.db import db
from server.notices.models import Notice
from server.seats.claims import claims
from server.seats.models import LIVING, ClaimState
from server.seats.verify import verify
from tests.activities.conftest import Announce
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.races.racing import PROCESSES, Racers
from tests.races.seat_acts import Act, Deed, do, lock_with
from tests.races.signing_up import Person, leave, tap

SEATS = 4
PAIRS = list(itertools.combinations_with_replacement(Deed, 2))

TOUCHING = [
    (Deed.SIGN_UP, Deed.SIGN_UP),
    (Deed.CANCEL, Deed.CANCEL),
    (Deed.CANCEL, Deed.EXPIRE),
    (Deed.CANCEL, Deed.CONFIRM),
    (Deed.CANCEL, Deed.CAPACITY),
    (Deed.CANCEL, Deed.CLOSE),
    (Deed.EXPIRE, Deed.EXPIRE),
    (Deed.EXPIRE, Deed.CONFIRM),
    (Deed.EXPIRE, Deed.CAPACITY),
    (Deed.EXPIRE, Deed.CLOSE),
    (Deed.CONFIRM, Deed.CONFIRM),
    (Deed.CONFIRM, Deed.CLOSE),
    (Deed.CAPACITY, Deed.CLOSE),
    (Deed.CLOSE, Deed.CLOSE),
]
"""Pairs that meet on one claim or on one free seat: without the lock on the pool's row they come to grief. Of the rest
there is nothing to show: they touch different rows, or meet in one statement, whose condition has a test of its own."""
TRIES = 8


class Scene:
    """Four seats: two signed (3, 4), two offered (5, 6); four wait (7 to 10). 11 and 12 are yet to come."""

    def __init__(self, activity_id: uuid.UUID) -> None:
        self.activity_id = activity_id
        for number in range(1, 11):
            tap(self.person(number))
        for number in (1, 2):
            leave(self.person(number))

    def person(self, number: int) -> Person:
        return Person(uuid.uuid5(self.activity_id, str(number)), self.activity_id, number)

    def acts(self, deed: Deed) -> list[Act]:
        numbers = {
            Deed.SIGN_UP: (11, 12),
            Deed.CANCEL: (3, 5),
            Deed.EXPIRE: (0, 0),
            Deed.CONFIRM: (5, 6),
            Deed.CAPACITY: (SEATS + 1, SEATS + 2),
            Deed.CLOSE: (3, 6),
        }[deed]
        return [Act(deed, self.person(number)) for number in numbers]

    def broken(self, done: list[tuple[Act, str]]) -> list[str]:
        """What nobody should ever see after a race."""
        db.session.rollback()
        found = [finding.what for finding in verify()[1]]
        found += [f"{act.deed}: {said}" for act, said in done if said.startswith("!")]
        found += self._told_twice()
        gone = {act.person.number for act, _ in done if act.deed in (Deed.CANCEL, Deed.CLOSE)}
        for act, said in done:
            lost = act.deed is Deed.CONFIRM and said == "signed" and act.person.number not in gone
            if lost and self._state(act.person) is not ClaimState.SIGNED:
                found.append("who was told that the seat is theirs has it not")
        found += self._same_place([act for act, _ in done], [said for _, said in done])
        return found

    def _same_place(self, acts: list[Act], answers: list[str]) -> list[str]:
        """Only where nobody leaves the line meanwhile: then a place is told to one."""
        told = set(zip(answers, (act.person for act in acts), strict=True))
        alone = all(act.deed is Deed.SIGN_UP for act in acts)
        return ["two were told the same place"] if alone and len(told) != len(set(answers)) else []

    def _told_twice(self) -> list[str]:
        here = Notice.link == f"/activities/{self.activity_id}"
        rows = db.session.execute(sa.select(Notice.worker_id, Notice.kind).where(here))
        return [f"told twice: {kind}" for (_, kind), count in Counter(map(tuple, rows)).items() if count > 1]

    def _state(self, person: Person) -> ClaimState | None:
        return db.session.scalar(
            sa.select(claims.c.state).where(
                claims.c.scope_id == self.activity_id,
                claims.c.holder_id == person.worker_id,
                claims.c.state.in_(LIVING),
            )
        )


MakeScene = Callable[[], Scene]


@pytest.fixture
def scene(announce: Announce) -> MakeScene:
    def make() -> Scene:
        return Scene(announce(seats=SEATS, waiting_list=True, offers=True))

    return make


@pytest.fixture
def unlocked(racers: Racers) -> Iterator[None]:
    racers.race(lock_with, [False] * PROCESSES)
    yield
    racers.race(lock_with, [True] * PROCESSES)


def race(racers: Racers, scene: Scene, pair: tuple[Deed, Deed]) -> list[str]:
    """Both at once, two of each, neighbours in different processes."""
    acts = [act for both in zip(scene.acts(pair[0]), scene.acts(pair[1]), strict=True) for act in both]
    return scene.broken(list(zip(acts, racers.race(do, acts), strict=True)))


@pytest.mark.usefixtures("unlocked")
@pytest.mark.parametrize("pair", TOUCHING, ids="-".join)
def test_without_the_lock_they_come_to_grief(scene: MakeScene, racers: Racers, pair: tuple[Deed, Deed]) -> None:
    """Shows that this set-up can tell right from wrong."""
    assert any(race(racers, scene(), pair) for _ in range(TRIES))


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_with_it_they_never_do(scene: MakeScene, racers: Racers, pair: tuple[Deed, Deed]) -> None:
    for _ in range(2):
        assert race(racers, scene(), pair) == []
