"""`flask verification list|show|approve|refuse`."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from server.core import audit
from server.core.clock import SHANGHAI
from server.core.db import db
from server.core.errors import Problem
from server.identity.desk import NotWaiting, waiting_requests
from server.identity.models import DeskReason
from server.identity.papers import IdType
from server.identity.rules import mask_name
from server.identity.verification import NumberTaken
from server.me import desk
from server.unions.staff.authority import EVERY_OFFICE, authorise
from server.unions.staff.vocabulary import Right

verification = AppGroup("verification", help="Verifications that wait for a person.")

REASONS = {
    DeskReason.NOT_CONFIRMED: "名单上对不上",
    DeskReason.NUMBER_TAKEN: "号码已有账号",
    DeskReason.PAPER: "要看证件",
    DeskReason.SOURCE_AWAY: "名单查不了",
}
PAPERS = {
    IdType.RESIDENT_ID: "居民身份证",
    IdType.RESIDENCE_PERMIT: "港澳台居民居住证",
    IdType.HK_MO_PASS: "港澳居民来往内地通行证",
    IdType.TW_PASS: "台湾居民来往大陆通行证",
    IdType.FOREIGNER_ID: "外国人永久居留身份证",
    IdType.PASSPORT: "护照",
}

_by = click.option("--by", required=True, metavar="NUMBER", help="Who does it: a staff number.")


@contextmanager
def _as_staff(number: str) -> Iterator[str]:
    """The actor, for whoever may decide verifications; what goes wrong is said in one line."""
    try:
        # Who asks is nobody's member yet, and may go to any street.
        authorise(db.session(), number=number, right=Right.VERIFICATION, union_id=None, unowned=EVERY_OFFICE)
        yield audit.staff(number)
    except Problem as problem:
        raise click.ClickException(problem.title) from None
    except NotWaiting:
        raise click.ClickException("没有这条申请，或者已经办过了") from None
    except NumberTaken:
        raise click.ClickException("另一个账号已经用了这个号码，先弄清是不是同一个人") from None


@verification.command("list")
def list_waiting() -> None:
    """Show what waits, the oldest first."""
    waiting = waiting_requests(db.session())
    for request in waiting:
        at = request.created_at.astimezone(SHANGHAI)
        name = mask_name(request.name or "?")
        click.echo(f"{request.id}  {at:%Y-%m-%d %H:%M}  {name}  {PAPERS[request.id_type]}  {REASONS[request.reason]}")
    click.echo(f"共 {len(waiting)} 条等着核对。")


@verification.command()
@click.argument("request_id", type=click.UUID)
@_by
def show(request_id: uuid.UUID, by: str) -> None:
    """Show name and number of one request; the reading is recorded."""
    with _as_staff(by) as actor:
        request = desk.read(request_id=request_id, actor=actor)
    click.echo(f"{request.name}  {PAPERS[request.id_type]}  {request.id_number}  {REASONS[request.reason]}")


@verification.command()
@click.argument("request_id", type=click.UUID)
@_by
def approve(request_id: uuid.UUID, by: str) -> None:
    """Name and number are right."""
    with _as_staff(by) as actor:
        desk.approve(request_id=request_id, actor=actor)
    click.echo("已通过，并告诉了本人。")


@verification.command()
@click.argument("request_id", type=click.UUID)
@_by
@click.option("--because", required=True, metavar="TEXT", help="The reason, in words for the worker.")
def refuse(request_id: uuid.UUID, by: str, because: str) -> None:
    """Name or number are not right."""
    with _as_staff(by) as actor:
        desk.refuse(request_id=request_id, actor=actor, note=because)
    click.echo("已退回，并告诉了本人。")
