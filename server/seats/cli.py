"""`flask seats …`"""

import click
from flask.cli import AppGroup

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
