"""Extending, annulling, recomputing: each once, with a reason and, where somebody decides, with two persons."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.clocks import changes, deadlines, ringing, service
from server.clocks.calendar import Calendar, DayKind, SpecialDay
from server.clocks.changes import annul_breach, changes_of, extend_clock, recompute_provisional
from server.clocks.deadlines import load_deadlines
from server.clocks.models import ChangeKind, Clock, OwnerKind
from server.clocks.ringing import Ringing, ring
from server.clocks.service import clocks_of, pause_clocks, resume_clocks, start_clock, stop_clocks
from server.clocks.tables import calendar
from server.core.db import new_id
from server.core.errors import Problem
from tests.clocks.test_deadlines import LONG, SHORT, table
from tests.clocks.test_service import CASE, at, start

Patch = pytest.MonkeyPatch


def extend(owner: uuid.UUID, on: str, *, amount: int | None = 3, second: str = "B2") -> Clock:
    return extend_clock(
        owner_kind=CASE,
        owner_id=owner,
        key="answer",
        amount=amount,
        reason="要等公司提供账册",
        asked_by="A1",
        approved_by=second,
        at=at(on),
    )


def only(owner: uuid.UUID) -> Clock:
    (clock,) = clocks_of(owner_kind=CASE, owner_id=owner)
    return clock


# ── extension


def test_an_extension_moves_the_due_time_and_keeps_the_promise(app: Flask) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    clock = extend(owner, "2026-03-06 10:00")
    assert clock.due_at == at("2026-03-12 18:00")
    assert clock.original_due_at == at("2026-03-09 18:00")
    (change,) = changes_of([clock.id])
    assert (change.kind, change.reason) == (ChangeKind.EXTENSION, "要等公司提供账册")
    assert (change.asked_by, change.approved_by) == ("A1", "B2")
    assert (change.due_before, change.due_after) == (at("2026-03-09 18:00"), at("2026-03-12 18:00"))


def test_an_extension_without_a_number_is_all_that_the_rule_allows(app: Flask) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    assert extend(owner, "2026-03-06 10:00", amount=None).due_at == at("2026-03-23 18:00")


def test_pauses_and_an_extension_add_up(app: Flask) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    extend(owner, "2026-03-02 11:00")
    pause_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-03 10:00"))
    resume_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-05 10:00"))
    assert only(owner).due_at == at("2026-03-16 18:00")  # 5 + 3 + 2 working days


@pytest.mark.parametrize(
    ("deadline", "on", "amount", "code"),
    [
        ("LA_DECIDE", "2026-03-03 10:00", 1, "cannot_extend"),
        ("GR_HANDLE", "2026-03-09 18:01", 1, "overdue"),
        ("GR_HANDLE", "2026-03-03 10:00", 11, "invalid"),
        ("GR_HANDLE", "2026-03-03 10:00", 0, "invalid"),
    ],
)
def test_what_cannot_be_extended_is_not(app: Flask, deadline: str, on: str, amount: int, code: str) -> None:
    owner = new_id()
    start(owner, deadline, "2026-03-02 10:00")
    with pytest.raises(Problem) as refused:
        extend(owner, on, amount=amount)
    assert refused.value.code == code
    assert changes_of([only(owner).id]) == []


def test_a_second_extension_is_refused(app: Flask) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    extend(owner, "2026-03-03 10:00", amount=1)
    with pytest.raises(Problem) as refused:
        extend(owner, "2026-03-04 10:00", amount=1)
    assert refused.value.code == "extended_already"


def test_nobody_approves_what_they_asked_for(app: Flask, db_session: Session) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    with pytest.raises(sa.exc.IntegrityError, match="two_persons"):
        extend(owner, "2026-03-03 10:00", second="A1")


# ── annulment


def annul(clock: Clock, on: str = "2026-03-20 10:00") -> Clock:
    return annul_breach(clock_id=clock.id, reason="系统停机一天", asked_by="A1", approved_by="B2", at=at(on))


def test_a_missed_promise_can_be_annulled_but_stays_as_it_was(app: Flask) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    stop_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-10 10:00"))
    annul(only(owner))
    clock = only(owner)
    assert clock.due_at == at("2026-03-09 18:00")
    assert clock.stopped_at == at("2026-03-10 10:00")
    (change,) = changes_of([clock.id])
    assert (change.kind, change.due_before, change.due_after) == (ChangeKind.ANNULMENT, clock.due_at, clock.due_at)


def test_a_kept_promise_is_not_annulled(app: Flask) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    stop_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-03-09 18:00"))
    with pytest.raises(Problem) as refused:
        annul(only(owner))
    assert refused.value.code == "not_breached"


def test_a_breach_is_annulled_once(app: Flask) -> None:
    clock = start(new_id(), "GR_HANDLE", "2026-03-02 10:00")
    annul(clock)
    with pytest.raises(Problem) as refused:
        annul(clock)
    assert refused.value.code == "annulled_already"


@pytest.mark.parametrize("change", ["UPDATE clock_change SET at = now()", "DELETE FROM clock_change"])
def test_reasons_are_kept_for_good(app: Flask, db_session: Session, change: str) -> None:
    annul(start(new_id(), "GR_HANDLE", "2026-03-02 10:00"))
    with pytest.raises(sa.exc.ProgrammingError, match="append-only"):
        db_session.execute(sa.text(change))


# ── a holiday table arrives


@pytest.fixture
def arrive(monkeypatch: Patch) -> Callable[..., None]:
    """`arrive(2027, off)`: the calendar of this process has that year's table now, with weekends that are worked."""

    def enter(year: int, off: list[str], worked: Sequence[str] = ()) -> None:
        known = calendar()
        kinds = {**dict.fromkeys(off, DayKind.HOLIDAY), **dict.fromkeys(worked, DayKind.WORKDAY)}
        days = [SpecialDay(datetime.fromisoformat(day).date(), kind, "元旦") for day, kind in kinds.items()]
        special = {**known._special, **{one.day: one for one in days}}
        grown = Calendar(known.years | {year}, special)
        for module in (changes, ringing, service):
            monkeypatch.setattr(module, "calendar", lambda: grown)

    return enter


