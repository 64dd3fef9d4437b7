"""What a service takes over from what its worker told another one already. Pure; `going_on.py` does it,
`fitting.py` proves it.

takes-over:
  - from: another
    if: {topic: [pay, safety]}          # offered to whoever answered this, and wherever staff suggested it
    suggested-by: suggest_aid           # a step of the other service
    told-on: told_on                    # gets the day on which it was first told
    answers:
      - {field: text, from: text}
      - {field: matter, from: topic, as: {pay: wages}}
      - {field: other_parties, column: name, from: firm}
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from server.cases.forms.fields import Answers, Condition


class TakenAnswer(Struct, frozen=True):
    """Where one answer goes."""

    field: str
    source: str
    """Field of the other service."""
    column: str | None
    """Of a table: the answer becomes its first row."""
    values: Mapping[str, str] | None
    """What a choice is called here, by what it is called there; what is not named is not taken over."""


class TakesOver(Struct, frozen=True):
    """From which service, when it is offered, and what comes along."""

    source: str
    """Key of the other service."""
    condition: Condition | None
    """Its answers with which this service is offered; None for those only in which the staff suggest it."""
    suggested_by: str | None
    """Its step by which they do."""
    told_on: str | None
    """The field that gets the day on which it was told."""
    answers: tuple[TakenAnswer, ...]

    def offered(self, answers: Answers, *, suggested: bool) -> bool:
        """Whether the page of the other case offers to go on here."""
        return suggested or (self.condition is not None and self.condition.holds(answers))

    def carried(self, answers: Answers, *, told_on: date) -> dict[str, Any]:
        """What the form begins with."""
        begun: dict[str, Any] = {}
        for one in self.answers:
            answer = answers.get(one.source)
            if one.values is not None:
                answer = one.values.get(str(answer))
            if answer is not None:
                begun[one.field] = answer if one.column is None else [{one.column: answer}]
        if self.told_on is not None:
            begun[self.told_on] = told_on.isoformat()
        return begun
