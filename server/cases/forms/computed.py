"""What is computed from answers: named, general, pure functions that a service attaches by YAML.

    computed:
      - key: owed
        name: 一共欠你
        function: money_owed
        answers: {rows: wages}                     # argument: field
        conditions: {…: {matter: wages}}           # argument: condition, true or false

A function returns None where its answers do not say enough.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from server.cases.flow.machine import State
from server.cases.forms.fields import Answers, Condition
from server.cases.forms.hardship import line_of
from server.cases.vocabulary import Who
from server.clocks.limitation import Urgency, earliest_limit, limitation, limitation_date
from server.clocks.rules import add_years
from server.unions.areas import DISTRICT_DIGITS, areas


class Finding(Struct, frozen=True):
    """A computed value as the worker and the staff see it."""

    value: str | int
    text: str
    urgent: bool = False
    colour: str | None = None


DAYS_TO_SUE = 15
YEARS_TO_ENFORCE = 2
MONTHS = 12
RELATIVE = 2
"""Times the line: below it, relative hardship."""
CATASTROPHIC = 80
"""Percent of a household's income."""

Function = Callable[..., Finding | None]


class Reminder(Struct, frozen=True):
    """Of a computed date the worker is told some days before it."""

    days: tuple[int, ...]
    """How many days before; once for each."""
    states: frozenset[str]
    """In which there is still something to be done about it."""
    unless: Condition | None
    title: str
    body: str
    """May name `{no}`, `{told}` (the value in words) and `{left}` (days)."""
    done_by: frozenset[str] = frozenset()
    """Steps by which it was done, whatever state follows: arbitration stays applied for when the lawyer changes."""
    undone_by: frozenset[str] = frozenset()
    """Steps after which it is to be done after all."""

    def is_done(self, made: Iterable[str]) -> bool:
        """Whether it was done.

        Args:
            made: the steps of the case, the earliest first.
        """
        telling = [step for step in made if step in self.done_by | self.undone_by]
        return bool(telling) and telling[-1] in self.done_by

    def due(self, last_day: date, *, today: date) -> int | None:
        """Which of its days has come; of several that were missed the last, and none once the date has passed."""
        left = (last_day - today).days
        return min((days for days in self.days if 0 <= left <= days), default=None)


class Computed(Struct, frozen=True):
    """One computed value of a service."""

    key: str
    name: str
    function: str
    answers: Mapping[str, str]
    conditions: Mapping[str, Condition]
    reminder: Reminder | None = None

    def needs(self) -> set[str]:
        """Keys of the answers that it follows from."""
        return set(self.answers.values()).union(*(condition.deciding() for condition in self.conditions.values()))

    def find(self, answers: Answers, *, today: date) -> Finding | None:
        """Its value for these answers on this day."""
        arguments = {name: answers.get(key) for name, key in self.answers.items()}
        truths = {name: condition.holds(answers) for name, condition in self.conditions.items()}
        return FUNCTIONS[self.function](today=today, **arguments, **truths)

    def matters_in(self, state: State, *, made: Iterable[str] = ()) -> bool:
        """Whether in this state, after these steps, something is still to be done about it."""
        if self.reminder is None:
            return state.next is not Who.NOBODY
        return state.code in self.reminder.states and not self.reminder.is_done(made)


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
    applied: bool = False,
    awarded: bool = False,
    dismissed: bool = False,
    demanded_on: str | None = None,
    told_on: str | None = None,
) -> Finding | None:
    """The last day to apply for labour arbitration, never later than it surely is; nothing once it was applied for.

    A demand starts the year anew only if it can be proved, which a form cannot tell: it is left out. It does show that
    the worker knew by then: where the day that counts is missing, the earliest of all the days stands for it. Whoever
    told the union knew by that day at the latest, whatever day they name. A day that has not come yet is one that was
    typed wrong, and would soothe: it counts as missing.
    """
    if applied or awarded:
        return None
    last_day, known, demanded, told = (
        _past(_day(one), today) for one in (last_day_of_work, known_on, demanded_on, told_on)
    )
    if known is not None and told is not None:
        known = min(known, told)
    limit = limitation_date(
        unpaid_wages=unpaid_wages,
        still_working=bool(still_working),
        last_day_of_work=last_day,
        known_on=known,
        dismissed=dismissed,
    )
    assumed = limit is None and not (unpaid_wages and still_working)
    if assumed:
        limit = earliest_limit((last_day, known, demanded, told))
    if limit is None:
        return None
    seen = limitation(limit, today=today)
    if seen.days_left < 0:
        text = f"按你填的日期，{limit} 已经过了一年；时效可能中断过，先别放弃，请律师看"
    elif assumed:
        text = f"越早申请越好；还缺一个日子，先按最早的一天算：最迟 {limit} 前，以仲裁委认定为准"
    else:
        text = f"越早申请越好；最迟 {limit} 前，以仲裁委认定为准"
    return Finding(limit.isoformat(), text, urgent=seen.prior_aid, colour=seen.urgency.value)


