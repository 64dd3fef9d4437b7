"""`flask corrections list|show|done|refuse`."""

import uuid

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from server.core.clock import spoken_instant
from server.me import corrections as desk
from server.me.cli import as_staff
from server.me.models import CorrectionRequest, CorrectionState
from server.unions.staff.cli import explained
from server.unions.staff.vocabulary import Right

_by = click.option("--by", required=True, metavar="NUMBER", help="Who does it: a staff number.")

corrections = AppGroup("corrections", help="What workers ask to have corrected.")


@corrections.command("list")
@_by
@explained
def list_corrections(by: str) -> None:
    """Show what waits as far as one's office reaches, the oldest first; the reading is recorded."""
    found = desk.read_list(number=by)
    for request in found:
        click.echo(f"{request.id}  {spoken_instant(request.created_at)}")
    click.echo(f"共 {len(found)} 条等着办。")


@corrections.command("show")
@click.argument("request_id", type=click.UUID)
@_by
def show_correction(request_id: uuid.UUID, by: str) -> None:
    """Show one request; the reading is recorded."""
    with as_staff(by, Right.CORRECTIONS, about=_of(request_id)) as actor:
        request = desk.read(request_id=request_id, actor=actor)
    click.echo(request.text)


@corrections.command("done")
@click.argument("request_id", type=click.UUID)
@_by
@click.option("--answer", required=True, metavar="TEXT", help="What was changed, in words for the worker.")
def finish_correction(request_id: uuid.UUID, by: str, answer: str) -> None:
    """It was corrected."""
    with as_staff(by, Right.CORRECTIONS, about=_of(request_id)) as actor:
        desk.decide(request_id=request_id, state=CorrectionState.DONE, answer=answer, actor=actor)
    click.echo("已办好，并告诉了本人。")


@corrections.command("refuse")
@click.argument("request_id", type=click.UUID)
@_by
@click.option("--because", required=True, metavar="TEXT", help="The reason, in words for the worker.")
def refuse_correction(request_id: uuid.UUID, by: str, because: str) -> None:
    """It stays as it is."""
    with as_staff(by, Right.CORRECTIONS, about=_of(request_id)) as actor:
        desk.decide(request_id=request_id, state=CorrectionState.REFUSED, answer=because, actor=actor)
    click.echo("已退回，并告诉了本人。")


def _of(request_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    return sa.select(CorrectionRequest.worker_id).where(CorrectionRequest.id == request_id)
