"""`flask notices undelivered|called`."""

import uuid

import click
from flask.cli import AppGroup

from server.core.clock import SHANGHAI
from server.notices.undelivered import NothingToCall, note_call, to_call

notices = AppGroup("notices", help="Messages to workers.")

_by = click.option("--by", required=True, metavar="NUMBER", help="Who does it: a staff number, for the audit.")


@notices.command()
@_by
def undelivered(by: str) -> None:
    """List whom somebody has to ring up, the longest waiting first; the reading is recorded."""
    people = to_call(actor=f"staff:{by}")
    for one in people:
        since = one.since.astimezone(SHANGHAI)
        doubt = "（可能已经收到）" if one.in_doubt else ""
        who, phone = one.name or "没有实名", one.phone or "没有留电话"
        click.echo(f"{one.notice_id}  {since:%Y-%m-%d %H:%M}  {who}  {phone}  {one.line}{doubt}")
    click.echo(f"共 {len(people)} 人要打电话。打过了：flask notices called 编号 --by 工号")


@notices.command()
@click.argument("notice_id", type=click.UUID)
@_by
def called(notice_id: uuid.UUID, by: str) -> None:
    """Somebody was rung up."""
    try:
        note_call(notice_id=notice_id, actor=f"staff:{by}")
    except NothingToCall:
        raise click.ClickException("没有这一条，或者已经打过了") from None
    click.echo("已记下。")
