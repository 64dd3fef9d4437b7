"""Every position of every flow: whatever happens to a case, it stays on the map and its promises come to an end."""

import pytest

from server.cases.flow.machine import ClockRule, Machine, Position, State, Step, StepNotPossibleError, Ticking
from server.cases.vocabulary import Actor, IdentityMode, Phase, Via, Who
from tests.cases.declared import services
from tests.cases.flow.ways import graph_of

FLOWS = [
    pytest.param(service.key, mode, id=f"{service.key}-{mode}")
    for service in services().values()
    for mode in service.modes
]


@pytest.mark.parametrize(("key", "mode"), FLOWS)
def test_a_case_stays_in_its_flow(key: str, mode: IdentityMode) -> None:
    machine = services()[key].machine
    for position in graph_of(key, mode):
        assert position.state in machine.states
        assert position.clocks.keys() <= machine.clocks.keys()


@pytest.mark.parametrize(("key", "mode"), FLOWS)
def test_a_case_that_has_ended_owes_nothing(key: str, mode: IdentityMode) -> None:
    machine = services()[key].machine
    for position in graph_of(key, mode):
        if machine.states[position.state].final:
            assert not position.clocks


@pytest.mark.parametrize(("key", "mode"), FLOWS)
def test_whoever_is_next_has_until_a_date(key: str, mode: IdentityMode) -> None:
    machine = services()[key].machine
    for position in graph_of(key, mode):
        state = machine.states[position.state]
        if not state.final:
            assert state.by is not None
            assert position.clocks[state.by] is Ticking.RUNS


@pytest.mark.parametrize(("key", "mode"), FLOWS)
def test_no_clock_of_the_union_runs_while_it_waits_for_the_worker_to_supplement(key: str, mode: IdentityMode) -> None:
    machine = services()[key].machine
    for position in graph_of(key, mode):
        if machine.states[position.state].phase is Phase.NEED_MORE:
            running = [key for key, ticking in position.clocks.items() if ticking is Ticking.RUNS]
            assert running == [machine.states[position.state].by]


@pytest.mark.parametrize(("key", "mode"), FLOWS)
def test_every_position_can_end(key: str, mode: IdentityMode) -> None:
    machine, graph = services()[key].machine, graph_of(key, mode)
    before: dict[Position, set[Position]] = {}
    for position, steps in graph.items():
        for _, after in steps:
            before.setdefault(after, set()).add(position)
    waiting = [position for position in graph if machine.states[position.state].final]
    can_end = set(waiting)
    while waiting:
        new = before.get(waiting.pop(), set()) - can_end
        can_end |= new
        waiting += new
    assert graph.keys() - can_end == set(), "these never end"


@pytest.mark.parametrize("key", services())
def test_every_state_is_reachable(key: str) -> None:
    machine = services()[key].machine
    reached = {position.state for mode in services()[key].modes for position in graph_of(key, mode)}
    assert reached == machine.states.keys()


def tiny() -> Machine:
    """Asked, answered, once asked again."""
    waiting = State("waiting", "等", Phase.SUBMITTED, Who.UNION, by="answer")
    over = State("over", "完", Phase.DONE, Who.NOBODY, final=True)
    opening = Step("submit", "提交", frozenset(), "waiting", frozenset({Actor.WORKER}), "提交", start=("answer",))
    answer = Step("answer", "答复", frozenset({"waiting"}), "over", frozenset({Actor.STAFF}), "答复", stop_all=True)
    again = Step(
        "again",
        "再问",
        frozenset({"over"}),
        "waiting",
        frozenset({Actor.WORKER}),
        "再问",
        via=Via.REOPENING,
        once=True,
        start=("answer",),
        modes=frozenset({IdentityMode.NAMED}),
    )
    hold = Step("hold", "等等", frozenset({"waiting"}), None, frozenset({Actor.STAFF}), "等等", pause=True)
    go_on = Step("go_on", "继续", frozenset({"waiting"}), None, frozenset({Actor.STAFF}), "继续", resume=True)
    return Machine(
        states={"waiting": waiting, "over": over},
        steps={step.code: step for step in (answer, again, hold, go_on)},
        clocks={"answer": ClockRule("answer", "GR_HANDLE", pausable=True)},
        opening=opening,
    )


def take(machine: Machine, position: Position, code: str, actor: Actor) -> Position:
    return machine.after(
        position, machine.step(position, code, actor=actor, mode=IdentityMode.NAMED), mode=IdentityMode.NAMED
    )


def test_a_step_moves_the_case_and_its_clocks() -> None:
    machine = tiny()
    opened = machine.open(IdentityMode.NAMED)
    assert opened == Position("waiting", {"answer": Ticking.RUNS})
    held = take(machine, opened, "hold", Actor.STAFF)
    assert held.clocks == {"answer": Ticking.STANDS}
    assert take(machine, held, "go_on", Actor.STAFF) == opened
    assert take(machine, opened, "answer", Actor.STAFF) == Position("over")


def test_only_those_who_may_can_make_a_step() -> None:
    machine = tiny()
    with pytest.raises(StepNotPossibleError):
        machine.step(machine.open(IdentityMode.NAMED), "answer", actor=Actor.WORKER, mode=IdentityMode.NAMED)


def test_a_step_is_not_possible_from_another_state() -> None:
    machine = tiny()
    with pytest.raises(StepNotPossibleError):
        machine.step(Position("over"), "answer", actor=Actor.STAFF, mode=IdentityMode.NAMED)


def test_what_is_allowed_once_is_allowed_once() -> None:
    machine = tiny()
    over = take(machine, machine.open(IdentityMode.NAMED), "answer", Actor.STAFF)
    reopened = take(machine, over, "again", Actor.WORKER)
    over = take(machine, reopened, "answer", Actor.STAFF)
    assert machine.by_act(over, Via.REOPENING, mode=IdentityMode.NAMED) is None


def test_a_step_for_named_cases_does_not_exist_for_anonymous_ones() -> None:
    machine = tiny()
    over = Position("over")
    assert machine.by_act(over, Via.REOPENING, mode=IdentityMode.NAMED) is machine.steps["again"]
    assert machine.by_act(over, Via.REOPENING, mode=IdentityMode.ANONYMOUS) is None


def test_answers_choose_the_deadline() -> None:
    rule = ClockRule("answer", "LONG", pausable=True, by_answer=("kind", {"consult": "SHORT"}))
    assert rule.deadline_for({"kind": "consult"}) == "SHORT"
    assert rule.deadline_for({"kind": "help"}) == "LONG"
    assert rule.deadline_for({}) == "LONG"
