"""`flask seats …`"""

import uuid

import click
from flask.cli import AppGroup

from server.seats.capacity import CapacityTooSmallError, set_capacity
from server.seats.verify import note
from server.seats.verify import verify as compare

cli = AppGroup("seats", help="Pools of seats and the claims on them.")


@cli.command()
def verify() -> None:
    """Compare every pool's counters with its claims; ends with 1 if anything does not fit."""
    looked_at, findings = compare()
    note(findings)
    for finding in findings:
        click.echo(f"pool {finding.pool_id}: {finding.what}", err=True)
    if findings:
        raise SystemExit(1)
    click.echo(f"{looked_at} pools, all counters fit their claims")


@cli.command()
@click.argument("pool_id", type=click.UUID)
@click.argument("seats", type=click.IntRange(min=0))
def capacity(pool_id: uuid.UUID, seats: int) -> None:
    """Change how many seats a pool has; who waits is promoted first."""
    try:
        promoted = set_capacity(pool_id=pool_id, capacity=seats)
    except CapacityTooSmallError as error:
        raise click.ClickException(f"{error}. {_choices(error)}") from error
    except LookupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{seats} seats, {promoted} promoted from the waiting list")


def _choices(error: CapacityTooSmallError) -> str:
    lines = [f"You can:\n- set it to {error.taken}, which leaves everybody the seat"]
    if error.offered:
        lines.append(f"- wait: {error.offered} offers are not answered yet, and what they hold may come free")
    lines.append("- take sign-ups away one by one, each told why: flask activities remove SIGNUP_ID --reason …")
    return "\n".join(lines)
