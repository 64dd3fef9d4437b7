"""Where a case can come to, asked of the machine position by position."""

from collections import deque
from functools import cache

from server.cases.flow.machine import Machine, Position, Step, Ticking
from server.cases.vocabulary import Actor, IdentityMode
from tests.cases.declared import services

Graph = dict[Position, list[tuple[Step, Position]]]


@cache
def graph_of(key: str, mode: IdentityMode) -> Graph:
    """Each position of a case of this service, and where each step leads from it."""
    return explore(services()[key].machine, mode)


def explore(machine: Machine, mode: IdentityMode) -> Graph:
    """Every position that a case of this identity mode can come to, with the steps that lead on from it."""
    waiting = deque([machine.open(mode)])
    graph: Graph = {}
    while waiting:
        position = waiting.popleft()
        if position not in graph:
            # A step that two actors may make is one step.
            steps = {
                step.code: step
                for actor in Actor
                for step in machine.possible(position, actor=actor, mode=mode)
                if all(position.clocks.get(clock) is Ticking.RUNS for clock in (step.due, step.within) if clock)
                and (step.during is None or step.during in position.clocks)
            }
            graph[position] = [(step, machine.after(position, step, mode=mode)) for step in steps.values()]
            waiting.extend(after for _, after in graph[position])
    return graph
