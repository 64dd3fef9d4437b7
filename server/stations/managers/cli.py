"""`flask stations manager-code` and `managers`: what the street does without the console."""

import uuid

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from server.core import audit
from server.core.clock import SHANGHAI
from server.core.db import db
from server.stations.desk import require_staff
from server.stations.managers import bindings, codes
from server.stations.models import Station, StationStatus
from server.stations.policy import policy
from server.unions.staff.cli import explained


@click.command("manager-code")
@with_appcontext
@click.argument("station")
@click.option("--by", required=True, help="Number of the member of staff who gives it.")
@explained
def code_command(station: str, by: str) -> None:
    """Make a code with which one person becomes a manager of a place. It is shown this once."""
    found = _station(station)
    require_staff(found.area_code, by)
    code = codes.issue(station=found, by=audit.staff(by))
    click.echo(f"{code[:5]} {code[5:]}")
    click.echo(f"{policy().code_valid.days} 天内用一次：打开小程序，“我的”里点“我是站长”，输入这个码。", err=True)


@click.command("managers")
@with_appcontext
@click.argument("station")
@click.option("--revoke", type=click.UUID, help="The number in front of the manager who is to stop.")
@click.option("--by", help="Number of the member of staff who says so.")
@explained
def managers_command(station: str, revoke: uuid.UUID | None, by: str | None) -> None:
    """List those who keep a place, or take it away from one of them."""
    found = _station(station)
    if revoke is not None:
        if by is None:
            raise click.UsageError("--revoke 要和 --by 工号一起用")
        require_staff(found.area_code, by)
        if revoke not in {manager.id for manager in bindings.managers_of(found)}:
            raise click.ClickException(f"{found.code} 没有这个站长")
        bindings.revoke(binding_id=revoke, by=audit.staff(by))
        click.echo("已经取消。")
        return
    for manager in bindings.managers_of(found):
        click.echo(f"{manager.id}  {manager.created_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 起")


def _station(code: str) -> Station:
    station = db.session.scalar(
        sa.select(Station).where(Station.code == code.upper(), Station.status == StationStatus.OPEN)
    )
    if station is None:
        raise click.ClickException(f"没有 {code} 这个站点，或者已经停用")
    return station
