"""Which days are working days. A value object: pure, filled by `tables`.

A year with a table follows it. A year without one never blocks anybody: Monday to Friday less the holidays that have a
fixed date; what was computed with it is provisional.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct, field

ONE_DAY = timedelta(days=1)
SATURDAY = 5

FIXED_HOLIDAYS: Mapping[tuple[int, int], str] = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
"""(month, day) → name. 全国年节及纪念日放假办法 (2024), art. 2: those that do not follow the moon or the sun."""


class DayKind(StrEnum):
    """What a row of a holiday table says about its day."""

    HOLIDAY = "holiday"
    """Off, be it the holiday itself or a day moved to it (调休)."""
    WORKDAY = "workday"
    """A Saturday or Sunday on which one works (调班)."""


class SpecialDay(Struct, frozen=True):
    """One row of a holiday table."""

    day: date
    kind: DayKind
    name: str


class Calendar(Struct, frozen=True):
    """Working days and rest days in the People's Republic. Build it with `Calendar.of`."""

    years: frozenset[int] = frozenset()
    """Years that have a table."""
    _special: Mapping[date, SpecialDay] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Mapping[int, Iterable[SpecialDay]]) -> "Calendar":
        """A calendar from tables by year."""
        return cls(
            years=frozenset(tables),
            _special={special.day: special for table in tables.values() for special in table},
        )

    def is_provisional(self, day: date) -> bool:
        """Whether the year of the day has no table, so that what we say about the day may change."""
        return day.year not in self.years

    def is_holiday(self, day: date) -> bool:
        """Whether the day belongs to a holiday break, with the days moved to it (调休)."""
        special = self._special.get(day)
        if special is not None:
            return special.kind is DayKind.HOLIDAY
        return self.is_provisional(day) and (day.month, day.day) in FIXED_HOLIDAYS

    def is_workday(self, day: date) -> bool:
        """Whether offices work: Monday to Friday less holidays, and the weekend days declared working days.

        On any other day no period may end (法定休假日, 民法典 art. 203): weekends are statutory rest days too
        (国务院关于职工工作时间的规定, art. 7), as they are actually taken.
        """
        special = self._special.get(day)
        if special is not None:
            return special.kind is DayKind.WORKDAY
        return day.weekday() < SATURDAY and not self.is_holiday(day)

    def next_workday(self, day: date) -> date:
        """The first working day after `day`."""
        return self.add_workdays(day, 1)

    def add_workdays(self, day: date, amount: int) -> date:
        """The `amount`-th working day after `day`, which itself does not count; `day` for 0."""
        while amount > 0:
            day += ONE_DAY
            amount -= self.is_workday(day)
        return day

    def count_workdays(self, since: date, until: date) -> int:
        """Working days after `since` up to and including `until`; 0 when `until` is not later."""
        return sum(self.is_workday(since + timedelta(days=n)) for n in range(1, (until - since).days + 1))

    def roll_forward(self, day: date) -> date:
        """The day itself or, when it is a rest day, the first working day after it (民法典 art. 203)."""
        return day if self.is_workday(day) else self.next_workday(day)

    def subtract_workdays(self, day: date, amount: int) -> date:
        """The `amount`-th working day before `day`, which itself does not count; `day` for 0."""
        while amount > 0:
            day -= ONE_DAY
            amount -= self.is_workday(day)
        return day

    def roll_back(self, day: date) -> date:
        """The day itself or, when it is a rest day, the last working day before it."""
        return day if self.is_workday(day) else self.subtract_workdays(day, 1)
