"""`flask jobs work` and `flask keys status|rotate`."""

import click
from flask import current_app
from flask.cli import AppGroup

from server.core import rotation
from server.core.jobs import run_worker

jobs = AppGroup("jobs", help="The background queue.")
keys = AppGroup("keys", help="The keys of what is stored; see docs/runbooks/keys.md.")


@jobs.command()
@click.option("--once", is_flag=True, help="Stop when the queue is empty; start no periodic tasks.")
def work(once: bool) -> None:
    """Work the queue."""
    run_worker(current_app._get_current_object(), wait=not once, periodic_tasks=not once)  # type: ignore[attr-defined]  # the proxy's target


@keys.command()
def status() -> None:
    """Which keys made what is stored, and whether a key can be taken away."""
    older = 0
    for use in rotation.uses():
        word = (
            "current"
            if use.current
            else "to be made anew"
            if use.replaceable
            else "goes with its rows, the runbook says when"
        )
        click.echo(f"{use.column}  {use.key}  {use.values}  {word}")
        older += 0 if use.current else use.values
    click.echo(f"{older} values under keys that are not the current ones")


@keys.command()
@click.option("--at-once", type=click.IntRange(1, 5000), default=rotation.AT_ONCE, help="Rows in one transaction.")
def rotate(at_once: int) -> None:
    """Make everything anew that older keys made. May be stopped and started again at any time."""
    try:
        done = rotation.rotate(at_once=at_once)
    except TimeoutError as error:
        raise click.ClickException(str(error)) from error
    click.echo("\n".join(f"{table}  {one.rows}" for table, one in done.items() if one.rows) or "nothing to do")
    if unreadable := sum(one.unreadable for one in done.values()):
        raise click.ClickException(f"no key opens {unreadable} rows or files: they are named in the log")
