"""A job exists exactly if its cause was committed."""

import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from procrastinate.periodic import PeriodicRegistry

from server.core import jobs
from server.core.audit import AuditEvent, record
from server.core.db import after_commit, db, transaction


@jobs.task(name="test.note")
def note(subject: str) -> None:
    record(actor="system", action="job", subject_kind="test", subject_id=subject)


@jobs.task(name="test.fail", retry=False)
def fail() -> None:
    raise RuntimeError("it always fails")


def waiting() -> int:
    return db.session.execute(sa.text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")).scalar_one()


def subjects() -> list[str | None]:
    return list(db.session.scalars(sa.select(AuditEvent.subject_id)))


def test_a_job_commits_with_its_cause_and_runs(app: Flask) -> None:
    with transaction():
        record(actor="system", action="cause", subject_kind="test", subject_id="cause")
        jobs.defer(note, subject="effect")
    assert waiting() == 1
    db.session.rollback()
    jobs.run_worker(app, wait=False)
    assert sorted(filter(None, subjects())) == ["cause", "effect"]


def test_a_job_rolls_back_with_its_cause(app: Flask) -> None:
    def cause() -> None:
        with transaction():
            record(actor="system", action="cause", subject_kind="test", subject_id="cause")
            jobs.defer(note, subject="effect")
            raise RuntimeError("the cause fails at its end")

    with pytest.raises(RuntimeError):
        cause()
    assert waiting() == 0
    assert subjects() == []


def test_a_job_that_gives_up_is_counted(app: Flask) -> None:
    jobs.defer(fail)
    jobs.run_worker(app, wait=False)
    assert jobs.failed_jobs() == 1


def test_an_inner_transaction_joins_the_outer_one(app: Flask) -> None:
    def outer() -> None:
        with transaction():
            record(actor="system", action="inner", subject_kind="test")
            with transaction():
                record(actor="system", action="inner", subject_kind="test")
            raise RuntimeError("the outer one fails")

    with pytest.raises(RuntimeError):
        outer()
    assert subjects() == []


def test_what_waits_for_the_commit_runs_after_it_and_never_without(app: Flask) -> None:
    seen: list[int] = []
    with transaction():
        record(actor="system", action="act", subject_kind="test")
        after_commit(lambda: seen.append(len(subjects())))
        assert seen == []
    assert seen == [1]

    def failing() -> None:
        with transaction():
            after_commit(lambda: seen.append(-1))
            raise RuntimeError("nothing was committed")

    with pytest.raises(RuntimeError):
        failing()
    assert seen == [1]


def test_the_audit_log_can_only_grow(app: Flask) -> None:
    record(actor="system", action="act", subject_kind="test")
    for statement in ("UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as session:
            session.execute(sa.text(statement))
    assert len(subjects()) == 1


@jobs.task(name="test.pass_on")
def pass_on(subject: str) -> None:
    with transaction():
        jobs.defer(note, subject=subject)


def test_a_job_can_leave_another_one_behind(app: Flask) -> None:
    jobs.defer(pass_on, subject="from a job")
    jobs.run_worker(app, wait=False)
    # The queue may have looked empty for a moment.
    jobs.run_worker(app, wait=False)
    assert subjects() == ["from a job"]


EVERY_MINUTE: list[str] = []


@pytest.fixture
def every_minute(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # The only one: a round that ends early does not end in the middle of the others.
    monkeypatch.setattr(jobs.queue, "periodic_registry", PeriodicRegistry())

    @jobs.periodic(name="test.every_minute", cron="* * * * *")
    def note_the_minute() -> None:
        EVERY_MINUTE.append("ran")

    EVERY_MINUTE.clear()
    yield
    del jobs.queue.tasks["test.every_minute"]


@pytest.mark.usefixtures("every_minute")
def test_periodic_jobs_are_started_by_the_worker(app: Flask) -> None:
    until = time.monotonic() + 20
    while not EVERY_MINUTE and time.monotonic() < until:
        # A round ends as soon as the queue is empty, perhaps before the periodic job was put into it.
        jobs.run_worker(app, wait=False)
    assert EVERY_MINUTE


@pytest.mark.usefixtures("every_minute")
def test_emptying_the_queue_alone_starts_no_periodic_job(app: Flask) -> None:
    for _ in range(5):
        jobs.run_worker(app, wait=False, periodic_tasks=False)
    assert EVERY_MINUTE == []
