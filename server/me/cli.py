"""`flask verification findable|list|show|conflict|want|approve|refuse`."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from server.core import audit
from server.core.clock import SHANGHAI
from server.core.db import db
from server.core.errors import Problem
from server.identity import desk as identity_desk
from server.identity.desk import NotWaiting
from server.identity.models import DeskRequest
from server.identity.papers import PAPER_NAMES
from server.identity.rules import mask_name
from server.identity.verification import NumberTaken
from server.me import desk
from server.me.desk_words import REASONS, SAID
from server.unions.staff.authority import authorise_about
from server.unions.staff.vocabulary import Right

verification = AppGroup("verification", help="Verifications that wait for a person.")

_by = click.option("--by", required=True, metavar="NUMBER", help="Who does it: a staff number.")


@contextmanager
def as_staff(number: str, right: Right = Right.VERIFICATION, *, about: sa.Select[uuid.UUID]) -> Iterator[str]:
    """The actor, for whoever has the right; what goes wrong is said in one line.

    Args:
        about: selects the id of the worker whose matter it is.
    """
    try:
        session = db.session()
        authorise_about(session, number=number, right=right, worker_id=session.scalar(about))
        yield audit.staff(number)
    except Problem as problem:
        raise click.ClickException(problem.title) from None
    except NotWaiting:
        raise click.ClickException("没有这条申请，或者已经办过了") from None
    except NumberTaken:
        raise click.ClickException("另一个账号已经用了这个号码，先弄清是不是同一个人") from None


@verification.command("findable")
def make_findable() -> None:
    """Let what waits since an older version be found by the number on the paper: once after the update."""
    click.echo(f"补上了 {identity_desk.make_findable()} 件")


@verification.command("list")
@_by
def list_waiting(by: str) -> None:
    """Show what waits, the oldest first, names masked; the reading is recorded."""
    try:
        waiting = desk.read_list(number=by)
    except Problem as problem:
        raise click.ClickException(problem.title) from None
    for request in waiting:
        at = request.created_at.astimezone(SHANGHAI)
        name = mask_name(request.name or "?")
        click.echo(
            f"{request.id}  {at:%Y-%m-%d %H:%M}  {name}  {PAPER_NAMES[request.id_type]}  {REASONS[request.reason]}"
        )
    click.echo(f"共 {len(waiting)} 条等着核对。")


@verification.command()
@click.argument("request_id", type=click.UUID)
@_by
def show(request_id: uuid.UUID, by: str) -> None:
    """Show name and number of one request; the reading is recorded."""
    with as_staff(by, about=_of(request_id)) as actor:
        dossier = desk.read(request_id=request_id, actor=actor)
    request = dossier.request
    click.echo(f"{request.name}  {PAPER_NAMES[request.id_type]}  {request.id_number}  {REASONS[request.reason]}")
    if dossier.said is not None:
        click.echo(f"身份核对服务说：{SAID[dossier.said]}")
    for link in dossier.links:
        click.echo(f"照片（5 分钟内有效）：{link}")


@verification.command()
@click.argument("request_id", type=click.UUID)
@_by
def conflict(request_id: uuid.UUID, by: str) -> None:
    """Show, masked, the two accounts that claim one number; the reading is recorded for both."""
    with as_staff(by, about=_of(request_id)) as actor:
        sides = desk.conflict(request_id=request_id, actor=actor)
    for what, side in zip(("申请的", "占着号码的"), sides, strict=True):
        made = side.created_at.astimezone(SHANGHAI)
        seen = "当面核实过" if side.seen_at else "没有当面核实过"
        click.echo(
            f"{what}  {side.worker_id}  {side.name_masked or '?'}  {side.phone_masked or '没有手机号'}"
            f"  {side.level.name}  {made:%Y-%m-%d} 建的账号  {seen}{'  已停用' if side.frozen else ''}"
        )


@verification.command()
@click.argument("request_id", type=click.UUID)
@_by
@click.option("--what", required=True, metavar="TEXT", help="What is needed, in words for the worker.")
def want(request_id: uuid.UUID, by: str, what: str) -> None:
    """Ask the worker for photos; the clock stands still until they come."""
    with as_staff(by, about=_of(request_id)) as actor:
        desk.want(request_id=request_id, actor=actor, words=what)
    click.echo("已告诉本人要补什么。")


@verification.command()
@click.argument("request_id", type=click.UUID)
@_by
@click.option("--valid-to", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the paper, where it has one.")
@click.option("--born", type=click.DateTime(["%Y-%m-%d"]), help="Day of birth, where the number does not tell it.")
def approve(request_id: uuid.UUID, by: str, valid_to: datetime | None, born: datetime | None) -> None:
    """Name and number are right."""
    with as_staff(by, about=_of(request_id)) as actor:
        desk.approve(
            request_id=request_id,
            actor=actor,
            paper_valid_to=None if valid_to is None else valid_to.date(),
            born=None if born is None else born.date(),
        )
    click.echo("已通过，并告诉了本人。")


@verification.command()
@click.argument("request_id", type=click.UUID)
@_by
@click.option("--because", required=True, metavar="TEXT", help="The reason, in words for the worker.")
def refuse(request_id: uuid.UUID, by: str, because: str) -> None:
    """Name or number are not right."""
    with as_staff(by, about=_of(request_id)) as actor:
        desk.refuse(request_id=request_id, actor=actor, note=because)
    click.echo("已退回，并告诉了本人。")


def _of(request_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    return sa.select(DeskRequest.worker_id).where(DeskRequest.id == request_id)
