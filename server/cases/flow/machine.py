"""The interpreter of declared flows. Pure: it says what a step does, others do it.

A flow is a set of states and of steps between them. Where a case stands (`Position`) is its state, which clocks run or
stand still, and which steps that are allowed once it has used. `Machine.step` gives the next position and the effects.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from server.cases.forms.fields import Answers
from server.cases.vocabulary import (
    Actor,
    ByAssignee,
    Direction,
    Handling,
    IdentityMode,
    Occasion,
    Office,
    Phase,
    Reader,
    Via,
    Who,
    Words,
)
from server.city.words import Word
from server.identity.models import ConsentKey
from server.unions.staff.vocabulary import Right


class Ticking(StrEnum):
    """What a clock that has not stopped does."""

    RUNS = "runs"
    STANDS = "stands"
    """Paused."""


class ClockRule(Struct, frozen=True):
    """A promise of the flow: which deadline it is, and which answers decide that."""

    key: str
    deadline: str
    """Code of a deadline; of the one for all other answers where `by_answer` is given."""
    pausable: bool
    name: str | None = None
    """What the worker reads, where the deadline's own name does not fit."""
    by_answer: tuple[str, Mapping[str, str]] | None = None
    """Field, and answer → code."""
    urgent: str | None = None
    """Code for cases that are urgent when it starts."""
    modes: frozenset[IdentityMode] = frozenset(IdentityMode)
    """It never starts in cases of other modes: whom nobody can ring up is promised no call."""

    def deadline_for(self, answers: Answers, *, urgent: bool = False) -> str:
        """The code that these answers lead to."""
        if urgent and self.urgent is not None:
            return self.urgent
        if self.by_answer is None:
            return self.deadline
        key, codes = self.by_answer
        return codes.get(str(answers.get(key)), self.deadline)

    def deadlines(self) -> set[str]:
        """Every code it may lead to."""
        others = self.by_answer[1].values() if self.by_answer else ()
        return {self.deadline, *others} | ({self.urgent} if self.urgent else set())


class State(Struct, frozen=True):
    """Where a case can stand."""

    code: str
    name: str
    phase: Phase
    next: Who
    by: str | None = None
    """Key of the clock that says until when it is whose turn."""
    final: bool = False
    """Nothing is owed any more; only the worker can open it again."""
    rating: bool = False
    """The worker may say how it went."""
    waits_for: str | None = None
    """The name of the office outside whose turn it is."""
    changeable: frozenset[str] | None = None
    """The answers that staff may still change; None for all of them."""


class NoticeText(Struct, frozen=True):
    """What lands in the worker's inbox. The title may show on a locked screen."""

    title: str
    body: str


class Ground(Struct, frozen=True):
    """One of the reasons of which a step names one."""

    name: str
    """By which staff choose it."""
    say: str
    """What the worker reads: why, and where to go instead."""
    words: Words = Words.NONE
    """Whether it has to be followed by words of one's own, whatever the step asks."""