def test_a_provisional_promise_is_computed_anew_when_the_table_arrives(app: Flask, arrive: Callable[..., None]) -> None:
    owner = new_id()
    assert start(owner, "GR_HANDLE", "2026-12-30 10:00").provisional
    assert recompute_provisional(at=at("2026-12-30 12:00")) == 0
    arrive(2027, ["2027-01-01", "2027-01-04"])
    assert recompute_provisional(at=at("2026-12-30 13:00")) == 1
    clock = only(owner)
    assert clock.due_at == at("2027-01-08 18:00")
    assert clock.original_due_at == at("2027-01-07 18:00")
    assert not clock.provisional
    (change,) = changes_of([clock.id])
    assert change.kind is ChangeKind.RECOMPUTATION
    assert "2027 年的节假日表" in change.reason
    assert recompute_provisional(at=at("2026-12-30 14:00")) == 0


def test_what_is_due_earlier_by_the_table_is_told_of_earlier(app: Flask, arrive: Callable[..., None]) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-12-30 10:00")
    arrive(2027, ["2027-01-01"], worked=["2027-01-02", "2027-01-03"])
    assert recompute_provisional(at=at("2026-12-30 13:00")) == 1
    assert only(owner).due_at == at("2027-01-05 18:00")
    assert heard("2027-01-05 18:00") == [("answer", "100%")]


def test_what_was_paused_is_counted_anew_too(app: Flask, arrive: Callable[..., None]) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-12-30 10:00")
    pause_clocks(owner_kind=CASE, owner_id=owner, at=at("2026-12-31 10:00"))
    resume_clocks(owner_kind=CASE, owner_id=owner, at=at("2027-01-05 10:00"))
    assert only(owner).paused_amount == 2
    arrive(2027, ["2027-01-01", "2027-01-04"])
    recompute_provisional(at=at("2027-01-05 11:00"))
    assert only(owner).paused_amount == 1


# ── versions of a rule


