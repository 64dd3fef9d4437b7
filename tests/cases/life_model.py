"""What a service's file says of a case, as a plain model that knows nothing of how the service does it."""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from server.cases.declaration import Service
from server.cases.ownership import Key
from server.cases.vocabulary import Direction, IdentityMode
from server.unions.models import TradeUnion

LAWYERS = ("W1", "W2", "W3")
OURS = {
    Direction.IN: {"taken", "answered", "closed", "returned"},
    Direction.OUT: {"order", "recalled", "reopened"},
}
NOT_BY_ONE = {"merge"}
"""Needs another case; `test_handling` merges."""


class LifeModel:
    """A case as its file says that it is."""

    service: Service
    mode: IdentityMode
    union: TradeUnion
    people: Iterator[int]
    way: Direction | None = None
    """Which way the case goes between the union and 12345; None: as it comes."""
    walked: Counter[str]
    """How often each step was made, in all lives."""
    at: datetime
    flow: Mapping[str, Any]
    no: str
    case_id: uuid.UUID
    key: Key
    worker_id: uuid.UUID | None
    answers: dict[str, Any]
    their_no: str
    seq: int
    their_due_at: datetime | None
    state: str
    clocks: dict[str, str]
    spent: set[str]
    agreed: set[str]
    order: Direction | None
    told: list[str]
    given_back: bool
    assignee: str | None
    steps: int
    handler: str | None
    barred: str | None
    decided_by: set[str]
    objected_to: set[str]

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
