"""What is computed from answers: named, general, pure functions that a service attaches by YAML.

    computed:
      - key: owed
        name: 一共欠你
        function: money_owed
        answers: {rows: wages}                     # argument: field
        conditions: {…: {matter: wages}}           # argument: condition, true or false

A function returns None where its answers do not say enough.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from server.cases.forms.fields import Answers, Condition
from server.clocks.limitation import limitation, limitation_date


class Finding(Struct, frozen=True):
    """A computed value as the worker and the staff see it."""

    value: str | int
    text: str
    urgent: bool = False
    colour: str | None = None


Function = Callable[..., Finding | None]


class Computed(Struct, frozen=True):
    """One computed value of a service."""

    key: str
    name: str
    function: str
    answers: Mapping[str, str]
    conditions: Mapping[str, Condition]

    def find(self, answers: Answers, *, today: date) -> Finding | None:
        """Its value for these answers on this day."""
        arguments = {name: answers.get(key) for name, key in self.answers.items()}
        truths = {name: condition.holds(answers) for name, condition in self.conditions.items()}
        return FUNCTIONS[self.function](today=today, **arguments, **truths)


def money_owed(*, today: date, rows: Sequence[Mapping[str, int]] | None) -> Finding | None:
    """Agreed less paid, summed over the rows, in 分; a month paid too much does not make up for another."""
    del today
    if not rows:
        return None
    owed = sum(max(0, int(row["agreed"]) - int(row["paid"])) for row in rows)
    return Finding(owed, f"{owed / 100:,.2f} 元")


def arbitration_limit(
    *,
    today: date,
    unpaid_wages: bool,
    still_working: bool | None,
    last_day_of_work: str | None,
    known_on: str | None,
) -> Finding | None:
    """The last day to apply for labour arbitration, never later than it surely is.

    A demand starts the year anew only if it can be proved, which a form cannot tell: it is left out.
    """
    limit = limitation_date(
        unpaid_wages=unpaid_wages,
        still_working=bool(still_working),
        last_day_of_work=_day(last_day_of_work),
        known_on=_day(known_on),
    )
    if limit is None:
        return None
    seen = limitation(limit, today=today)
    if seen.days_left < 0:
        text = f"按你填的日期，{limit} 已经过了一年；时效可能中断过，先别放弃，请律师看"
    else:
        text = f"越早申请越好；最迟 {limit} 前，以仲裁委认定为准"
    return Finding(limit.isoformat(), text, urgent=seen.prior_aid, colour=seen.urgency.value)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


FUNCTIONS: Mapping[str, Function] = {
    "money_owed": money_owed,
    "arbitration_limit": arbitration_limit,
}
