"""Two at once on one case, in several processes: one wins, the other is told, nothing is half-written or lost."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases import filling, paying, working
from server.cases.catalogue import version_of
from server.cases.models import Case, CaseEvent, CaseMessage, CaseProposal
from server.cases.proposals import DECIDED
from server.cases.working import CHANGED, Named
from server.clocks.models import OwnerKind
from server.clocks.service import clocks_of
from server.core.access import Level
from server.core.db import db
from tests.cases.conftest import submission
from tests.cases.declared import services
from tests.people import person
from tests.races.case_acts import Act, Deed, do, lock_with
from tests.races.racing import PROCESSES, Racers, index_dropped
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff

TRIES = 8
NOT_NOW = "step_not_possible"


@dataclass
class Scene:
    """A case, and who may act on it: A1 and B2 work on it, Z1 is the chair, F1 to F3 are finance."""

    no: str
    who: Headers

    @property
    def version(self) -> int:
        db.session.rollback()
        return db.session.scalars(sa.select(Case.version).where(Case.no == self.no)).one()

    @property
    def written(self) -> int:
        """How many versions are no step's: words, and what was filled in."""
        steps = sa.select(sa.func.count()).select_from(CaseEvent).join(Case, Case.id == CaseEvent.case_id)
        return self.version - (db.session.scalar(steps.where(Case.no == self.no)) or 0)

    def step(self, what: str, staff_no: str = "A1", text: str | None = None, **named: Any) -> None:
        working.staff_step(no=self.no, code=what, staff_no=staff_no, text=text, named=Named(**named))

    def acts(self, *wanted: Act) -> list[Act]:
        """The same for this case."""
        return [replace(act, no=self.no, worker_id=self.who.worker_id) for act in wanted]

    def broken(self, done: Sequence[tuple[Act, str]], *, written: int) -> list[str]:
        """What nobody should ever see after a race; before it, so much was `written`."""
        said = [act for act, told in done if act.deed is Deed.SAY and told == "done"]
        lost = self.written != written + len(said)
        case = db.session.scalars(sa.select(Case).where(Case.no == self.no)).one()
        events = db.session.scalars(
            sa.select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.number)
        ).all()
        found = [f"{act.deed}: {told}" for act, told in done if told.startswith("!")]
        if events[-1].target != case.state:
            found.append("the timeline ends elsewhere")
        if lost:
            found.append("two changed the same version")
        by = version_of(case.service, case.service_version).machine.states[case.state].by
        running = [
            clock.key for clock in clocks_of(owner_kind=OwnerKind.CASE, owner_id=case.id) if clock.stopped_at is None
        ]
        if by is not None and running.count(by) != 1:
            found.append(f"{running.count(by)} clocks run for whose turn it is")
        kept = set(db.session.scalars(sa.select(CaseMessage.text).where(CaseMessage.case_id == case.id)))
        kept.add(case.answers)
        for act, told in done:
            if act.text is not None and any(act.text in words for words in kept) != (told == "done"):
                found.append(f"{act.deed} was told {told}: {act.text}")
        open_or_not = db.session.scalars(
            sa.select(CaseProposal.decided_at).where(CaseProposal.case_id == case.id)
        ).all()
        if open_or_not.count(None) > 1:
            found.append("two wait for the same decision")
        return found


MakeScene = Callable[..., Scene]
REPLY = Act(deed=Deed.STEP, no="", staff_no="A1", what="reply", text="罚款已经全部退回。")
EXTEND = Act(deed=Deed.STEP, no="", staff_no="A1", what="extend")
APPROVE = Act(deed=Deed.APPROVE, no="", staff_no="B2")


def in_hand(scene: Scene) -> list[Act]:
    scene.step("accept")
    seen = scene.version
    return [replace(REPLY, version=seen)]


def two_take_it(scene: Scene) -> list[Act]:
    return [
        Act(deed=Deed.STEP, no="", staff_no="A1", what="accept"),
        Act(deed=Deed.STEP, no="", staff_no="B2", what="refuse", ground="not_ours", text="请找人社局。"),
    ]


def a_second_click(scene: Scene) -> list[Act]:
    return [Act(deed=Deed.STEP, no="", staff_no="A1", what="accept", text="我们来办。", version=scene.version)] * 2


def supplement_and_close(scene: Scene) -> list[Act]:
    return [Act(deed=Deed.SUPPLEMENT, no="", text="演示二站"), *in_hand(scene)]


def message_and_close(scene: Scene) -> list[Act]:
    return [Act(deed=Deed.SAY, no="", text="公司又发了通知。"), *in_hand(scene)]


def withdraw_and_take(scene: Scene) -> list[Act]:
    return [Act(deed=Deed.WITHDRAW, no=""), Act(deed=Deed.STEP, no="", staff_no="A1", what="accept")]


def two_decide(scene: Scene) -> list[Act]:
    scene.step("accept")
    scene.step("extend", text="要多三天。", amount=3)
    return [replace(APPROVE, what="extend"), Act(deed=Deed.DECLINE, no="", staff_no="C3", what="extend")]


