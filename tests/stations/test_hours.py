"""When a place is open: across midnight, round the clock, on holidays and on days that are different."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.stations.hours import (
    ALL_DAY,
    ClosedDay,
    Exceptional,
    Opening,
    Schedule,
    opening,
    parse_span,
    span_text,
    weekly_from_json,
    weekly_to_json,
)
from server.stations.hours_text import parse_closed_days, parse_weekly, weekly_text

SHENZHEN = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Days:
    """A calendar with these holidays and these worked weekend days."""

    holidays: AbstractSet[date] = frozenset()
    worked: AbstractSet[date] = frozenset()

    def is_holiday(self, day: date) -> bool:
        return day in self.holidays

    def is_workday(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.holidays)


ORDINARY = Days()
SPRING = Days(holidays={date(2026, 2, 15) + timedelta(days=n) for n in range(9)}, worked={date(2026, 2, 14)})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHENZHEN)


def schedule(hours: str, *, closed: str = "", exceptions: tuple[Exceptional, ...] = ()) -> Schedule:
    weekly, holiday = parse_weekly(hours)
    return Schedule(weekly, holiday, parse_closed_days(closed), exceptions)


def look(hours: str, moment: str, *, days: Days = ORDINARY, **other: object) -> Opening:
    return opening(schedule(hours, **other), at(moment), days)  # type: ignore[arg-type]


def test_an_ordinary_day() -> None:
    before = look("09:00-17:00", "2026-03-10 08:59")
    assert (before.open, before.until, before.opens_at) == (False, None, at("2026-03-10 09:00"))
    during = look("09:00-17:00", "2026-03-10 09:00")
    assert (during.open, during.until, during.opens_at) == (True, at("2026-03-10 17:00"), at("2026-03-11 09:00"))
    after = look("09:00-17:00", "2026-03-10 17:00")
    assert (after.open, after.opens_at) == (False, at("2026-03-11 09:00"))


def test_a_break_at_noon() -> None:
    noon = look("09:00-12:00，14:00-18:00", "2026-03-10 13:00")
    assert (noon.open, noon.opens_at) == (False, at("2026-03-10 14:00"))


@pytest.mark.parametrize("moment", ["2026-03-10 22:00", "2026-03-10 23:59", "2026-03-11 00:00", "2026-03-11 05:59"])
def test_hours_across_midnight(moment: str) -> None:
    night = look("22:00-06:00", moment)
    assert (night.open, night.until) == (True, at("2026-03-11 06:00"))


def test_hours_across_midnight_belong_to_the_day_on_which_they_begin() -> None:
    only_friday = "周五 22:00-06:00"
    assert look(only_friday, "2026-03-14 03:00").open, "Saturday morning is still Friday's night"
    assert not look(only_friday, "2026-03-13 03:00").open
    assert not look("22:00-06:00", "2026-03-14 23:00", closed="周六").open
    assert look("22:00-06:00", "2026-03-14 03:00", closed="周六").open


def test_round_the_clock_has_no_end() -> None:
    for text in ("全天", "00:00-24:00"):
        always = look(text, "2026-03-10 00:00")
        assert (always.open, always.until) == (True, None)
    assert schedule("全天").round_the_clock
    assert not schedule("全天", closed="周日").round_the_clock


def test_days_that_touch_are_one_stretch() -> None:
    long = look("周一 08:00-24:00；周二 00:00-10:00", "2026-03-09 20:00")
    assert long.until == at("2026-03-10 10:00")


def test_weekly_closed_days_also_hold_when_that_day_is_worked() -> None:
    assert not look("09:00-17:00", "2026-02-14 10:00", closed="周六周日", days=SPRING).open
    assert look("09:00-17:00", "2026-02-14 10:00", closed="非工作日", days=SPRING).open
    assert not look("09:00-17:00", "2026-03-14 10:00", closed="非工作日").open


def test_a_holiday_nobody_spoke_of_is_open_by_the_plan_but_unsure() -> None:
    holiday = look("09:00-17:00", "2026-02-17 10:00", days=SPRING)
    assert (holiday.open, holiday.unsure) == (True, True)
    assert not look("09:00-17:00", "2026-03-10 10:00", days=SPRING).unsure
    assert not look("全天", "2026-02-17 10:00", days=SPRING).unsure


def test_holiday_hours_and_holidays_closed() -> None:
    shorter = look("09:00-17:00；节假日 10:00-12:00", "2026-02-17 13:00", days=SPRING)
    assert (shorter.open, shorter.opens_at) == (False, at("2026-02-18 10:00"))
    closed = look("09:00-17:00", "2026-02-17 10:00", closed="法定节假日", days=SPRING)
    assert (closed.open, closed.opens_at) == (False, at("2026-02-24 09:00"))
    assert look("周一至周五 09:00-17:00；节假日 10:00-12:00", "2026-02-21 11:00", days=SPRING).open, "a Saturday"


def test_an_exception_rules_its_whole_calendar_days() -> None:
    typhoon = Exceptional(date(2026, 3, 11), date(2026, 3, 11), (), "台风停工")
    day = look("22:00-06:00", "2026-03-11 12:00", exceptions=(typhoon,))
    assert (day.open, day.reason, day.opens_at) == (False, "台风停工", at("2026-03-12 22:00"))
    evening_before = look("22:00-06:00", "2026-03-10 23:00", exceptions=(typhoon,))
    assert evening_before.until == at("2026-03-11 00:00")


def test_the_strongest_exception_comes_first_and_a_shelter_can_open_all_day() -> None:
    closed = Exceptional(date(2026, 3, 10), date(2026, 3, 12), (), "区里停工")
    shelter = Exceptional(date(2026, 3, 11), date(2026, 3, 11), (ALL_DAY,), "避险点开放")
    day = look("09:00-17:00", "2026-03-11 03:00", exceptions=(shelter, closed))
    assert (day.open, day.until, day.reason) == (True, at("2026-03-12 00:00"), "避险点开放")


def test_a_plan_is_never_said_to_hold_beyond_what_it_looked_at() -> None:
    for moment in ("2026-03-10 08:00", "2026-03-10 10:00", "2026-03-10 18:00"):
        plan = look("09:00-17:00", moment)
        assert at(moment) < plan.valid_until <= at("2026-03-11 00:00")


SPANS = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=3
).map(tuple)


@given(
    st.tuples(*[SPANS] * 7),
    st.none() | SPANS,
    st.frozensets(st.sampled_from(ClosedDay), max_size=3),
    st.integers(0, 20 * 1440),
)
def test_open_until_and_next_opening_agree_with_each_minute(
    weekly: tuple[tuple[tuple[int, int], ...], ...],
    holiday: tuple[tuple[int, int], ...] | None,
    closed: frozenset[ClosedDay],
    minute: int,
) -> None:
    plan = Schedule(weekly, holiday, closed)
    moment = at("2026-02-08 00:00") + timedelta(minutes=minute)
    here = opening(plan, moment, SPRING)
    if here.open and here.until is not None:
        assert opening(plan, here.until - timedelta(minutes=1), SPRING).open
        assert not opening(plan, here.until, SPRING).open
    if not here.open and here.opens_at is not None:
        assert opening(plan, here.opens_at, SPRING).open
        assert not opening(plan, here.opens_at - timedelta(minutes=1), SPRING).open
    just_before = here.valid_until - timedelta(minutes=1)
    assert opening(plan, just_before, SPRING).open == here.open


@given(st.integers(0, 1439), st.integers(1, 1440))
def test_a_span_is_written_as_it_is_read(start: int, length: int) -> None:
    if length == 1440 and start:
        return
    assert parse_span(span_text((start, start + length))) == (start, start + length)


def test_weekly_hours_are_stored_as_they_are_read() -> None:
    weekly, holiday = parse_weekly("周一至周五 09:00-18:00；周六 22:00-06:00；节假日休息")
    assert weekly_from_json(weekly_to_json(weekly, holiday)) == (weekly, holiday)
    assert holiday == ()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("09:00-17:00", "每天 09:00–17:00"),
        ("00:00-24:00", "全天开着"),
        ("24小时", "全天开着"),
        ("22:00—次日06:00", "每天 22:00–次日 06:00"),
        ("周一至周五 09:00-18:00; 周六 10:00-16:00", "周一至周五 09:00–18:00；周六 10:00–16:00；周日休息"),
        ("周一到周五：8点半到12点，14点-18点；周六日休息", "周一至周五 08:30–12:00、14:00–18:00；周六、周日休息"),
        ("工作日 09:00－17:00，周末 10：00～16：00", "周一至周五 09:00–17:00；周六、周日 10:00–16:00"),
        (
            "星期一、三、五 14:00-17:30",
            "周一 14:00–17:30；周二休息；周三 14:00–17:30；周四休息；周五 14:00–17:30；周六、周日休息",
        ),
        ("每天 08:00-20:00；节假日 10:00-18:00", "每天 08:00–20:00；节假日 10:00–18:00"),
    ],
)
def test_hours_as_unions_write_them(written: str, shown: str) -> None:
    assert weekly_text(schedule(written)) == shown


@pytest.mark.parametrize("written", ["", "看情况", "9:00", "周一", "25:00-26:00", "09:00-09:00", "09:60-10:00"])
def test_hours_that_say_nothing_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"看不懂|没有写|不是一天里|不对"):
        parse_weekly(written)


def test_closed_days_as_unions_write_them() -> None:
    assert parse_closed_days("周六周日") == {ClosedDay.SAT, ClosedDay.SUN}
    assert parse_closed_days("周一、法定节假日") == {ClosedDay.MON, ClosedDay.HOLIDAY}
    assert parse_closed_days("无") == frozenset()
    with pytest.raises(ValueError, match="看不懂"):
        parse_closed_days("农历初一")
