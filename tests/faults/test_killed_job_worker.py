"""A job worker is killed in the middle of a job: the job is done all the same, once somebody works again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.core import jobs
from server.core.db import db

ROOT = Path(__file__).parents[2]
JOB = "core.forget_idempotency_records"
PATIENCE = 60


def states() -> list[str]:
    with db.engine.connect() as connection:
        found = connection.execute(
            sa.text("SELECT status::text FROM procrastinate_jobs WHERE task_name = :name ORDER BY id"), {"name": JOB}
        )
        return list(found.scalars())


def queue_the_job() -> None:
    """As the worker does by itself: the lock keeps every later run waiting."""
    with db.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO procrastinate_jobs (task_name, queue_name, lock, queueing_lock, args)"
                " SELECT name, 'default', name, name, '{\"timestamp\": 0}' FROM CAST(:name AS text) AS given (name)"
            ),
            {"name": JOB},
        )


@pytest.fixture
def killed_in_the_middle(app: Flask, environment: dict[str, str]) -> None:
    """The job is in the hands of a worker that is gone, and that has been silent for a while."""
    queue_the_job()
    with db.engine.connect() as holding:
        holding.exec_driver_sql("LOCK TABLE idempotency_record IN ACCESS EXCLUSIVE MODE")  # the job has to wait here
        worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "server.app", "jobs", "work", "--once"],
            cwd=ROOT,
            env=os.environ | environment,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE
        while states() != ["doing"]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")


@pytest.mark.usefixtures("killed_in_the_middle")
def test_the_job_is_taken_up_and_done(app: Flask) -> None:
    assert jobs.take_up_stalled_jobs() == 1
    assert states() == ["todo"]
    jobs.run_worker(app, wait=False)
    assert states() == []


@pytest.mark.usefixtures("killed_in_the_middle")
def test_the_next_run_that_waits_already_takes_its_place(app: Flask) -> None:
    queue_the_job()
    jobs.take_up_stalled_jobs()
    assert states() == ["todo"]
    jobs.run_worker(app, wait=False)
    assert states() == []


@pytest.mark.usefixtures("killed_in_the_middle")
def test_a_job_that_kills_its_worker_again_and_again_gives_up(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE procrastinate_jobs SET attempts = 8")
    jobs.take_up_stalled_jobs()
    assert states() == ["failed"]
    assert jobs.failed_jobs() == 1


def test_what_a_living_worker_has_in_hand_is_left_to_it(killed_in_the_middle: None) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE procrastinate_workers SET last_heartbeat = now()")
    assert jobs.take_up_stalled_jobs() == 0
    assert states() == ["doing"]