def _prepared(scene: Scene) -> str:
    """A grant of 1000 yuan that F1 has prepared; returns the code of the step."""
    scene.step("talk", text="今晚没地方住。")
    filling.fill_in(no=scene.no, staff_no="A1", answers=services()["hardship_aid"].example_by_staff)
    scene.step("fast_grant", text="先安顿。", amount=100_000)
    working.decide(no=scene.no, what="fast_grant", staff_no="Z1", approve=True)
    step = paying.owed(staff_no="F1")[0].step
    assert step is not None
    scene.step(step, "F1")
    return step


def two_confirm_a_payment(scene: Scene) -> list[Act]:
    step = _prepared(scene)
    return [Act(deed=Deed.APPROVE, no="", staff_no=number, what=step) for number in ("F2", "F3")]


def one_confirms_another_returns(scene: Scene) -> list[Act]:
    step = _prepared(scene)
    return [
        Act(deed=Deed.APPROVE, no="", staff_no="F2", what=step),
        Act(deed=Deed.DECLINE, no="", staff_no="F3", what=step),
    ]


@dataclass(frozen=True)
class Race:
    """What happens before, and what the two may be told."""

    arrange: Callable[[Scene], list[Act]]
    told: frozenset[tuple[str, str]]
    service: str = "grievance"

    def __str__(self) -> str:
        return self.arrange.__name__


def either(loser: str) -> frozenset[tuple[str, str]]:
    return frozenset({("done", loser), (loser, "done")})


RACES = [
    Race(two_take_it, either(NOT_NOW)),
    Race(a_second_click, frozenset({("done", "done")})),
    # Who closes looks again if something came; who adds something too late is told so, and the page keeps the words.
    Race(supplement_and_close, frozenset({("done", CHANGED), (NOT_NOW, "done")})),
    Race(message_and_close, frozenset({("done", CHANGED), ("done", "done")})),
    Race(withdraw_and_take, frozenset({("done", NOT_NOW), ("done", "done")})),
    Race(two_decide, either(DECIDED)),
    Race(two_confirm_a_payment, either(DECIDED), "hardship_aid"),
    Race(one_confirms_another_returns, either(DECIDED), "hardship_aid"),
]


@pytest.fixture
def scene(app: Flask, client: FlaskClient, sign_in: SignIn) -> MakeScene:
    app.extensions["warmbee_services"].kept.clear()
    for number in ("A1", "B2", "C3"):
        make_staff(number)
    make_staff("Z1", "district_chair")
    for number in ("F1", "F2", "F3"):
        make_staff(number, "finance")
    made = 0

    def make(service: str) -> Scene:
        nonlocal made
        made += 1
        who = sign_in(Level.L3, who=person(600 + made))
        answer = client.post("/api/v1/cases", json=submission(service), headers=who)
        assert answer.status_code == 201, answer.json
        return Scene(answer.json["no"], who)

    return make


@pytest.fixture
def unlocked(racers: Racers) -> Iterator[None]:
    racers.race(lock_with, [False] * PROCESSES)
    yield
    racers.race(lock_with, [True] * PROCESSES)


def run(racers: Racers, scene: Scene, race: Race) -> list[str]:
    acts = scene.acts(*race.arrange(scene))
    written = scene.written
    db.session.rollback()
    told = racers.race(do, acts)
    wrong = [] if tuple(told) in race.told else [f"they were told {told}"]
    return wrong + scene.broken(list(zip(acts, told, strict=True)), written=written)


@pytest.mark.usefixtures("unlocked")
@pytest.mark.parametrize("race", RACES, ids=str)
def test_without_the_lock_they_come_to_grief(scene: MakeScene, racers: Racers, race: Race) -> None:
    """Shows that this set-up can tell right from wrong."""
    assert any(run(racers, scene(race.service), race) for _ in range(TRIES))


@pytest.mark.parametrize("race", RACES, ids=str)
def test_one_wins_and_the_other_is_told(scene: MakeScene, racers: Racers, race: Race) -> None:
    for _ in range(3):
        assert run(racers, scene(race.service), race) == []


@pytest.fixture
def without_index(app: Flask) -> Iterator[None]:
    with index_dropped("uq_case_proposal_open", table="case_proposal"):
        yield


def two_ask(scene: Scene) -> list[Act]:
    scene.step("accept")
    return [replace(EXTEND, staff_no=number, text=f"{number} 要多几天。") for number in ("A1", "B2")]


@pytest.mark.usefixtures("unlocked", "without_index")
def test_without_lock_and_index_two_ask_for_the_same(scene: MakeScene, racers: Racers) -> None:
    assert any("two wait" in wrong for _ in range(TRIES) for wrong in _asking(racers, scene("grievance")))


def test_of_two_who_ask_for_the_same_one_is_told_of_the_other(scene: MakeScene, racers: Racers) -> None:
    for _ in range(3):
        assert _asking(racers, scene("grievance")) == []


def _asking(racers: Racers, scene: Scene) -> list[str]:
    # What is asked is nobody's words yet; only what is decided counts.
    acts = scene.acts(*two_ask(scene))
    written = scene.written
    db.session.rollback()
    told = racers.race(do, acts)
    wrong = [] if tuple(told) in either("asked_already") else [f"they were told {told}"]
    done = [(replace(act, text=None), said) for act, said in zip(acts, told, strict=True)]
    return wrong + scene.broken(done, written=written)
