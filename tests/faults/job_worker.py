"""A job worker in a process of its own, killed in the middle of a job."""

import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from flask import Flask

from server.core import jobs
from server.core.db import db
from server.core.process import after_fork

PATIENCE = 60


def queue_job(name: str, arguments: Mapping[str, Any] | None = None) -> None:
    """Put one job into the queue: a periodic one, without arguments, with the locks by which it runs alone."""
    lock = name if arguments is None else None
    with db.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO procrastinate_jobs (task_name, queue_name, lock, queueing_lock, args)"
                " VALUES (:name, 'default', :lock, :lock, CAST(:args AS jsonb))"
            ),
            {
                "name": name,
                "lock": lock,
                "args": json.dumps({"timestamp": 0} if arguments is None else dict(arguments)),
            },
        )


def states(name: str) -> list[str]:
    """How the jobs of this name stand; those that are done are not there any more."""
    with db.engine.connect() as connection:
        found = connection.execute(
            sa.text("SELECT status::text FROM procrastinate_jobs WHERE task_name = :name ORDER BY id"), {"name": name}
        )
        return list(found.scalars())


def killed_at(app: Flask, table: str, *, mode: str = "EXCLUSIVE") -> None:
    """Let a worker take what is queued, wait until it wants to write to this table (or read it, in ACCESS EXCLUSIVE
    mode), kill it with -9 there, and let it have been silent for a while.
    """
    with db.engine.connect() as holding:
        holding.exec_driver_sql(f"LOCK TABLE {table} IN {mode} MODE")
        killed_when(app, lambda: _somebody_waits_for(table))


def killed_when(app: Flask, reached: Callable[[], bool]) -> None:
    """Let a worker take what is queued, kill it with -9 once it has got so far, and let it have been silent."""
    worker = os.fork()
    if not worker:
        _work(app)
    _wait_until(reached, worker)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")


def _work(app: Flask) -> None:
    """In the child; ends without anything that belongs to the parent."""
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        after_fork(app)
        jobs.run_worker(app, wait=False, periodic_tasks=False)
        status = 0
    finally:
        os._exit(status)


def _somebody_waits_for(table: str) -> bool:
    with db.engine.connect() as connection:
        # Tests beside this one work on copies of the same database, in which the table has the same number.
        waiting = sa.text(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = CAST(:table AS regclass) AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        return bool(connection.execute(waiting, {"table": table}).scalar())


def _wait_until(condition: Callable[[], bool], worker: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert os.waitpid(worker, os.WNOHANG) == (0, 0), "the job was over before it got so far"
        assert time.monotonic() < deadline
        time.sleep(0.01)
