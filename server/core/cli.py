"""`flask jobs work`."""

import click
from flask import current_app
from flask.cli import AppGroup

from server.core.jobs import run_worker

jobs = AppGroup("jobs", help="The background queue.")


@jobs.command()
@click.option("--once", is_flag=True, help="Stop when the queue is empty; start no periodic tasks.")
def work(once: bool) -> None:
    """Work the queue."""
    run_worker(current_app._get_current_object(), wait=not once, periodic_tasks=not once)  # type: ignore[attr-defined]  # the proxy's target
