"""When somebody is told that a promise runs out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clocks.alarms import Alarm, AlarmKind, Schedule, gone_off, moment, next_alarm, read_alarms
from server.clocks.rules import Basis, due
from server.clocks.tables import HOLIDAYS, load_calendar
from server.core.clock import SHANGHAI
from tests.moments import at

CALENDAR = load_calendar(HOLIDAYS)
ESCALATION = read_alarms("80% 100% 150%")
BASES = st.sampled_from([basis for basis in Basis if basis is not Basis.YEARS])
INSTANTS = st.datetimes(
    datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2026-10-01"), timezones=st.just(UTC)
)


def running(basis: Basis, amount: int, started: datetime) -> Schedule:
    return Schedule(basis, started, due(CALENDAR, basis=basis, amount=amount, started_at=started).at)


def goes_off(schedule: Schedule, alarm: str) -> datetime:
    (read,) = read_alarms(alarm)
    return moment(CALENDAR, schedule, read).astimezone(SHANGHAI)


def test_alarms_are_read_as_they_are_written() -> None:
    written = "80% +3 -7"
    assert " ".join(map(str, read_alarms(written))) == written
    assert read_alarms("") == ()


@pytest.mark.parametrize("word", ["80", "%", "0%", "+0", "-", "3d", "100%,150%", "+100"])
def test_what_is_no_alarm_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="is no alarm"):
        read_alarms(word)


def test_shares_of_working_days_are_reached_while_somebody_works() -> None:
    # Six hours are left of the Friday, and seven of each of the five days: 41 in all.
    schedule = running(Basis.WORKING_DAYS, 5, at("2026-03-13 10:00"))
    assert goes_off(schedule, "80%") == at("2026-03-19 16:48")
    assert goes_off(schedule, "100%") == at("2026-03-20 18:00")
    assert goes_off(schedule, "150%") == at("2026-03-25 17:30")


def test_one_working_day_over_the_spring_festival_does_not_ring_in_it() -> None:
    schedule = running(Basis.WORKING_DAYS, 1, at("2026-02-14 17:00"))
    assert schedule.due_at == at("2026-02-24 18:00")
    assert goes_off(schedule, "80%") == at("2026-02-24 16:24")


def test_shares_of_calendar_days_run_through() -> None:
    schedule = running(Basis.CALENDAR_DAYS, 3, at("2026-03-09 00:00"))
    assert schedule.due_at == at("2026-03-13 00:00")
    assert goes_off(schedule, "150%") == at("2026-03-15 00:00")


def test_a_worker_is_reminded_on_the_first_and_third_working_day_at_nine() -> None:
    schedule = running(Basis.WORKING_DAYS, 5, at("2026-03-13 17:00"))
    assert goes_off(schedule, "+1") == at("2026-03-16 09:00")
    assert goes_off(schedule, "+3") == at("2026-03-18 09:00")


def test_a_hearing_is_announced_a_week_and_a_day_before() -> None:
    schedule = Schedule(Basis.PLAIN_DAYS, at("2026-03-01 10:00"), at("2026-03-18 09:30"))
    assert goes_off(schedule, "-7") == at("2026-03-11 09:00")
    assert goes_off(schedule, "-1") == at("2026-03-17 09:00")


def test_what_lies_in_the_past_does_not_go_off() -> None:
    schedule = Schedule(Basis.PLAIN_DAYS, at("2026-03-15 10:00"), at("2026-03-18 09:30"))
    coming = next_alarm(CALENDAR, schedule, read_alarms("-7 -1"), after=schedule.started_at)
    assert coming == at("2026-03-17 09:00")
    assert next_alarm(CALENDAR, schedule, read_alarms("-7 -1"), after=at("2026-03-17 09:00")) is None


@given(basis=BASES, amount=st.integers(1, 60), started=INSTANTS)
def test_escalation_comes_in_order_around_the_due_time(basis: Basis, amount: int, started: datetime) -> None:
    schedule = running(basis, amount, started)
    warned, late, very_late = (moment(CALENDAR, schedule, alarm) for alarm in ESCALATION)
    assert started < warned <= late == schedule.due_at < very_late


@given(basis=BASES, amount=st.integers(1, 30), started=INSTANTS, later=st.integers(0, 60 * 24 * 60))
def test_every_alarm_has_gone_off_or_is_still_to_come(basis: Basis, amount: int, started: datetime, later: int) -> None:
    schedule = running(basis, amount, started)
    looked = started + timedelta(minutes=later)
    gone = gone_off(CALENDAR, schedule, ESCALATION, until=looked)
    coming = next_alarm(CALENDAR, schedule, ESCALATION, after=looked)
    assert (coming is None) == (len(gone) == len(ESCALATION))
    assert list(gone) == [Alarm(AlarmKind.SHARE, percent) for percent in (80, 100, 150)[: len(gone)]]
