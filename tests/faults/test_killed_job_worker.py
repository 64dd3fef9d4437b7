"""A job worker is killed in the middle of a job: the job is done all the same, once somebody works again."""

import pytest
from flask import Flask

from server.core import jobs
from server.core.db import db
from tests.faults.job_worker import killed_at, queue_job, states

JOB = "core.forget_idempotency_records"


@pytest.fixture
def killed_in_the_middle(app: Flask) -> None:
    """The job is in the hands of a worker that is gone, and that has been silent for a while."""
    queue_job(JOB)
    killed_at(app, "idempotency_record", mode="ACCESS EXCLUSIVE")
    assert states(JOB) == ["doing"]


@pytest.mark.usefixtures("killed_in_the_middle")
def test_the_job_is_taken_up_and_done(app: Flask) -> None:
    assert jobs.take_up_stalled_jobs() == 1
    assert states(JOB) == ["todo"]
    jobs.run_worker(app, wait=False)
    assert states(JOB) == []


@pytest.mark.usefixtures("killed_in_the_middle")
def test_the_next_run_that_waits_already_takes_its_place(app: Flask) -> None:
    queue_job(JOB)
    jobs.take_up_stalled_jobs()
    assert states(JOB) == ["todo"]
    jobs.run_worker(app, wait=False)
    assert states(JOB) == []


@pytest.mark.usefixtures("killed_in_the_middle")
def test_a_job_that_kills_its_worker_again_and_again_gives_up(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE procrastinate_jobs SET attempts = 8")
    jobs.take_up_stalled_jobs()
    assert states(JOB) == ["failed"]
    assert jobs.failed_jobs() == 1


def test_what_a_living_worker_has_in_hand_is_left_to_it(killed_in_the_middle: None) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE procrastinate_workers SET last_heartbeat = now()")
    assert jobs.take_up_stalled_jobs() == 0
    assert states(JOB) == ["doing"]
