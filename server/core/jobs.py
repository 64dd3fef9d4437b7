"""Background jobs: rows of a PostgreSQL queue (procrastinate), written in the transaction of their cause.

A job therefore exists exactly if what caused it was committed. Arguments are ids, never personal data.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, ParamSpec

import procrastinate
import sentry_sdk
import structlog
from flask import Flask
from procrastinate import RetryStrategy, SyncPsycopgConnector
from procrastinate.manager import JobManager
from procrastinate.periodic import PeriodicRegistry
from procrastinate.tasks import configure_task
from sqlalchemy import text

from server.core.db import db, transaction

P = ParamSpec("P")

log = structlog.get_logger(__name__)

queue = procrastinate.App(connector=SyncPsycopgConnector())
"""Knows the tasks. Never opened in web processes: they write job rows through the session's connection."""

_writer = JobManager(queue.connector)
"""Writes job rows, also from within jobs, while `queue` itself waits on another connector."""

RETRY = RetryStrategy(max_attempts=8, exponential_wait=4)
"""4 s, 16 s, … 18 hours, about a day in all; then the job stays as failed and /status says so."""

SILENT_SECONDS = 60
"""A worker tells that it lives every 10 s. One that has been silent for so long was killed."""

_running_app: Flask | None = None


def _in_app_context(function: Callable[P, object]) -> Callable[P, None]:
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        assert _running_app is not None, "jobs run in `flask jobs work`"
        with _running_app.app_context():
            try:
                function(*args, **kwargs)
            except Exception as error:
                sentry_sdk.capture_exception(error)
                raise

    return run


def task(*, name: str, retry: RetryStrategy | bool = RETRY) -> Callable[[Callable[P, object]], Callable[P, object]]:
    """Declare a background task. The function runs in an application context and opens its own transactions."""

    def register(function: Callable[P, object]) -> Callable[P, object]:
        queue.task(name=name, retry=retry)(_in_app_context(function))
        function.__task_name__ = name  # type: ignore[attr-defined]  # read by `defer`
        return function

    return register


def periodic(*, name: str, cron: str, alone: bool = True) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Declare a task that the worker starts by itself; `cron` is in UTC.

    Args:
        alone: one run at a time, so that a slow run is not overtaken by the next; nor is a killed one, until
            `take_up_stalled_jobs` has found it.
    """

    def register(function: Callable[[], object]) -> Callable[[], object]:
        body = _in_app_context(lambda timestamp: function())
        declared: Any = queue.task(name=name, queueing_lock=name, lock=name if alone else None)(body)
        queue.periodic(cron=cron)(declared)
        function.__task_name__ = name  # type: ignore[attr-defined]  # for symmetry with `task`
        return function

    return register


def defer(function: Callable[..., object], *, delay_seconds: int = 0, **kwargs: Any) -> None:
    """Write a job row; it commits or rolls back with the transaction around this call."""
    name: str = function.__task_name__  # type: ignore[attr-defined]  # set by `task`
    with transaction() as session:
        connection = session.connection().connection.driver_connection
        options: dict[str, Any] = {"schedule_in": {"seconds": delay_seconds}} if delay_seconds else {}
        configure_task(name=name, job_manager=_writer, connection=connection, **options).defer(**kwargs)


def run_worker(app: Flask, *, wait: bool = True, periodic_tasks: bool = True, concurrency: int = 2) -> None:
    """Work the queue until told to stop, or with `wait=False` until it is empty."""
    global _running_app
    _running_app = app
    url = app.config["SQLALCHEMY_DATABASE_URI"].replace("postgresql+psycopg://", "postgresql://", 1)
    # In place: a copy's periodic tasks would be deferred through the original's connector, which cannot wait.
    with (
        queue.replace_connector(procrastinate.PsycopgConnector(conninfo=url)) as worker,
        nullcontext() if periodic_tasks else _no_periodic_tasks(),
        worker.open(),
    ):
        log.info("worker_started", concurrency=concurrency)
        worker.run_worker(
            wait=wait,
            concurrency=concurrency,
            # The NOTIFY trigger is left out of the schema: it halves the commit rate under load.
            listen_notify=False,
            fetch_job_polling_interval=1.0,
            install_signal_handlers=wait,
            delete_jobs="successful",
            shutdown_graceful_timeout=20,
        )


@contextmanager
def _no_periodic_tasks() -> Iterator[None]:
    known, queue.periodic_registry = queue.periodic_registry, PeriodicRegistry()  # type: ignore[no-untyped-call]  # untyped library
    try:
        yield
    finally:
        queue.periodic_registry = known


_STALLED = text("""
    SELECT job.id FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :silent))
    FOR UPDATE OF job SKIP LOCKED
""")
_DROP_WHAT_WAITS_ANEW = text("""
    DELETE FROM procrastinate_jobs job WHERE id = ANY(:ids) AND EXISTS (
        SELECT FROM procrastinate_jobs next WHERE next.queueing_lock = job.queueing_lock AND next.status = 'todo')
""")
_TAKE_UP = text("""
    UPDATE procrastinate_jobs SET worker_id = NULL, attempts = attempts + 1, scheduled_at = now(),
        status = (CASE WHEN attempts < :most THEN 'todo' ELSE 'failed' END)::procrastinate_job_status
    WHERE id = ANY(:ids)
""")


def take_up_stalled_jobs() -> int:
    """Let run again what killed workers had in hand; a job that was in hand too often, and may be what kills, fails.

    Returns:
        how many jobs were found.
    """
    with transaction() as session:
        ids = list(session.scalars(_STALLED, {"silent": SILENT_SECONDS}))
        # The next run of a periodic job may be waiting already, and only one may.
        session.execute(_DROP_WHAT_WAITS_ANEW, {"ids": ids})
        session.execute(_TAKE_UP, {"ids": ids, "most": RETRY.max_attempts})
    if ids:
        log.warning("stalled_jobs_taken_up", count=len(ids))
    return len(ids)


def failed_jobs() -> int:
    """How many jobs gave up."""
    return int(
        db.session.connection()
        .exec_driver_sql("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        .scalar_one()
    )
