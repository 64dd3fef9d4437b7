"""`flask seats …`"""

import uuid

import click
from flask.cli import AppGroup

from server.seats import service
from server.seats.verify import verify as compare

cli = AppGroup("seats", help="Pools of seats and the claims on them.")


@cli.command()
def verify() -> None:
    """Compare every pool's counters with its claims; ends with 1 if anything does not fit."""
    looked_at, findings = compare()
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
        promoted = service.set_capacity(pool_id=pool_id, capacity=seats)
    except (LookupError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{seats} seats, {promoted} promoted from the waiting list")
