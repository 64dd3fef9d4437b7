"""Which days are working days."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clocks.calendar import Calendar
from server.clocks.tables import HOLIDAYS, TableError, load_calendar, missing_years, read_table

CALENDAR = load_calendar(HOLIDAYS)
DAYS = st.dates(date(2023, 6, 1), date(2028, 6, 1))


def test_the_tables_agree_with_an_independent_source_on_every_day() -> None:
    day = date(2024, 1, 1)
    while day.year < 2027:
        assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 13), True),  # Friday before the festival
        (date(2026, 2, 14), True),  # a Saturday that is worked
        (date(2026, 2, 15), False),
        (date(2026, 2, 20), False),  # a Friday moved to the festival
        (date(2026, 2, 24), True),
        (date(2026, 3, 7), False),  # a plain Saturday
    ],
)
def test_a_table_decides_which_days_are_worked(day: date, works: bool) -> None:
    assert CALENDAR.is_workday(day) is works


def test_a_plain_weekend_is_a_rest_day_but_no_holiday() -> None:
    assert not CALENDAR.is_workday(date(2026, 3, 7))
    assert not CALENDAR.is_holiday(date(2026, 3, 7))
    assert CALENDAR.is_holiday(date(2026, 2, 21))


def test_a_year_without_a_table_goes_by_weekdays_and_fixed_holidays() -> None:
    assert CALENDAR.is_provisional(date(2027, 3, 1))
    assert CALENDAR.is_workday(date(2027, 2, 8))  # really inside the spring festival
    assert not CALENDAR.is_workday(date(2027, 10, 1))
    assert CALENDAR.is_holiday(date(2027, 1, 1))
    assert not CALENDAR.is_workday(date(2027, 3, 6))


def test_with_a_table_the_fixed_holidays_are_the_tables_business() -> None:
    moved = Calendar.of({2026: []})
    assert moved.is_workday(date(2026, 10, 1))


@given(DAYS, st.integers(0, 60))
def test_adding_working_days_is_stepping_day_by_day(day: date, amount: int) -> None:
    step, left = day, amount
    while left:
        step += timedelta(days=1)
        if CALENDAR.is_workday(step):
            left -= 1
    assert CALENDAR.add_workdays(day, amount) == step
    assert CALENDAR.count_workdays(day, step) == amount


@given(DAYS, st.integers(0, 30), st.integers(0, 30))
def test_adding_working_days_in_two_parts_is_the_same(day: date, first: int, second: int) -> None:
    assert CALENDAR.add_workdays(CALENDAR.add_workdays(day, first), second) == CALENDAR.add_workdays(
        day, first + second
    )


@given(DAYS)
def test_rolling_forward_ends_on_the_nearest_working_day(day: date) -> None:
    rolled = CALENDAR.roll_forward(day)
    assert rolled >= day
    assert CALENDAR.is_workday(rolled)
    assert not any(CALENDAR.is_workday(day + timedelta(days=n)) for n in range((rolled - day).days))


def test_next_years_table_is_missed_from_november_on() -> None:
    assert missing_years(date(2026, 10, 31), known=CALENDAR) == []
    assert missing_years(date(2026, 11, 1), known=CALENDAR) == [2027]
    assert missing_years(date(2027, 1, 1), known=CALENDAR) == [2027]


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("2026-13-01,holiday,元旦,测试", "line 2"),
        ("2026-01-01,feast,元旦,测试", "line 2"),
        ("2025-01-01,holiday,元旦,测试", "2025-01-01 is not in 2026"),
        ("2026-01-01,holiday,元旦,测试\n2026-01-01,holiday,元旦,测试", "line 3: 2026-01-01 appears twice"),
        ("2026-01-05,workday,元旦,测试", "a working day anyway"),
        ("2026-01-01,holiday,元旦,", "source"),
        ("", "without holidays"),
    ],
)
def test_a_wrong_table_is_refused_naming_the_line(tmp_path: Path, rows: str, complaint: str) -> None:
    path = tmp_path / "2026.csv"
    path.write_text(f"date,kind,name,source\n{rows}\n", encoding="utf-8")
    with pytest.raises(TableError, match=complaint):
        read_table(path)


def test_a_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "2026.csv"
    path.write_text("day,type\n2026-01-01,holiday\n", encoding="utf-8")
    with pytest.raises(TableError, match="columns"):
        read_table(path)
