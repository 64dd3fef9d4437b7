"""Walks a declared flow through everything that can happen in it, and says what is wrong.

The positions of a case (state, clocks, spent steps) are few, so that all of them can be visited: what is proved here
holds for every case that will ever run on the flow.
"""

from collections import deque
from collections.abc import Iterator

from server.cases.flow.machine import Machine, Position, Step, Ticking
from server.cases.flow.walk import Walk
from server.cases.vocabulary import ANSWERED, Actor, Handling, IdentityMode, Office, Phase, Reader, Via, Who, Words
from server.unions.staff.vocabulary import Right

MOST_POSITIONS = 50_000
"""Walked in about a second; the largest service has 18,000."""


def faults(machine: Machine, modes: frozenset[IdentityMode]) -> list[str]:
    """What is wrong with a flow, one sentence each, with the path in its file first."""
    found = list(_broken_references(machine))
    if found:
        return found
    found = list(_left_behind(machine))
    reached: set[str] = set()
    made: set[str] = set()
    started: set[str] = set()
    for mode in sorted(modes):
        walk = Walk(machine, mode, most=MOST_POSITIONS)
        if len(walk.exits) > MOST_POSITIONS:
            return [f"flow: more than {MOST_POSITIONS} positions ({mode}); this cannot be what was meant"]
        for number, exits in walk.exits.items():
            position, steps = walk.position(number), [step for step, _ in exits]
            if mode is IdentityMode.ANONYMOUS:
                found += _paused_unseen(steps)
            reached.add(position.state)
            made.update(step.code for step in steps)
            started.update(position.clocks)
            found += _faults_of_position(machine, position, steps)
        found += _traps(machine, walk)
    found += [f"flow.states.{code}: cannot be reached" for code in machine.states if code not in reached]
    found += [f"flow.transitions.{code}: can never be made" for code in machine.steps if code not in made]
    found += [f"flow.clocks.{key}: is never started" for key in machine.clocks if key not in started]
    return list(dict.fromkeys(found))


def _broken_references(machine: Machine) -> Iterator[str]:
    """Names that nothing is declared under, and steps that contradict themselves."""
    for code, state in machine.states.items():
        where = f"flow.states.{code}"
        if state.by is not None and state.by not in machine.clocks:
            yield f"{where}.by: no clock is called {state.by}"
        if state.final != (state.next is Who.NOBODY):
            yield f"{where}.next: nobody is next in final states, and only there"
        if (state.next is Who.OUTSIDE) != (state.waits_for is not None):
            yield f"{where}.waits-for: names the office outside, where it is its turn"
        if not state.final and state.by is None:
            yield f"{where}.by: a state that waits for somebody says until when"
    for where, step in _steps(machine):
        for source in step.sources - machine.states.keys():
            yield f"{where}.from: no state is called {source}"
        if step.target is not None and step.target not in machine.states:
            yield f"{where}.to: no state is called {step.target}"
        for key in {*step.start, *step.stop} - machine.clocks.keys():
            yield f"{where}.clocks: no clock is called {key}"
        timed = {"due": step.due, "within": step.within, "during": step.during, "extend": step.extend}
        for part, clock in timed.items():
            if clock is not None and clock not in machine.clocks:
                yield f"{where}.{part}: no clock is called {clock}"
    for code, step in machine.steps.items():
        where = f"flow.transitions.{code}"
        if (step.via is not None) != (Actor.WORKER in step.who):
            yield f"{where}.via: goes with who: worker, and only with it"
        by_itself = sum(
            (step.due is not None, bool(step.follows), bool(step.mirrors), step.joins, step.when is not None)
        )
        if by_itself != (Actor.SYSTEM in step.who):
            yield f"{where}.due: goes with who: system, and only with it, as follows, mirrors, joins and when do"
        if step.order is not None and not step.mirrors:
            yield f"{where}.order: goes with mirrors, and only with it"
        if (step.consent is not None) != (step.via is Via.AGREEMENT):
            yield f"{where}.consent: goes with via: agreement, and only with it"
        yield from _broken_conditions(machine, step, where)
        if step.via is Via.REOPENING and not step.once:
            yield f"{where}.once: a case is reopened once"
    if machine.opening.target not in machine.states:
        yield "flow.opening.to: names the first state"


