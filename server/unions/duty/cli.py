"""`flask duty …`: who is told when a promise runs out."""

import uuid
from datetime import datetime

import click
from flask.cli import AppGroup

from server.unions.duty import service
from server.unions.duty.vocabulary import DutyKind
from server.unions.staff.cli import explained
from server.unions.tree import unions_by_code

cli = AppGroup("duty", help="The duty roster: who is told when a promise runs out.")

NAMES = {DutyKind.DESK: "值班", DutyKind.CHAIR: "街道主席", DutyKind.HEAD: "权益部负责人"}
_DAY = click.DateTime(["%Y-%m-%d"])
_by = click.option("--by", required=True, metavar="NUMBER", help="Who does it: a staff number.")


@cli.command()
@click.argument("number")
@click.argument("kind", type=click.Choice([kind.value for kind in DutyKind]))
@click.option("--union", "code", required=True, metavar="CODE", help="Code of the union.")
@click.option("--from", "first_day", type=_DAY, required=True, help="The first day.")
@click.option("--until", "last_day", type=_DAY, help="The last day; until further notice without it.")
@click.option("--phone", help="Of the office: gets an SMS when something has run out.")
@_by
@explained
def give(
    number: str, kind: str, code: str, first_day: datetime, last_day: datetime | None, phone: str | None, by: str
) -> None:
    """Give somebody a duty."""
    union = unions_by_code().get(code)
    if union is None:
        raise click.ClickException(f"没有编码是 {code} 的工会")
    duty = service.put_on_duty(
        number=number,
        union=union,
        kind=DutyKind(kind),
        first_day=first_day.date(),
        last_day=last_day.date() if last_day else None,
        phone=phone,
        by=by,
    )
    click.echo(f"{duty.id}  已排上")


@cli.command()
@click.argument("duty_id", type=click.UUID)
@click.option("--on", "last_day", type=_DAY, required=True, help="The last day.")
@_by
@explained
def end(duty_id: uuid.UUID, last_day: datetime, by: str) -> None:
    """Let a duty end."""
    service.end_duty(duty_id=duty_id, last_day=last_day.date(), by=by)
    click.echo("到那天为止")


@cli.command()
@click.argument("number")
@click.option("--from", "first_day", type=_DAY, required=True, help="The first day.")
@click.option("--until", "last_day", type=_DAY, required=True, help="The last day.")
@click.option("--to", "delegate", metavar="NUMBER", help="Who stands in.")
@explained
def absent(number: str, first_day: datetime, last_day: datetime, delegate: str | None) -> None:
    """Somebody is away, and somebody else stands in."""
    service.be_absent(number=number, first_day=first_day.date(), last_day=last_day.date(), delegate=delegate)
    click.echo("记下了")


@cli.command("list")
def list_duties() -> None:
    """All duties."""
    rows = service.duties()
    for duty, number, union in rows:
        until = f"到 {duty.last_day}" if duty.last_day else "起"
        click.echo(f"{duty.id}  {number}  {NAMES[duty.kind]}  {union}  {duty.first_day} {until}")
    if not rows:
        click.echo("还没有人值班：期限快到时没人会收到提醒")