def labour_venue(*, today: date, work_area: str | None) -> Finding | None:
    """Where to apply for labour arbitration by where the work is done (劳动争议调解仲裁法 21).

    The value is the name of the district, as a commission bears it.
    """
    del today
    district = None if work_area is None else areas().districts.get(work_area[:DISTRICT_DIGITS])
    if district is None:
        return None
    return Finding(
        district.name, f"在{district.name}干的活，可以去{district.name}的仲裁委，也可以去公司所在地的；以仲裁委认定为准"
    )


def award_limit(*, today: date, awarded: bool, received_on: str | None) -> Finding | None:
    """The last day to go to court against an award (劳动争议调解仲裁法 48, 50), or that its date is needed."""
    if not awarded:
        return None
    received = _past(_day(received_on), today)
    if received is None:
        return Finding("", "收到裁决书起 15 天内要去法院起诉，越早越好；请马上告诉我们哪天收到的", urgent=True)
    last = received + timedelta(days=DAYS_TO_SUE)
    if last < today:
        text = f"按你填的日期，{last} 已经过了 15 天；先别放弃，请律师看"
    else:
        text = f"越早起诉越好；最迟 {last} 前，以法院认定为准"
    return Finding(last.isoformat(), text, urgent=True, colour=Urgency.PASSED if last < today else Urgency.CLOSE)


def coming_day(*, today: date, day: str | None) -> Finding | None:
    """A hearing, or the end of a period before arbitrators or a court, that the worker was told of; nothing after."""
    coming = _day(day)
    if coming is None or coming < today:
        return None
    seen = limitation(coming, today=today)
    text = f"按你填的，{coming} 开庭或者到期限；材料先备好，去不了要提前告诉仲裁委或法院"
    return Finding(coming.isoformat(), text, urgent=seen.prior_aid, colour=seen.urgency.value)


def hardship_category(
    *, today: date, people: int | None, income: int | None, rigid: int | None, illness: int | None
) -> Finding | None:
    """In which category of hardship a household falls, by the line of the year; its inputs are in the text.

    Args:
        people: in the household.
        income: of the household in twelve months, 分.
        rigid: what it cannot do without (rent, medicine, school) in twelve months, 分.
        illness: cost of an accident or illness in twelve months, 分.
    """
    if not people or income is None or rigid is None:
        return None
    line = line_of(today)
    monthly = (income - rigid) // MONTHS // people
    told = (
        f"{people} 口人，一年收入 {_yuan(income)} 元，刚性支出 {_yuan(rigid)} 元：每人每月 {_yuan(monthly)} 元；"
        f"{line.since.year} 年的线是 {_yuan(line.monthly)} 元"
    )
    if monthly < line.monthly:
        kind = "深度困难"
    elif monthly < RELATIVE * line.monthly:
        kind = "相对困难"
    elif illness is not None and illness * 100 > CATASTROPHIC * income:
        kind, told = "意外致困", f"{told}；看病花了 {_yuan(illness)} 元，超过收入的八成"
    else:
        kind = "不在困难标准内"
    return Finding(kind, f"{kind}（{told}）")


def _yuan(cents: int) -> str:
    return f"{cents / 100:,.2f}"


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _past(day: date | None, today: date) -> date | None:
    return None if day is None or day > today else day


def enforcement_limit(*, today: date, performed_by: str | None) -> Finding | None:
    """The last day to apply for enforcement (民事诉讼法 250): two years from the last day of payment."""
    due = _day(performed_by)
    if due is None:
        return None
    last = add_years(due, YEARS_TO_ENFORCE)
    if last < today:
        text = f"{last} 已经过了两年；中间催要过的可能重新算，先别放弃，请律师看"
    else:
        text = f"公司没付完的，越早申请越好；最迟 {last} 前，以法院认定为准"
    return Finding(last.isoformat(), text, urgent=False, colour=limitation(last, today=today).urgency.value)


FUNCTIONS: Mapping[str, Function] = {
    "money_owed": money_owed,
    "arbitration_limit": arbitration_limit,
    "award_limit": award_limit,
    "enforcement_limit": enforcement_limit,
    "coming_day": coming_day,
    "labour_venue": labour_venue,
    "hardship_category": hardship_category,
}
DATES = frozenset({"arbitration_limit", "award_limit", "coming_day", "enforcement_limit"})
"""Those whose value is a date, as ISO writes it; empty where it is not known."""