def _broken_conditions(machine: Machine, step: Step, where: str) -> Iterator[str]:
    for code in step.follows:
        if code not in machine.steps:
            yield f"{where}.follows: there is no transition {code}"
    if not step.hears and not step.follows:
        yield f"{where}.hears: goes with follows, and only with it"
    for key, codes in (("after", step.after), ("before", step.before)):
        for code in sorted(codes):
            if code not in machine.steps or not machine.steps[code].once:
                yield f"{where}.{key}: {code} is no transition that is made once"
    by_staff = step.who == {Actor.STAFF}
    pressing = bool(step.while_urgent)
    sent_on = step.office in {Office.TO, Office.BACK}
    others = step.right is not Right.CASE_WORK
    taking = step.handling is Handling.TAKE
    alone = (step.second, step.upper, step.here, step.complete, step.money, others)
    named = (step.lead, step.date, step.since is not None, step.person, bool(step.grounds))
    filed = step.files is not Words.NONE
    if any((*alone, taking, sent_on, *named, step.by_assignee is not None, filed, pressing)) and not by_staff:
        yield f"{where}.who: only staff ask a second person, take, send on or merge cases, add files or name something"
    if (step.within is not None or step.during is not None) and not by_staff:
        yield f"{where}.within: and during are asked of staff only"
    if step.within is not None and step.during is not None:
        yield f"{where}.during: goes without within, which ends with the time of its clock"
    if step.via is Via.ACKNOWLEDGEMENT and (step.modes != {IdentityMode.ANONYMOUS} or not step.pause):
        yield f"{where}.via: of whom nobody can tell what is asked (modes: [anonymous]), and lets time stand still"
    plain = step.target is None and step.words is Words.REQUIRED and step.words_for is Reader.WORKER
    if step.by_message and (step.during is None or not plain or any((*alone, sent_on, *named))):
        yield f"{where}.by-message: is owed by a clock (during), needs words for the worker, and does nothing else"
    bare = not step.does and step.words is not Words.REQUIRED and not filed and step.by_assignee is None
    if step.by_outside and (
        not by_staff or not bare or any((*alone, sent_on, *named)) or Office.TO not in _sent_by(machine, step)
    ):
        yield f"{where}.by-outside: takes what was sent on (office: to), needs no words and does nothing else"
    if filed and (step.second or step.words is not Words.REQUIRED):
        yield f"{where}.files: come with words, from one person"
    if step.since is not None and (step.date or not step.start):
        yield f"{where}.since: counts for the clocks that it starts, and goes without date"
    if (step.extend is not None) and not step.second:
        yield f"{where}.second: more time takes two persons"
    if step.extend_to is not None and step.extend is None:
        yield f"{where}.clocks.extend-to: goes with extend"
    if step.second and (step.office or any(named)):
        yield f"{where}.second: what a second person makes names no office, case, date, person or ground"
    if step.by_assignee is not None and any((*alone, sent_on, step.lead, step.person)):
        yield f"{where}.assignee: assigned or not, only the desk makes this"


def _sent_by(machine: Machine, step: Step) -> set[Office | None]:
    """What the steps that lead to where a step begins do to the union in charge."""
    return {one.office for one in machine.steps.values() if one.target in step.sources}


def _steps(machine: Machine) -> Iterator[tuple[str, Step]]:
    yield "flow.opening", machine.opening
    for code, step in machine.steps.items():
        yield f"flow.transitions.{code}", step


def _faults_of_position(machine: Machine, position: Position, exits: list[Step]) -> Iterator[str]:
    state = machine.states[position.state]
    where = f"flow.states.{state.code}"
    standing = sorted(key for key, ticking in position.clocks.items() if ticking is Ticking.STANDS)
    if state.final:
        for key in sorted(position.clocks):
            yield f"{where}: is final, but the clock {key} is not stopped"
        for step in exits:
            if not step.reopens and step.target != state.code and step.target is not None:
                yield f"flow.transitions.{step.code}: leaves the final state {state.code}; only a reopening may"
    else:
        if not exits:
            yield f"{where}: has no way out and is not final"
        if position.clocks.get(state.by or "") is not Ticking.RUNS:
            yield f"{where}.by: the clock {state.by} does not run in every case that stands here"
        if standing and state.phase is not Phase.NEED_MORE:
            yield f"{where}: the clock {standing[0]} stands still, though nobody waits for the worker"
    for step in exits:
        for key in step.start:
            if key in position.clocks and not step.stop_all and key not in step.stop:
                yield f"flow.transitions.{step.code}.clocks.start: {key} may run already"


def _paused_unseen(exits: list[Step]) -> Iterator[str]:
    """Whom nobody knows is told of nothing: time stands still for them only from what they do themselves."""
    for step in exits:
        if step.pause and Actor.WORKER not in step.who:
            yield (
                f"flow.transitions.{step.code}.clocks.pause: before an anonymous reporter has looked in no time stands"
                " still (via: acknowledgement)"
            )


def _left_behind(machine: Machine) -> Iterator[str]:
    """Steps that end what others were merged into, and after which those would wait for ever."""
    merged = {step.target for step in machine.steps.values() if step.lead or step.joins}
    for state in sorted(filter(None, merged)):
        followed = {code for step in machine.steps.values() if state in step.sources for code in step.follows}
        for code, step in machine.steps.items():
            waiting = any(machine.states[one].phase not in ANSWERED for one in step.sources - {state})
            ends = step.target is not None and machine.states[step.target].phase in ANSWERED
            if waiting and ends and code not in followed:
                yield f"flow.transitions.{code}: nothing follows it from {state}: what was merged waits for ever"


def _traps(machine: Machine, walk: Walk) -> Iterator[str]:
    """States from which a case may never come to an end."""
    sources: dict[int, list[int]] = {}
    for position, exits in walk.exits.items():
        for _, after in exits:
            sources.setdefault(after, []).append(position)
    waiting = deque(position for position in walk.exits if machine.states[walk.state(position)].final)
    ending = set(waiting)
    while waiting:
        for source in sources.get(waiting.popleft(), ()):
            if source not in ending:
                ending.add(source)
                waiting.append(source)
    for position in walk.exits:
        if position not in ending:
            yield f"flow.states.{walk.state(position)}: a case may come here and never to an end"
