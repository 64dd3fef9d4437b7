"""Walks a flow through every position that a case of one identity mode can come to.

A position is written as one number: its state, and one bit for each clock that is there, each that stands still, and
each step that is spent. What a step asks for and what it does are masks then, and tens of thousands of positions are
walked while the service starts. `Machine` says the same of one position; the tests hold the two against each other.
"""

from collections import deque
from collections.abc import Iterable

from msgspec import Struct

from server.cases.flow.machine import Machine, Position, Step, Ticking
from server.cases.vocabulary import IdentityMode


class Move(Struct, frozen=True):
    """A step, as masks."""

    step: Step
    needs: int
    bars: int
    keeps: int
    puts: int
    pauses: int
    """Clocks that stand still after it, where they are there and kept."""


class Walk:
    """The positions of a flow as numbers, with where each step leads."""

    exits: dict[int, list[tuple[Step, int]]]
    """By position, in the order in which they are met."""

    def __init__(self, machine: Machine, mode: IdentityMode, *, most: int) -> None:
        """Walk until everything has been seen, or more than so many positions."""
        self._machine, self._mode = machine, mode
        self._states = list(machine.states)
        self._clocks = {key: 1 << at for at, key in enumerate(machine.clocks)}
        self._standing = len(self._clocks)
        """How far the bit of a clock's standing still is from that of its being there."""
        once = [step.code for step in machine.steps.values() if step.once]
        self._spent = {code: 1 << 2 * self._standing + at for at, code in enumerate(once)}
        self._state_at = 2 * self._standing + len(once)
        self._below_state = (1 << self._state_at) - 1
        moves = {state: [self._move(step) for step in self._leaving(state)] for state in self._states}

        first = self._number(machine.open(mode))
        met = {first}
        waiting = deque(met)
        self.exits = {}
        while waiting and len(self.exits) <= most:
            position = waiting.popleft()
            exits = self.exits[position] = []
            for move in moves[self.state(position)]:
                if position & move.needs != move.needs or position & move.bars:
                    continue
                after = position & move.keeps
                after |= (after & move.pauses) << self._standing | move.puts
                if after not in met:
                    met.add(after)
                    waiting.append(after)
                exits.append((move.step, after))

    def state(self, number: int) -> str:
        """The code of the state of a position."""
        return self._states[number >> self._state_at]

    def position(self, number: int) -> Position:
        """What a number stands for."""
        return Position(
            state=self.state(number),
            clocks={
                key: Ticking.STANDS if number & bit << self._standing else Ticking.RUNS
                for key, bit in self._clocks.items()
                if number & bit
            },
            spent=frozenset(code for code, bit in self._spent.items() if number & bit),
        )

    def _number(self, position: Position) -> int:
        there = self._all(position.clocks)
        standing = self._all(key for key, ticking in position.clocks.items() if ticking is Ticking.STANDS)
        spent = sum(self._spent[code] for code in position.spent)
        return self._states.index(position.state) << self._state_at | standing << self._standing | there | spent

    def _leaving(self, state: str) -> list[Step]:
        return [step for step in self._machine.steps.values() if state in step.sources and self._mode in step.modes]

    def _move(self, step: Step) -> Move:
        machine = self._machine
        running = self._all(clock for clock in (step.due, step.within) if clock)
        there = running | self._all([step.during] if step.during else [])
        spent = self._spent[step.code] if step.once else 0
        started = self._all(machine.starting(step, mode=self._mode))
        stopped = self._all(machine.clocks if step.stop_all else step.stop)
        moving = self._all(machine.clocks) if step.resume else stopped | started
        paused = self._all(key for key, rule in machine.clocks.items() if rule.pausable) if step.pause else 0
        keeps = ~(stopped | moving << self._standing)
        puts = started | spent
        if step.target is not None:
            keeps &= self._below_state
            puts |= self._states.index(step.target) << self._state_at
        return Move(
            step=step,
            needs=there | sum(self._spent[code] for code in step.after),
            bars=running << self._standing | sum(self._spent[code] for code in step.before) | spent,
            keeps=keeps,
            puts=puts,
            pauses=0 if step.resume else paused & ~started,
        )

    def _all(self, clocks: Iterable[str]) -> int:
        return sum(self._clocks[key] for key in set(clocks))
