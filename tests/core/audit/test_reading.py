"""Unusual reading raises an alarm: the rules, and the alarm's life."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from server.core.audit import reading
from server.core.audit.rules import Count, Read, Rule, unusual
from server.core.clock import now
from server.core.db import db
from tests.core.audit.conftest import Act
from tests.staff import make_staff

NOON = datetime(2026, 3, 13, 4, 0, tzinfo=UTC)
"""12:00 in Shanghai."""
HOUR = timedelta(hours=1)


def rule(count: Count, most: int, between: tuple[time, time] | None = None) -> Rule:
    return Rule(key="r", says="", count=count, most=most, within=HOUR, between=between)


def reads(*subjects: str, at: datetime = NOON, actor: str = "staff:A1") -> list[Read]:
    return [Read(at, actor, subject) for subject in subjects]


@pytest.mark.parametrize(
    ("count", "subjects", "expected"),
    [
        (Count.READS, "aab", 3),
        (Count.SUBJECTS, "aab", 2),
        (Count.SAME_SUBJECT, "aab", 2),
    ],
)
def test_what_a_rule_counts(count: Count, subjects: str, expected: int) -> None:
    assert unusual(reads(*subjects), [rule(count, expected)], at=NOON) == []
    (found,) = unusual(reads(*subjects), [rule(count, expected - 1)], at=NOON)
    assert (found.actor, found.count) == ("staff:A1", expected)


def test_each_person_is_counted_alone() -> None:
    two = reads("a", "b") + reads("c", "d", actor="staff:B2")
    assert unusual(two, [rule(Count.READS, 2)], at=NOON) == []


def test_what_is_older_than_the_window_does_not_count() -> None:
    looks = reads("a", at=NOON - HOUR) + reads("b", at=NOON - HOUR + timedelta(seconds=1))
    assert unusual(looks, [rule(Count.READS, 1)], at=NOON) == []


@pytest.mark.parametrize(
    ("local", "counts"), [("21:59", False), ("22:00", True), ("23:59", True), ("05:59", True), ("06:00", False)]
)
def test_hours_may_go_over_midnight(local: str, counts: bool) -> None:
    at = datetime.fromisoformat(f"2026-03-13T{local}:00+08:00")
    night = rule(Count.READS, 1, between=(time(22), time(6)))
    assert bool(unusual(reads("a", "b", at=at), [night], at=at)) is counts


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(1, 5))
def test_more_looks_never_make_it_less_unusual(subjects: list[str], most: int) -> None:
    for count in Count:
        fewer = unusual(reads(*subjects[:-1]), [rule(count, most)], at=NOON)
        more = unusual(reads(*subjects), [rule(count, most)], at=NOON)
        assert len(more) >= len(fewer)


def test_the_rules_of_the_house_can_be_read() -> None:
    assert len({one.key for one in reading.rules()}) == len(reading.rules()) > 0


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "rules", lambda: (rule(Count.SUBJECTS, 2),))


@pytest.mark.usefixtures("strict")
def test_an_alarm_is_said_once_seen_in_the_status_and_settled_by_another(
    app: Flask, act: Act, client: FlaskClient, freeze: Callable[[datetime], None]
) -> None:
    def warned() -> bool:
        return any(
            "警报没有人处理：在后台“审计”里" in warning for warning in client.get("/status").get_json()["warnings"]
        )

    act("a", action="case.reveal")
    act("b", action="notice.read_undelivered")
    act("x", action="case.message")
    act("z", action="case.spread")
    act("y", actor="worker:1")
    assert reading.watch() == []
    act("c")
    (alarm,) = reading.watch()
    assert (alarm.actor, alarm.rule, alarm.count) == ("staff:A1", "r", 3)
    assert reading.watch() == []
    assert warned()

    for number in ("A1", "S9"):
        make_staff(number, "audit_admin")
    make_staff("A2", "security_admin")
    run = app.test_cli_runner()
    assert run.invoke(args=["audit", "alarms", "--by", "A2"]).exit_code == 1
    assert "staff:A1" in run.invoke(args=["audit", "alarms", "--by", "S9"]).output
    assert run.invoke(args=["audit", "settle", str(alarm.id), "--by", "A1"]).exit_code == 1
    assert run.invoke(args=["audit", "settle", str(alarm.id), "--by", "S9"]).output == "已记下。\n"
    assert run.invoke(args=["audit", "settle", str(alarm.id), "--by", "S9"]).exit_code == 1
    db.session.rollback()
    assert not warned()
    freeze(now() + timedelta(minutes=61))
    assert reading.watch() == [], "what was read long ago"
