"""Every service's life against a plain model: states, once-steps and clocks after each step, walked by hypothesis.

The model (`life_model`) knows what a file says and nothing of how the service does it, which is asked in `life_asked`:
the state, which once-steps were made, who has the case in hand, and of each clock whether it runs or stands. Of cases
that are exchanged with 12345, in either direction, it knows what each side has told the other, and whose turn it is.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.cases.exchange.inbound import receive
from server.cases.exchange.models import CaseExchange, ExchangeMessage
from server.cases.models import Case, CaseEvent
from server.cases.reading import own_case
from server.cases.vocabulary import Actor, Direction, IdentityMode
from server.city.service import init_city
from server.city.words import Incoming, Word
from server.core import clock
from server.core.clock import SHANGHAI
from server.core.db import db
from server.core.errors import Problem
from server.unions.staff.vocabulary import Right
from tests.cases.declared import services
from tests.cases.life_asked import CHAIRS, FINANCE, LifeAsked
from tests.cases.life_model import LAWYERS, NOT_BY_ONE
from tests.cases.test_in_confidence import make_union
from tests.staff import make_staff

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
OFFICE = "市容管理局"
THEIRS = {
    Direction.IN: (Word.CLOSED, Word.REOPENED, Word.RECALLED),
    Direction.OUT: (Word.TAKEN, Word.ANSWERED, Word.CLOSED, Word.RETURNED, Word.REOPENED),
}
"""What 12345 says of an order that it handed over, or got."""


WALKED = {
    None: set[str](),
    Direction.OUT: {"to_city", "city_answers"},
    Direction.IN: {"reply", "city_reopens"},
}
"""What the lives of a way have to come through, or they show nothing of it."""


@contextmanager
def _clock_at(read: Callable[[], datetime]) -> Iterator[None]:
    real = clock.source
    clock.source = read
    try:
        yield
    finally:
        clock.source = real


class Life(LifeAsked, RuleBasedStateMachine):
    """One case, and the plain model of it."""

    def __init__(self) -> None:
        super().__init__()
        self.at = BEGIN
        self.flow = self.service.document["flow"]
        self.patience = _clock_at(lambda: self.at)
        self.patience.__enter__()

    def teardown(self) -> None:
        self.patience.__exit__(None, None, None)
        db.session.rollback()

    @initialize()
    def begin(self) -> None:
        self.agreed = set()
        self.order = None
        self.told = []
        self.seq, self.given_back, self.their_due_at = 0, False, None
        self.assignee = None
        self.worker_id = None
        if self.way is Direction.IN:
            self.come_in()
        elif self.service.opened_from:
            self.open_from_another()
        else:
            self.send()
        opening = self.flow["opening"]
        self.state = opening["to"]
        self.clocks = dict.fromkeys(self.started(opening["start"]), "runs")
        self.spent = set()
        self.steps, self.handler, self.barred = 1, None, None
        self.decided_by = set()
        self.objected_to = set()
        db.session.rollback()

    # ── what happens

    @rule(data=st.data(), hours=st.integers(0, 60))
    def somebody_makes_a_step(self, data: st.DataObject, hours: int) -> None:
        self.at += timedelta(hours=hours)
        possible = [code for code, step in self.flow["transitions"].items() if self.may(code, step)]
        if not possible:
            return
        # A life that ends at once shows little: ends are left to one try in eight.
        going_on = [code for code in possible if not self.ends(code)]
        if going_on and data.draw(st.integers(0, 7)):
            possible = going_on
        if self.way is Direction.OUT and self.order is None and data.draw(st.integers(0, 7)):
            possible = self.towards_12345(possible) or possible
        if self.way is Direction.IN and data.draw(st.integers(0, 1)):
            # Of what was never answered nobody says that it is not solved.
            possible = [one for one in possible if self.tells(self.flow["transitions"][one]) == "answered"] or possible
        if self.way is not None and self.awaits_12345() and data.draw(st.integers(0, 3)):
            self.hear(data)
            return
        code = data.draw(st.sampled_from(sorted(possible)))
        step = self.service.machine.steps[code]
        self.at += timedelta(minutes=1)
        if Actor.STAFF in step.who:
            self.by_staff(step, data)
        elif Actor.WORKER in step.who:
            self.by_worker(step)
            self.model(code)
        elif step.due is not None:
            self.by_clock(step)
        db.session.rollback()

    @precondition(lambda self: getattr(self, "order", None) is not None)
    @rule(data=st.data(), hours=st.integers(0, 30))
    def the_city_says_something(self, data: st.DataObject, hours: int) -> None:
        self.at += timedelta(hours=hours)
        self.hear(data)

    def hear(self, data: st.DataObject) -> None:
        """12345 says one of its words, twice."""
        assert self.order is not None
        self.at += timedelta(minutes=1)
        words = [word for word in THEIRS[self.order] if word is not Word.RECALLED or data.draw(st.integers(0, 7)) == 5]
        word = data.draw(st.sampled_from(words))
        due_at = data.draw(st.sampled_from([None, self.at + timedelta(days=9)]))
        said = Incoming(
            word=word,
            order_no=self.their_no,
            our_no=self.no,
            seq=self.seq + 1,
            text="写一句。",
            office=OFFICE,
            due_at=due_at,
        )
        mirrored = [
            code
            for code, step in self.flow["transitions"].items()
            if word.value in step.get("mirrors", [])
            and step.get("order", self.order.value) == self.order.value
            and self.state in step["from"]
        ]
        over = self.service.machine.states[self.state].final
        if word is Word.REOPENED and over and not mirrored:
            with pytest.raises(Problem):
                receive(said)
            db.session.rollback()
            return
        assert receive(said)
        assert not receive(said), "said again it changes nothing"
        self.seq, self.their_due_at = said.seq, due_at or self.their_due_at
        self.given_back = word is Word.RETURNED or (self.given_back and Word.RECALLED.value in self.told)
        if mirrored:
            self.model(mirrored[0])
        db.session.rollback()

    @rule(data=st.data())
    def somebody_tries_what_is_not_possible(self, data: st.DataObject) -> None:
        wrong = [
            code
            for code, step in self.flow["transitions"].items()
            if step["who"] == ["staff"] and not self.may(code, step) and code not in NOT_BY_ONE
        ]
        if wrong:
            code = data.draw(st.sampled_from(sorted(wrong)))
            step = self.service.machine.steps[code]
            with pytest.raises(Problem):
                self.staff_step(step, "F1" if step.right is Right.PAYMENTS else "A1")
            db.session.rollback()

    # ── what holds after every step

    @precondition(lambda self: hasattr(self, "no"))
    @invariant()
    def the_case_is_where_the_model_is(self) -> None:
        row = db.session.execute(
            sa.select(Case.state, Case.spent, Case.handler_no, Case.barred_no, Case.objected_to).where(
                Case.no == self.no
            )
        ).one()
        assert (row.state, set(row.spent), row.handler_no, row.barred_no, set(row.objected_to)) == (
            self.state,
            self.spent,
            self.handler,
            self.barred,
            self.objected_to,
        )
        events = db.session.scalars(
            sa.select(CaseEvent.target).where(CaseEvent.case_id == self.case_id).order_by(CaseEvent.number)
        ).all()
        assert (len(events), events[-1]) == (self.steps, self.state)
        db.session.rollback()

    @precondition(lambda self: hasattr(self, "no"))
    @invariant()
    def its_clocks_are_those_of_the_model(self) -> None:
        rows = self.rows()
        living = {one.key: "stands" if one.paused else "runs" for one in rows if one.stopped_at is None}
        assert living == self.clocks
        for one in rows:
            assert one.due_at >= one.original_due_at or one.event_at is not None
            assert one.stopped_at is None or one.stopped_at >= one.started_at
        state = self.service.machine.states[self.state]
        assert state.final or living[str(state.by)] == "runs", "whoever is next has a date"
        assert not (state.final and living), "an end owes nothing"
        db.session.rollback()

    @precondition(lambda self: getattr(self, "order", None) is not None)
    @invariant()
    def both_sides_know_the_same(self) -> None:
        row = db.session.scalars(sa.select(CaseExchange).where(CaseExchange.case_id == self.case_id)).one()
        assert (row.direction, row.their_due_at) == (self.order, self.their_due_at), "their clock is none of ours"
        assert row.their_seq == self.seq
        told = db.session.scalars(
            sa.select(ExchangeMessage.word).where(ExchangeMessage.exchange_id == row.id).order_by(ExchangeMessage.id)
        ).all()
        assert told == self.told
        db.session.rollback()
        if self.worker_id is not None:
            turn = own_case(no=self.no, key=self.key)["next"]
            state = self.flow["states"][self.state]
            assert turn["who"] == state["next"]
            assert (turn["name"] == f"12345 {OFFICE}") == (state["next"] == "outside" and self.seq > 0)
            db.session.rollback()


@pytest.fixture(autouse=True)
def _connected(app: Flask) -> Iterator[None]:
    """With 12345, which nobody calls here: what it has to be told stays in its rows."""
    known = app.config["WARMBEE"]
    init_city(app, replace(known, city_api_base="http://127.0.0.1:9"))
    yield
    init_city(app, known)


@pytest.mark.parametrize(
    ("key", "mode", "way"),
    [
        *((key, mode, None) for key, service in services().items() for mode in service.modes),
        ("grievance", IdentityMode.NAMED, Direction.OUT),
        ("grievance", IdentityMode.NAMED, Direction.IN),
        ("grievance", IdentityMode.ANONYMOUS, Direction.IN),
    ],
)
def test_a_service_lives_as_its_file_says(app: Flask, key: str, mode: IdentityMode, way: Direction | None) -> None:
    union = make_union("LIFE")
    for number in FINANCE:
        make_staff(number, "finance")
    for number in CHAIRS:
        make_staff(number, "district_chair")
    for number in LAWYERS:
        make_staff(number, "lawyer")
    walked: Counter[str] = Counter()
    people = itertools.count(100)
    known = {"service": services()[key], "mode": mode, "union": union, "people": people, "way": way, "walked": walked}
    life = type("LifeOf", (Life,), known)
    # Where a way through 12345 is wanted it has to be walked: these lives are the same every time.
    run_state_machine_as_test(
        life if way is None else seed(12345)(life),
        settings=settings(
            max_examples=8 if way is None else 12,
            stateful_step_count=25,
            # Each step asks a real database: a failure is shown as it was found.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert WALKED[way] <= walked.keys(), f"never walked: {WALKED[way] - walked.keys()}"
