"""Every service's life against a plain model: states, once-steps and clocks after each step, walked by hypothesis.

The model below knows what a file says and nothing of how the service does it: the state, which once-steps were
made, who has the case in hand, and of each clock whether it runs or stands. Of cases that are exchanged with 12345, in
either direction, it knows what each side has told the other, and whose turn it is.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

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

from server.cases import acts, filling, working
from server.cases.about_members import open_about
from server.cases.declaration import Service
from server.cases.exchange.inbound import receive
from server.cases.exchange.models import CaseExchange, ExchangeMessage
from server.cases.files.service import store_of_staff
from server.cases.flow.machine import Step
from server.cases.models import Case, CaseEvent
from server.cases.ownership import Key
from server.cases.reading import own_case
from server.cases.steps import run_out
from server.cases.submission import Submission, submit
from server.cases.vocabulary import Actor, ByAssignee, Direction, IdentityMode, Office, Via, Words
from server.cases.working import Named
from server.city.service import init_city
from server.city.words import Contact, Incoming, Word
from server.clocks.models import OwnerKind
from server.clocks.service import clocks_of
from server.core import clock
from server.core.access import Level, Principal
from server.core.clock import SHANGHAI
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity.consents import GivenConsent, consent_texts
from server.identity.models import SignInWay
from server.identity.sessions import open_session
from server.unions.models import TradeUnion
from server.unions.service import admit
from server.unions.staff.vocabulary import Right
from tests.cases.declared import services, signed_example
from tests.cases.files.conftest import encoded, picture
from tests.cases.test_in_confidence import make_union
from tests.people import person
from tests.sign_in import make_worker, step_up
from tests.staff import make_staff

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
STAFF = ("A1", "B2", "A1024")
FINANCE = ("F1", "F2")
LAWYERS = ("W1", "W2", "W3")
GUARDS = {
    *("too_few_calls", "not_assignable", "not_pressing"),
    *(
        "owed_already",
        "nothing_owed",
        "nobody_to_pay",
        "granted_by_them",
        "own_work",
        "no_account",
        "same_account",
        "not_ready",
    ),
}
"""Why a step is refused that the flow allows: there are calls, money, accounts, dates and who declined before; the
model below knows nothing of them."""
OFFICE = "市容管理局"
THEIRS = {
    Direction.IN: (Word.CLOSED, Word.REOPENED, Word.RECALLED),
    Direction.OUT: (Word.TAKEN, Word.ANSWERED, Word.CLOSED, Word.RETURNED, Word.REOPENED),
}
"""What 12345 says of an order that it handed over, or got."""
OURS = {
    Direction.IN: {"taken", "answered", "closed", "returned"},
    Direction.OUT: {"order", "recalled", "reopened"},
}
NOT_BY_ONE = {"merge"}
"""Needs another case; `test_handling` merges."""


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


class Life(RuleBasedStateMachine):
    """One case, and the plain model of it."""

    service: Service
    mode: IdentityMode
    union: TradeUnion
    people: Iterator[int]
    way: Direction | None = None
    """Which way the case goes between the union and 12345; None: as it comes."""
    walked: Counter[str]
    """How often each step was made, in all lives."""

    def __init__(self) -> None:
        super().__init__()
        self.at = BEGIN
        self.flow: Mapping[str, Any] = self.service.document["flow"]
        self.patience = _clock_at(lambda: self.at)
        self.patience.__enter__()

    def teardown(self) -> None:
        self.patience.__exit__(None, None, None)
        db.session.rollback()

    @initialize()
    def begin(self) -> None:
        self.agreed: set[str] = set()
        self.order: Direction | None = None
        self.told: list[str] = []
        self.seq, self.given_back, self.their_due_at = 0, False, None  # type: tuple[int, bool, datetime | None]
        self.assignee: str | None = None
        self.worker_id = None
        if self.way is Direction.IN:
            self.come_in()
        else:
            self.send()
        opening = self.flow["opening"]
        self.state: str = opening["to"]
        self.clocks = dict.fromkeys(self.started(opening["start"]), "runs")
        self.spent: set[str] = set()
        self.steps, self.handler, self.barred = 1, None, None  # type: tuple[int, str | None, str | None]
        self.decided_by: set[str] = set()
        self.objected_to: set[str] = set()
        db.session.rollback()

    def come_in(self) -> None:
        """As an order of 12345."""
        self.their_no, self.seq, self.order = f"SZ-{next(self.people)}", 1, Direction.IN
        caller = Contact(phone="19900000781") if self.mode is IdentityMode.NAMED else None
        receive(Incoming(word=Word.ORDER, order_no=self.their_no, seq=1, text="来电人请工会帮忙。", caller=caller))
        row = db.session.execute(
            sa.select(Case.no, Case.id, Case.identity_mode)
            .join(CaseExchange, CaseExchange.case_id == Case.id)
            .where(CaseExchange.their_no == self.their_no)
        ).one()
        assert row.identity_mode is self.mode
        self.no, self.case_id = row.no, row.id

    def send(self) -> None:
        texts = consent_texts()
        later = {rule.key for rule in self.service.consents if rule.later}
        given = [GivenConsent(one.key, texts[one.key].version) for one in self.service.consents if not one.later]
        someone = person(next(self.people))
        # Money is only for whom staff have seen.
        self.worker_id = make_worker(Level.L3, someone).id
        if self.service.asked_by is not None and self.service.asked_by.members:
            with transaction() as session:
                admit(session, worker_id=self.worker_id, union=self.union)
        if self.service.by_desk:
            self.answers = dict(self.service.example)
            case = open_about(
                service=self.service.key,
                worker_id=self.worker_id,
                staff_no="A1",
                answers=self.service.example_by_staff,
            )
            self.no, self.case_id, self.key = case.no, case.id, Key(worker_id=self.worker_id)
            return
        open_session(worker_id=self.worker_id, way=SignInWay.WECHAT)
        caller = Principal(worker_id=self.worker_id, level=Level.L2, session_id=step_up(self.worker_id))
        self.answers = signed_example(self.service.key, someone.name)
        answers = dict(self.answers)
        mine = Submission(self.service.key, self.mode.value, answers, given, apart=True)
        sent = submit(mine, caller=caller)
        self.no, self.case_id = sent.case.no, sent.case.id
        self.key = Key(worker_id=self.worker_id)
        if self.service.example_by_staff:
            filling.fill_in(no=self.no, staff_no="A1", answers=self.service.example_by_staff, agreed=later)

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

    # ── how the service is asked

    def by_staff(self, step: Step, data: st.DataObject) -> None:
        staff = FINANCE if step.right is Right.PAYMENTS else STAFF
        if step.by_assignee is ByAssignee.ALONE:
            assert self.assignee is not None
            staff = (self.assignee,)
        number = data.draw(st.sampled_from(staff))
        if step.second:
            second = data.draw(st.sampled_from([one for one in staff if one != number]))
            if self.out & {number, second}:
                return
            try:
                self.staff_step(step, number)
                working.decide(no=self.no, what=step.code, staff_no=second, approve=True)
            except Problem as refused:
                assert refused.code in {"overdue", "paused", "asked_already", "extended_already", *GUARDS}  # noqa: PT017 - one of several
                return
            self.model(step.code, second, asked_by=number)
            return
        if number in self.out:
            with pytest.raises(Problem):
                self.staff_step(step, number)
            return
        try:
            self.staff_step(step, number)
        except Problem as refused:
            if refused.code not in GUARDS:
                assert (refused.code, step.within is not None) == ("too_late", True)  # noqa: PT017 - time decides
            return
        self.model(step.code, number)

    def staff_step(self, step: Step, number: str) -> None:
        named = Named(
            union_code="LIFE" if step.office is Office.TO else None,
            event_at=self.at + timedelta(days=20) if step.date else None,
            amount=100_00 if step.money else None,
            assignee_no=self.proposed if step.person else None,
            ground=next(iter(step.grounds), None),
        )
        words = "写一句话。" if step.words is not Words.NONE else None
        items = [] if step.files is Words.NONE else [store_of_staff(encoded(picture(), "PNG"))]
        working.staff_step(no=self.no, code=step.code, staff_no=number, text=words, items=items, named=named)

    def by_worker(self, step: Step) -> None:
        match step.via:
            case Via.SUPPLEMENT:
                # Words that are there already: only the step counts here.
                acts.supplement(no=self.no, key=self.key, answers=dict(self.answers), items=[])
            case Via.WITHDRAWAL:
                acts.withdraw(no=self.no, key=self.key, reason=None)
            case Via.AGREEMENT:
                assert step.consent is not None
                given = GivenConsent(step.consent, consent_texts()[step.consent].version)
                acts.agree(no=self.no, key=self.key, consents=[given])
            case Via.REFUSAL:
                acts.decline(no=self.no, key=self.key)
            case Via.REOPENING:
                acts.reopen(no=self.no, key=self.key, reason="还没解决。")
            case Via.REPLACEMENT:
                acts.ask_for_another(no=self.no, key=self.key, reason="打不通电话。")
            case Via.SOLVED:
                rating = acts.Rating(solved=True, attitude=5, result=5, comment=None)
                acts.rate(no=self.no, key=self.key, rating=rating)

    def by_clock(self, step: Step) -> None:
        assert step.due is not None
        (due_at,) = [one.due_at for one in self.rows() if one.key == step.due and one.stopped_at is None]
        db.session.rollback()
        early = run_out(case_id=self.case_id, clock_key=step.due, at=min(self.at, due_at))
        assert not early, "nothing runs out before its time"
        db.session.rollback()
        self.at = max(self.at, due_at + timedelta(minutes=1))
        assert run_out(case_id=self.case_id, clock_key=step.due, at=self.at)
        self.model(step.code)

    # ── the plain model

    @property
    def proposed(self) -> str:
        """Whom the next step that assigns the case names."""
        return LAWYERS[self.steps % len(LAWYERS)]

    def may(self, code: str, step: Mapping[str, Any]) -> bool:
        return (
            self.state in step["from"]
            and self.mode.value in step.get("modes", [mode.value for mode in IdentityMode])
            and not (step.get("once") and code in self.spent)
            and set(step.get("after", [])) <= self.spent
            and all(self.clocks.get(step[part]) == "runs" for part in ("due", "within") if part in step)
            and step.get("during") in {None, *self.clocks}
            and not (self.way is Direction.IN and step["who"] == ["worker"])
            and not (self.tells(step) == "order" and (self.order is not None or "sharing" not in self.agreed))
            and "follows" not in step
            and "mirrors" not in step
            and not {"joins", "when"} & step.keys()
            and code not in NOT_BY_ONE
        )

    def started(self, keys: list[str]) -> list[str]:
        """Of these clocks those that there are in this identity mode."""
        return [key for key in keys if self.mode.value in self.flow["clocks"][key].get("modes", [self.mode.value])]

    def tells(self, step: Mapping[str, Any]) -> str | None:
        """The word that a step has 12345 told."""
        word: str | None = step.get("does", {}).get("exchange", {}).get("send")
        return word

    def awaits_12345(self) -> bool:
        """Whether it is for 12345 to say something, which it does more often than somebody does something else."""
        state = self.flow["states"][self.state]
        return state["next"] == "outside" or (self.order is Direction.IN and bool(state.get("rating")))

    def towards_12345(self, possible: list[str]) -> list[str]:
        """The steps that hand the case over, or else those that bring that nearer."""
        steps = {code: self.flow["transitions"][code] for code in possible}
        asking = [state for step in self.flow["transitions"].values() if "consent" in step for state in step["from"]]
        handing = [code for code, step in steps.items() if self.tells(step) == "order"]
        return handing or [code for code, step in steps.items() if "consent" in step or step.get("to") in asking]

    def ends(self, code: str) -> bool:
        target = self.flow["transitions"][code].get("to", self.state)
        return bool(self.service.machine.states[target].final)

    @property
    def out(self) -> set[str]:
        """Who makes no step: somebody else was asked for, or what they decided is objected to."""
        return self.objected_to | ({self.barred} if self.barred else set())

    def model(self, code: str, by: str | None = None, asked_by: str | None = None) -> None:
        step = self.flow["transitions"][code]
        self.walked[code] += 1
        if "consent" in step:
            self.agreed.add(step["consent"])
        word = self.tells(step)
        if word == "order":
            self.order, self.their_no, self.given_back = Direction.OUT, f"SZ-{self.no}", False
        if word is not None and self.order is not None and word in OURS[self.order] and not self.given_back:
            self.told.append(word)
            self.given_back = word == "recalled"
        moves = step.get("clocks", {})
        stopped = list(self.clocks) if moves.get("stop") == "all" else moves.get("stop", [])
        for key in stopped:
            self.clocks.pop(key, None)
        for key in list(self.clocks):
            if moves.get("pause") and self.service.machine.clocks[key].pausable:
                self.clocks[key] = "stands"
            if moves.get("resume"):
                self.clocks[key] = "runs"
        self.clocks |= dict.fromkeys(self.started(moves.get("start", [])), "runs")
        source, self.state = self.state, step.get("to", self.state)
        if self.service.machine.steps[code].reopens:
            self.objected_to = self.decided_by | ({self.handler} if self.handler else set())
        elif self.service.machine.states[self.state].phase in {"decided", "done", "withdrawn", "lapsed"}:
            self.objected_to = set()
        if by is not None and source != self.state:
            self.decided_by = {by} | ({asked_by} if asked_by else set())
        if step.get("person"):
            self.assignee = self.proposed
        if "release" in step.get("does", {}):
            self.assignee = None
        if step.get("once"):
            self.spent.add(code)
        self.steps += 1
        match step.get("handler"):
            case "take":
                self.handler, self.barred = by, None
            case "change":
                self.handler, self.barred = None, self.handler
            case "release":
                self.handler = None

    # ── what holds after every step

    def rows(self) -> list[Any]:
        return list(clocks_of(owner_kind=OwnerKind.CASE, owner_id=self.case_id))

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
        *(
            (key, mode, None)
            for key, service in services().items()
            for mode in service.modes
            # Each letter that is opened from a case would be drawn: tests/cases/test_firm_letters.py goes that way.
            if mode is not IdentityMode.ANONYMOUS and not service.opened_from
        ),
        ("grievance", IdentityMode.NAMED, Direction.OUT),
        ("grievance", IdentityMode.NAMED, Direction.IN),
        ("grievance", IdentityMode.ANONYMOUS, Direction.IN),
    ],
)
def test_a_service_lives_as_its_file_says(app: Flask, key: str, mode: IdentityMode, way: Direction | None) -> None:
    union = make_union("LIFE")
    for number in FINANCE:
        make_staff(number, "finance")
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
