"""Clocks as rows: started, paused, resumed, stopped, never edited away."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from server.clocks.models import Clock, ClockPause, OwnerKind
from server.clocks.schemas import ClockSchema
from server.clocks.service import (
    clocks_of,
    clocks_of_many,
    pause_clocks,
    resume_clocks,
    start_clock,
    stop_clocks,
)
from server.core.db import new_id, transaction
from tests.moments import at

CASE = OwnerKind.CASE


def start(owner_id: uuid.UUID, deadline: str, started: str, *, key: str = "answer") -> Clock:
    return start_clock(owner_kind=CASE, owner_id=owner_id, key=key, deadline=deadline, at=at(started))


def test_a_clock_is_shown_as_the_contract_says(app: Flask) -> None:
    owner = new_id()
    start(owner, "LA_DECIDE", "2026-02-10 10:00", key="decide")
    shown = ClockSchema(many=True).dump(clocks_of(owner_kind=CASE, owner_id=owner))
    assert shown == [
        {
            "key": "decide",
            "name": "决定是否给你法律援助",
            "due_at": "2026-02-25T00:00:00+08:00",
            "original_due_at": "2026-02-25T00:00:00+08:00",
            "last_day": "2026-02-24",
            "basis": "calendar_days",
            "provisional": False,
            "paused": False,
            "stopped_at": None,
        }
    ]


def test_a_clock_keeps_the_rule_it_started_under(app: Flask) -> None:
    clock = start(new_id(), "GR_HANDLE", "2026-02-13 10:00")
    assert (clock.deadline, clock.rule_version, clock.amount) == ("GR_HANDLE", 1, 5)
    assert clock.due_at == at("2026-02-27 18:00")


def test_a_clock_stands_or_falls_with_its_cause(app: Flask) -> None:
    owner = new_id()

    def failing_cause() -> None:
        with transaction():
            start(owner, "GR_HANDLE", "2026-03-09 10:00")
            raise RuntimeError("cause failed")

    with pytest.raises(RuntimeError, match="cause failed"):
        failing_cause()
    assert clocks_of(owner_kind=CASE, owner_id=owner) == []


def test_the_same_promise_does_not_run_twice(app: Flask) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-09 10:00")
    with pytest.raises(sa.exc.IntegrityError, match="uq_clock_running"):
        start(owner, "GR_HANDLE", "2026-03-10 10:00")


def test_a_stopped_promise_can_be_made_anew(app: Flask) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-09 10:00")
    stop_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-10 10:00"))
    start(owner, "GR_HANDLE", "2026-03-11 10:00")
    first, second = clocks_of(owner_kind=CASE, owner_id=owner)
    assert first.stopped_at == at("2026-03-10 10:00")
    assert second.stopped_at is None


def test_a_pause_moves_the_due_date_by_the_working_days_it_took(app: Flask, db_session: Session) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    pause_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-03 11:00"))
    (paused,) = clocks_of(owner_kind=CASE, owner_id=owner)
    assert paused.paused
    resume_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-06 20:00"))
    (clock,) = clocks_of(owner_kind=CASE, owner_id=owner)
    assert not clock.paused
    assert clock.due_at == at("2026-03-12 18:00")
    assert clock.original_due_at == at("2026-03-09 18:00")
    (pause,) = db_session.scalars(sa.select(ClockPause))
    assert (pause.clock_id, pause.added) == (clock.id, 3)


def test_pauses_add_up(app: Flask) -> None:
    owner = new_id()
    start(owner, "LA_DECIDE", "2026-03-02 10:00")
    for begin, end in [("2026-03-03 09:00", "2026-03-05 09:00"), ("2026-03-06 09:00", "2026-03-09 09:00")]:
        pause_clocks(owner_kind=CASE, owner_id=owner, at=at(begin))
        resume_clocks(owner_kind=CASE, owner_id=owner, at=at(end))
    (clock,) = clocks_of(owner_kind=CASE, owner_id=owner)
    assert clock.paused_amount == 5
    assert clock.last_day.isoformat() == "2026-03-16"  # 7 + 5 days end on Saturday the 14th


def test_pausing_twice_or_resuming_twice_changes_nothing(app: Flask, db_session: Session) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    assert len(pause_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-03 11:00"))) == 1
    assert pause_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-05 11:00")) == []
    resume_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-06 11:00"))
    assert resume_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-09 11:00")) == []
    assert db_session.scalar(sa.select(sa.func.count()).select_from(ClockPause)) == 1


def test_a_promise_that_does_not_pause_runs_on(app: Flask) -> None:
    owner = new_id()
    start(owner, "NEED_MORE", "2026-03-02 10:00", key="supply")
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    assert [clock.key for clock in pause_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-03 11:00"))] == [
        "answer"
    ]


def test_stopping_by_key_leaves_the_others_running(app: Flask) -> None:
    owner = new_id()
    start(owner, "GR_SIGN", "2026-03-02 10:00", key="sign")
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    stopped = stop_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-02 15:00"), keys={"sign"})
    assert [clock.key for clock in stopped] == ["sign"]
    assert [c.key for c in clocks_of(owner_kind=CASE, owner_id=owner) if c.stopped_at is None] == ["answer"]


def test_stopping_ends_a_pause(app: Flask, db_session: Session) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    pause_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-03 11:00"))
    (clock,) = stop_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-04 11:00"))
    assert not clock.paused
    assert db_session.scalar(sa.select(ClockPause.added)) == 1


def test_clocks_of_a_page_of_owners_come_in_one_query(app: Flask, count_queries: list[str]) -> None:
    owners = [new_id() for _ in range(3)]
    for owner in owners[:2]:
        start(owner, "GR_HANDLE", "2026-03-02 10:00")
    count_queries.clear()
    found = clocks_of_many(owner_kind=CASE, owner_ids=owners)
    assert [len(found[owner]) for owner in owners] == [1, 1, 0]
    assert len(count_queries) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE clock SET original_due_at = original_due_at + interval '1 day'",
        "UPDATE clock SET amount = 50",
        "UPDATE clock SET started_at = now()",
        "DELETE FROM clock",
    ],
)
def test_the_database_refuses_to_edit_a_promise_away(app: Flask, db_session: Session, change: str) -> None:
    start(new_id(), "GR_HANDLE", "2026-03-02 10:00")
    with pytest.raises(sa.exc.ProgrammingError, match="clock"):
        db_session.execute(sa.text(change))


def test_a_stopped_clock_is_closed_for_good(app: Flask, db_session: Session) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    stop_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-20 10:00"))
    with pytest.raises(sa.exc.ProgrammingError, match="what a clock promised stays"):
        db_session.execute(sa.text("UPDATE clock SET stopped_at = due_at"))


def test_a_year_without_a_table_blocks_nobody_and_is_said_aloud(app: Flask) -> None:
    with capture_logs() as logged:
        clock = start(new_id(), "GR_HANDLE", "2026-12-30 10:00")
    assert [line["missing"] for line in logged] == [["config/holidays/2027.csv"]]
    assert clock.provisional
    assert clock.due_at == at("2027-01-07 18:00")  # 31 December, then 4, 5, 6 and 7 January


def test_status_names_the_missing_table_from_november_on(
    client: FlaskClient, freeze: Callable[[datetime], None]
) -> None:
    freeze(datetime(2026, 10, 31, 15, tzinfo=UTC))
    assert client.get("/status").get_json()["warnings"] == []
    freeze(datetime(2026, 10, 31, 17, tzinfo=UTC))  # 1 November in Shanghai
    (warning,) = client.get("/status").get_json()["warnings"]
    assert "config/holidays/2027.csv" in warning
