"""`flask notices undelivered|called|staff`."""

import uuid

import click
from flask.cli import AppGroup

from server.core.clock import SHANGHAI
from server.notices.staff import mark_heard, staff_inbox
from server.notices.undelivered import NothingToCall, note_call, to_call
from server.unions.staff.cli import explained

notices = AppGroup("notices", help="Messages to workers.")

_by = click.option("--by", required=True, metavar="NUMBER", help="Who does it: a staff number.")


@notices.command()
@_by
@explained
def undelivered(by: str) -> None:
    """List whom you have to ring up, the longest waiting first; the reading is recorded."""
    people = to_call(staff_no=by)
    for one in people:
        since = one.since.astimezone(SHANGHAI)
        doubt = "（可能已经收到）" if one.in_doubt else ""
        who, phone = one.name or "没有实名", one.phone or "没有留电话"
        click.echo(f"{one.notice_id}  {since:%Y-%m-%d %H:%M}  {who}  {phone}  {one.line}{doubt}")
    click.echo(f"共 {len(people)} 人要打电话。打过了：flask notices called 编号 --by 工号")


@notices.command()
@click.argument("notice_id", type=click.UUID)
@_by
@explained
def called(notice_id: uuid.UUID, by: str) -> None:
    """Somebody was rung up."""
    try:
        note_call(notice_id=notice_id, staff_no=by)
    except NothingToCall:
        raise click.ClickException("没有这一条，或者已经打过了") from None
    click.echo("已记下。")


@notices.command()
@click.option("--as", "number", metavar="NUMBER", help="Whose inbox: a staff number.")
@click.option("--nobody", is_flag=True, help="What nobody was on duty for.")
@click.option("--read", "read", is_flag=True, help="Note that all of it was read.")
def staff(number: str | None, nobody: bool, read: bool) -> None:
    """What the staff are told: promises that run out."""
    if (number is None) is not nobody:
        raise click.UsageError("--as NUMBER or --nobody")
    found = staff_inbox(staff_no=number, limit=200)
    for one in found:
        click.echo(f"{one.created_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}  {one.text}")
    if not found:
        click.echo("没有没读过的提醒")
    if read:
        click.echo(f"记下读过 {mark_heard(staff_no=number)} 条")