class Step(Struct, frozen=True):
    """A transition: who may make it, from where to where, and what it does."""

    code: str
    name: str
    sources: frozenset[str]
    target: str | None
    """None: the state stays."""
    who: frozenset[Actor]
    timeline: str
    via: Via | None = None
    """Which act of the worker makes it."""
    due: str | None = None
    """The system makes it when this clock has run out."""
    follows: tuple[str, ...] = ()
    """The system makes it in a merged case when its lead makes one of these steps, with the same words."""
    hears: bool = True
    """False: without the words, and the case is on its own from then on."""
    mirrors: tuple[str, ...] = ()
    """The system makes it when whoever the case is exchanged with says one of these words."""
    order: Direction | None = None
    """Only in cases that were handed over this way."""
    consent: ConsentKey | None = None
    """What the worker agrees to by it."""
    words: Words = Words.NONE
    words_for: Reader = Reader.WORKER
    when: Occasion | None = None
    """The system makes it when this happens to the worker."""
    once: bool = False
    after: frozenset[str] = frozenset()
    """Steps allowed once that must have been made."""
    before: frozenset[str] = frozenset()
    """Steps allowed once after which it has no sense any more."""
    within: str | None = None
    """Only while this clock runs and its time is not over."""
    during: str | None = None
    """Only while this clock has been started and not stopped: also after its time, which then was missed."""
    by_message: bool = False
    """Whatever staff write to the worker makes it, if it can be made."""
    by_outside: bool = False
    """The office outside of the union that the case was sent to makes it by what it tells the union, e.g. that it has
    the case: what was promised of the receipt is kept, and nobody of the union has it in hand by that."""
    while_urgent: tuple[str, ...] = ()
    """Only while one of these computed values is urgent."""
    second: bool = False
    """One member of the staff asks for it, another makes it."""
    peer: bool = False
    """The second person may be a colleague; otherwise only those who act for a district or a city."""
    signed: bool = False
    """The second person is the chair, or a deputy."""
    right: Right = Right.CASE_WORK
    """What staff need to make it."""
    complete: bool = False
    """Only when everything is there that staff have to fill in, and was agreed to."""
    bulk: tuple[str, ...] = ()
    """May be made for many cases at once, by whoever reads these answers of each."""
    money: bool = False
    """Names an amount, in 分."""
    upper: bool = False
    """Only by those who act for a district or a city."""
    handling: Handling | None = None
    office: Office | None = None
    here: bool = False
    """Only by those of the union that it is with, and above it."""
    does: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Named capabilities, each with its parameters."""
    by_assignee: ByAssignee | None = None
    """None: only the desk makes it."""
    person: bool = False
    """Names whom the case is assigned to."""
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    """Names one of these reasons, by key."""
    lead: bool = False
    """Names the case that this one is merged into."""
    joins: bool = False
    """The system makes it in a new case that is about the same as another."""
    files: Words = Words.NONE
    """Whether staff add files, which whoever reads the words sees with them."""
    date: bool = False
    """Names when something will be, e.g. a hearing: what its clocks count back from."""
    keeps: str | None = None
    """The field that gets the day since when its clocks count, for what is to be known of it once they are over."""
    since: str | None = None
    """Asks, in these words, for the day on which something happened, e.g. that an award was received: the clocks that
    the step starts count from it, and not from when somebody came to write it down."""
    extend: str | None = None
    """The clock that is given more time."""
    extend_to: str | None = None
    """The deadline whose time that clock takes from its start; None: longer by what its own rule allows."""
    modes: frozenset[IdentityMode] = frozenset(IdentityMode)
    start: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    stop_all: bool = False
    pause: bool = False
    """Every pausable clock that runs."""
    resume: bool = False
    notice: NoticeText | None = None

    def allowed(self, spent: frozenset[str]) -> bool:
        """Whether it may follow, of the steps that are made once, on these."""
        return not (self.once and self.code in spent) and self.after <= spent and not self.before & spent

    @property
    def reopens(self) -> bool:
        """Whether it has done again what was answered: the worker, or 12345, says that it is not solved."""
        return self.via is Via.REOPENING or Word.REOPENED.value in self.mirrors


class Position(Struct, frozen=True):
    """Where one case stands."""

    state: str
    clocks: Mapping[str, Ticking] = field(default_factory=dict)
    spent: frozenset[str] = frozenset()
    """Steps allowed once that were made."""

    def __hash__(self) -> int:
        return hash((self.state, frozenset(self.clocks.items()), self.spent))


class StepNotPossibleError(Exception):
    """The step is not among those that state, actor and identity mode allow."""


class Machine(Struct, frozen=True):
    """One flow."""

    states: Mapping[str, State]
    steps: Mapping[str, Step]
    clocks: Mapping[str, ClockRule]
    opening: Step
    """What submitting does; its target is the first state."""

    def open(self, mode: IdentityMode) -> Position:
        """Where a new case stands."""
        return self.after(Position(""), self.opening, mode=mode)

    def possible(self, position: Position, *, actor: Actor, mode: IdentityMode) -> list[Step]:
        """The steps that this actor may make now, in the order of their declaration."""
        return [
            step
            for step in self.steps.values()
            if position.state in step.sources
            and actor in step.who
            and mode in step.modes
            and step.allowed(position.spent)
        ]

    def step(self, position: Position, code: str, *, actor: Actor, mode: IdentityMode) -> Step:
        """The step of this code.

        Raises:
            StepNotPossibleError: it is not possible now, or not for this actor, or there is none of that code.
        """
        for step in self.possible(position, actor=actor, mode=mode):
            if step.code == code:
                return step
        raise StepNotPossibleError(code)

    def by_act(self, position: Position, via: Via, *, mode: IdentityMode) -> Step | None:
        """The step that an act of the worker makes now."""
        return next((step for step in self.possible(position, actor=Actor.WORKER, mode=mode) if step.via is via), None)

    def after_act(self, via: Via) -> set[str | None]:
        """The states that an act of the worker leads to."""
        return {step.target for step in self.steps.values() if step.via is via}

    def by_clock(self, position: Position, clock: str, *, mode: IdentityMode) -> Step | None:
        """The step that the system makes now that a clock has run out."""
        return next(
            (step for step in self.possible(position, actor=Actor.SYSTEM, mode=mode) if step.due == clock), None
        )

    def by_occasion(self, position: Position, occasion: Occasion, *, mode: IdentityMode) -> Step | None:
        """The step that the system makes when this happens to the worker."""
        return next(
            (step for step in self.possible(position, actor=Actor.SYSTEM, mode=mode) if step.when is occasion), None
        )

    def by_joining(self, position: Position, *, mode: IdentityMode) -> Step | None:
        """The step that a new case makes when it joins another."""
        return next((step for step in self.possible(position, actor=Actor.SYSTEM, mode=mode) if step.joins), None)

    def by_lead(self, position: Position, code: str, *, mode: IdentityMode) -> Step | None:
        """The step that a merged case makes when its lead makes the step of this code."""
        return next(
            (step for step in self.possible(position, actor=Actor.SYSTEM, mode=mode) if code in step.follows), None
        )

    def by_partner(self, position: Position, word: str, *, order: Direction, mode: IdentityMode) -> Step | None:
        """The step that the system makes when whoever the case is exchanged with, handed over this way, says a word."""
        return next(
            (
                step
                for step in self.possible(position, actor=Actor.SYSTEM, mode=mode)
                if word in step.mirrors and step.order in {None, order}
            ),
            None,
        )

    def by_message(self, position: Position, *, owed: Collection[str], mode: IdentityMode) -> Step | None:
        """The step that a message of the staff makes now.

        Args:
            owed: keys of the clocks that have not stopped.
        """
        steps = self.possible(position, actor=Actor.STAFF, mode=mode)
        return next((step for step in steps if step.by_message and step.during in owed), None)

    def by_outside(self, position: Position, *, mode: IdentityMode) -> Step | None:
        """The step that an office outside makes by what it tells the union."""
        steps = self.possible(position, actor=Actor.STAFF, mode=mode)
        return next((step for step in steps if step.by_outside), None)

    def starting(self, step: Step, *, mode: IdentityMode) -> list[str]:
        """Keys of the clocks that a step starts."""
        return [key for key in step.start if mode in self.clocks[key].modes]

    def after(self, position: Position, step: Step, *, mode: IdentityMode) -> Position:
        """Where the case stands after a possible step."""
        kept = {key: ticking for key, ticking in position.clocks.items() if not step.stop_all and key not in step.stop}
        if step.pause:
            kept |= {key: Ticking.STANDS for key in kept if self.clocks[key].pausable}
        if step.resume:
            kept = dict.fromkeys(kept, Ticking.RUNS)
        kept |= dict.fromkeys(self.starting(step, mode=mode), Ticking.RUNS)
        return Position(
            state=step.target or position.state,
            clocks=kept,
            spent=position.spent | {step.code} if step.once else position.spent,
        )