def test_what_was_begun_before_keeps_the_rule_of_its_day(app: Flask, tmp_path: Path, monkeypatch: Patch) -> None:
    versions = load_deadlines(table(tmp_path, SHORT, LONG))
    monkeypatch.setattr(deadlines, "deadlines", lambda: versions)
    old, new, again = (new_id() for _ in range(3))
    assert start(old, "A", "2026-06-30 23:59").amount == 5
    assert start(new, "A", "2026-07-01 00:00").amount == 7
    begun = at("2026-06-30 10:00").date()
    late = start_clock(
        owner_kind=CASE, owner_id=again, key="answer", deadline="A", at=at("2026-08-03 10:00"), ruled_on=begun
    )
    assert (late.amount, late.rule_version) == (5, 1)


# ── alarms


def heard(until: str, *, batch: int = 200) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []

    def tell(ringing: list[Ringing]) -> None:
        told.extend((one.clock.key, str(one.alarm)) for one in ringing)

    ring(owner_kind=OwnerKind.CASE, at=at(until), tell=tell, batch=batch)
    return told


def test_each_alarm_goes_off_once(app: Flask) -> None:
    start(new_id(), "GR_HANDLE", "2026-03-02 10:00")
    assert heard("2026-03-05 10:00") == []
    assert heard("2026-03-09 09:00") == [("answer", "80%")]
    assert heard("2026-03-09 09:01") == []
    assert heard("2026-03-09 18:00") == [("answer", "100%")]
    assert heard("2026-03-30 18:00") == [("answer", "150%")]
    assert heard("2026-12-30 18:00") == []


def test_what_was_missed_goes_off_once_as_the_worst_of_it(app: Flask) -> None:
    start(new_id(), "GR_HANDLE", "2026-03-02 10:00")
    assert heard("2026-03-30 18:00") == [("answer", "150%")]


def test_nothing_rings_of_what_is_done_or_stands_still(app: Flask) -> None:
    done, paused = new_id(), new_id()
    start(done, "GR_HANDLE", "2026-03-02 10:00")
    stop_clocks(owner_kind=CASE, owner_id=done, at=at("2026-03-03 10:00"))
    start(paused, "GR_HANDLE", "2026-03-02 10:00")
    pause_clocks(owner_kind=CASE, owner_id=paused, at=at("2026-03-03 10:00"))
    assert heard("2026-03-30 18:00") == []


def test_after_an_extension_the_alarms_go_by_the_new_time(app: Flask) -> None:
    owner = new_id()
    start(owner, "GR_HANDLE", "2026-03-02 10:00")
    extend(owner, "2026-03-03 10:00", amount=5)
    assert heard("2026-03-09 18:00") == []
    assert heard("2026-03-16 18:00") == [("answer", "100%")]


def test_many_alarms_go_off_in_batches_and_a_job_that_died_goes_on_where_it_was(app: Flask) -> None:
    for _ in range(7):
        start(new_id(), "GR_HANDLE", "2026-03-02 10:00")
    told: list[int] = []

    def tell(ringing: list[Ringing]) -> None:
        if len(told) == 2:
            raise RuntimeError("killed")
        told.append(len(ringing))

    with pytest.raises(RuntimeError, match="killed"):
        ring(owner_kind=OwnerKind.CASE, at=at("2026-03-09 18:00"), tell=tell, batch=3)
    assert told == [3, 3]
    assert len(heard("2026-03-09 18:00")) == 1


def test_an_alarm_that_is_still_to_come_after_all_is_only_moved(app: Flask, db_session: Session) -> None:
    start(new_id(), "GR_HANDLE", "2026-03-02 10:00")
    db_session.execute(sa.update(Clock).values(alarm_at=at("2026-03-03 10:00")))
    db_session.commit()
    assert heard("2026-03-04 10:00") == []
    assert heard("2026-03-09 09:00") == [("answer", "80%")]


def test_telling_and_moving_on_are_one(app: Flask) -> None:
    start(new_id(), "GR_HANDLE", "2026-03-02 10:00")

    def tell(_ringing: list[Ringing]) -> None:
        raise RuntimeError("the inbox is full")

    with pytest.raises(RuntimeError, match="full"):
        ring(owner_kind=OwnerKind.CASE, at=at("2026-03-09 18:00"), tell=tell)
    assert heard("2026-03-09 18:00") == [("answer", "100%")]
