"""What every service's file has to hold that its proof cannot see: deadlines as the clocks' table has them."""

import pytest

from server.clocks.deadlines import Counted, deadlines
from tests.cases.declared import services
from tests.cases.flow.ways import graph_of


def counted(key: str, clock: str) -> set[Counted]:
    return {deadlines()[code][0].counted for code in services()[key].machine.clocks[clock].deadlines()}


@pytest.mark.parametrize("key", services())
def test_what_counts_back_is_started_where_a_date_is_named_and_nowhere_else(key: str) -> None:
    machine = services()[key].machine
    for step in (machine.opening, *machine.steps.values()):
        for clock in step.start:
            wanted = Counted.BEFORE if step.date else Counted.AFTER
            assert counted(key, clock) == {wanted}, f"{step.code} starts {clock}"


@pytest.mark.parametrize("key", services())
def test_what_is_extended_can_be(key: str) -> None:
    machine = services()[key].machine
    for step in machine.steps.values():
        if step.extend is not None:
            rules = [deadlines()[code][0] for code in machine.clocks[step.extend].deadlines()]
            if step.extend_to is None:
                assert any(rule.extension for rule in rules), step.code
            else:
                longer = deadlines()[step.extend_to][0]
                assert any(rule.basis is longer.basis and rule.amount < longer.amount for rule in rules), step.code


@pytest.mark.parametrize("key", services())
def test_every_clock_that_can_run_is_stopped_by_something(key: str) -> None:
    for mode in services()[key].modes:
        graph = graph_of(key, mode)
        started = {clock for position in graph for clock in position.clocks}
        stopped = {
            clock
            for position, exits in graph.items()
            for step, after in exits
            for clock in position.clocks
            if clock not in after.clocks or clock in step.stop
        }
        assert started == stopped


@pytest.mark.parametrize("key", services())
def test_every_state_is_entered_and_left_by_somebody(key: str) -> None:
    machine = services()[key].machine
    graphs = [graph_of(key, mode) for mode in services()[key].modes]
    for code, state in machine.states.items():
        positions = [
            (position, exits) for graph in graphs for position, exits in graph.items() if position.state == code
        ]
        assert positions, f"{code} is never entered"
        for _, exits in positions:
            assert all(step.who for step, _ in exits)
            leaving = [step for step, after in exits if after.state != code]
            assert state.final or leaving, f"{code} is a dead end"
