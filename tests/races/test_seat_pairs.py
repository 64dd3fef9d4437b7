"""Everything that can happen to seats, two by two at the same moment, in several processes."""

import itertools
import uuid
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from server.core.db import db
from server.notices.models import Notice
from server.seats.claims import claims, pools
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

ALONE = [
    (Deed.SIGN_UP, Deed.CANCEL),
    (Deed.SIGN_UP, Deed.EXPIRE),
    (Deed.SIGN_UP, Deed.CAPACITY),
    (Deed.SIGN_UP, Deed.CLOSE),
]
"""Pairs that come to grief where nobody waits yet: whoever joins the waiting list misses the seat that is freed just
then. While others wait it goes to the first of them, who is seen."""
APART = [(Deed.SIGN_UP, Deed.CONFIRM), (Deed.CONFIRM, Deed.CAPACITY)]
"""Pairs that cannot meet: none writes a row on which the other decides. That is looked at, below."""
TOUCHING = [pair for pair in PAIRS if pair not in ALONE and pair not in APART]
"""Pairs that meet on one claim or on one free seat: without the lock on the pool's row they come to grief."""
DELAYS = [(0, 0), (0.06, 0), (0, 0.03), (0.09, 0), (0.03, 0), (0, 0.06), (0.12, 0), (0.075, 0), (0.15, 0), (0, 0.1)]
"""Seconds by which the first and the second of a pair start late, until both have met at every point of their ways."""


class Scene:
    """Four seats: two signed (3, 4), two offered (5, 6); four wait (7 to 10), or nobody. 11 and 12 are yet to come."""

    def __init__(self, activity_id: uuid.UUID, *, waiting: bool = True) -> None:
        self.activity_id = activity_id
        self.waiting = waiting
        for number in range(1, 11 if waiting else 7):
            tap(self.person(number))
        for number in (1, 2):
            leave(self.person(number))

    def person(self, number: int) -> Person:
        return Person(uuid.uuid5(self.activity_id, str(number)), self.activity_id, number)

    def acts(self, deed: Deed, *, after: float = 0) -> list[Act]:
        numbers = {
            Deed.SIGN_UP: (11, 12),
            Deed.CANCEL: (3, 5),
            Deed.EXPIRE: (0, 0),
            Deed.CONFIRM: (5, 6),
            Deed.CAPACITY: (SEATS + 1, SEATS + 2),
            Deed.CLOSE: (3, 6),
        }[deed]
        return [Act(deed, self.person(number), after) for number in numbers]

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

    def rows(self) -> dict[uuid.UUID, str]:
        """Which version of the pool's row and of each claim's there is."""
        db.session.rollback()
        version = sa.literal_column("xmin").cast(sa.Text)
        found = sa.union_all(
            sa.select(pools.c.id, version).where(pools.c.scope_id == self.activity_id),
            sa.select(claims.c.id, version).where(claims.c.scope_id == self.activity_id),
        )
        return {row[0]: row[1] for row in db.session.execute(found)}

    def claim(self, number: int) -> uuid.UUID:
        holder = self.person(number).worker_id
        return db.session.scalars(
            sa.select(claims.c.id).where(claims.c.scope_id == self.activity_id, claims.c.holder_id == holder)
        ).one()

    def _state(self, person: Person) -> ClaimState | None:
        return db.session.scalar(
            sa.select(claims.c.state).where(
                claims.c.scope_id == self.activity_id,
                claims.c.holder_id == person.worker_id,
                claims.c.state.in_(LIVING),
            )
        )


MakeScene = Callable[..., Scene]


@pytest.fixture
def scene(announce: Announce) -> MakeScene:
    def make(*, waiting: bool = True) -> Scene:
        return Scene(announce(seats=SEATS, waiting_list=True, offers=True), waiting=waiting)

    return make


@pytest.fixture
def unlocked(racers: Racers) -> Iterator[None]:
    racers.race(lock_with, [False] * PROCESSES)
    yield
    racers.race(lock_with, [True] * PROCESSES)


def race(racers: Racers, scene: Scene, pair: tuple[Deed, Deed], *, delays: tuple[float, float] = (0, 0)) -> list[str]:
    """Both at once, neighbours in different processes: two of each, or one where nobody waits, since a second one that
    frees a seat would make good what the first has missed.
    """
    first, second = (
        scene.acts(deed, after=after)[: 2 if scene.waiting else 1] for deed, after in zip(pair, delays, strict=True)
    )
    acts = [act for both in zip(first, second, strict=True) for act in both]
    return scene.broken(list(zip(acts, racers.race(do, acts), strict=True)))


@pytest.mark.usefixtures("unlocked")
@pytest.mark.parametrize(
    ("pair", "waiting"), [*((pair, True) for pair in TOUCHING), *((pair, False) for pair in ALONE)]
)
def test_without_the_lock_they_come_to_grief(
    scene: MakeScene, racers: Racers, pair: tuple[Deed, Deed], waiting: bool
) -> None:
    """Shows that this set-up can tell right from wrong."""
    assert any(race(racers, scene(waiting=waiting), pair, delays=delays) for delays in DELAYS)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_with_it_they_never_do(scene: MakeScene, racers: Racers, pair: tuple[Deed, Deed]) -> None:
    for _ in range(2):
        assert race(racers, scene(), pair) == []


@pytest.mark.parametrize("pair", ALONE, ids="-".join)
def test_nor_while_nobody_waits_yet(scene: MakeScene, racers: Racers, pair: tuple[Deed, Deed]) -> None:
    for delays in DELAYS[:3]:
        assert race(racers, scene(waiting=False), pair, delays=delays) == []


@pytest.mark.parametrize("pair", APART, ids="-".join)
def test_those_that_cannot_meet_write_different_rows(scene: MakeScene, pair: tuple[Deed, Deed]) -> None:
    """Each alone: a confirmation changes one offered claim and no counter, the others counters and other claims."""
    here = scene()
    changed = []
    for deed in pair:
        before = here.rows()
        assert do(here.acts(deed)[0]) not in {"refused", "full"}
        changed.append({row for row, version in here.rows().items() if before.get(row) != version})
    assert all(changed)
    assert changed[0] & changed[1] == set()
    assert changed[pair.index(Deed.CONFIRM)] == {here.claim(5)}
