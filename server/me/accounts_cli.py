"""`flask account …`: what takes two members of the staff, and freezing, which one does."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import click
from flask.cli import AppGroup

from server.core import audit
from server.core.clock import SHANGHAI
from server.core.db import db
from server.core.errors import Problem
from server.identity import pins, sharing
from server.identity.models import ActKind, PairedAct
from server.identity.paired import NotProposed, ProposedAlready, SamePerson
from server.me import accounts as service
from server.me.desk_words import KINDS
from server.unions.staff.authority import authorise_about
from server.unions.staff.vocabulary import Right

accounts = AppGroup("account", help="Persons seen, numbers given back, accounts merged and frozen.")

_by = click.option("--by", required=True, metavar="NUMBER", help="Who does it: a staff number.")
_worker = click.argument("worker_id", type=click.UUID)


@contextmanager
def _as_staff(number: str, right: Right, about: uuid.UUID | None, other: uuid.UUID | None = None) -> Iterator[str]:
    """The actor, for whoever has the right over these workers; what goes wrong is said in one line."""
    try:
        authorise_about(db.session(), number=number, right=right, worker_id=about)
        if other is not None:
            authorise_about(db.session(), number=number, right=right, worker_id=other)
        yield audit.staff(number)
    except Problem as problem:
        raise click.ClickException(problem.title) from None
    except NotProposed:
        raise click.ClickException("没有这条提议，或者已经办过、过了 7 天") from None
    except SamePerson:
        raise click.ClickException("提议和确认要由两个人来做") from None
    except ProposedAlready:
        raise click.ClickException("已经有人提议过，等另一个人确认") from None
    except service.NotPossible as error:
        raise click.ClickException(str(error)) from None


def _propose(
    kind: ActKind,
    by: str,
    worker_id: uuid.UUID,
    other: uuid.UUID | None = None,
    paper_valid_to: date | None = None,
) -> None:
    with _as_staff(by, service.right_for(kind), worker_id, other) as actor:
        act = service.propose(
            kind=kind, worker_id=worker_id, by=actor, other_worker_id=other, paper_valid_to=paper_valid_to
        )
    click.echo(f"提议 {act.id} 记下了，等另一个人确认。")


@accounts.command()
@_worker
@_by
@click.option("--valid-to", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the paper; none for one without end.")
def seen(worker_id: uuid.UUID, by: str, valid_to: datetime | None) -> None:
    """Propose: the person was there with the paper (L3)."""
    _propose(ActKind.SEEN, by, worker_id, paper_valid_to=None if valid_to is None else valid_to.date())


@accounts.command()
@click.argument("keep", type=click.UUID)
@click.argument("gone", type=click.UUID)
@_by
def merge(keep: uuid.UUID, gone: uuid.UUID, by: str) -> None:
    """Propose: GONE is the same person's as KEEP, and goes into it."""
    _propose(ActKind.MERGE, by, keep, other=gone)


@accounts.command()
@_worker
@_by
def release(worker_id: uuid.UUID, by: str) -> None:
    """Propose: the number of this account is another person's."""
    _propose(ActKind.RELEASE, by, worker_id)


@accounts.command()
@_worker
@_by
def unfreeze(worker_id: uuid.UUID, by: str) -> None:
    """Propose: let the owner in again."""
    _propose(ActKind.UNFREEZE, by, worker_id)


@accounts.command()
@_worker
@_by
def freeze(worker_id: uuid.UUID, by: str) -> None:
    """Let nobody in, at once."""
    with _as_staff(by, Right.CORRECTIONS, worker_id) as actor:
        service.freeze(worker_id=worker_id, by=actor)
    click.echo("已停用。恢复要两个人。")


@accounts.command("forget-pin")
@_worker
@_by
def forget_pin(worker_id: uuid.UUID, by: str) -> None:
    """Remove a PIN that its owner, who was there with the paper, forgot."""
    with _as_staff(by, Right.CORRECTIONS, worker_id) as actor:
        had_one = pins.forget_pin(worker_id=worker_id, by=actor)
    click.echo("解锁码已取消，请本人重新设一个。" if had_one else "这个账号没有解锁码。")


@accounts.command("share")
@_worker
@click.option(
    "--most", required=True, type=click.IntRange(sharing.MOST + 1, sharing.MOST_CONFIRMED), help="With this one."
)
@_by
def confirm_sharing(worker_id: uuid.UUID, most: int, by: str) -> None:
    """Let more than five share a WeChat account or a number, after having seen that they do."""
    with _as_staff(by, Right.CORRECTIONS, worker_id) as actor:
        if not sharing.confirm_more(worker_id=worker_id, most=most, by=actor):
            raise service.NotPossible("没有这个账号")
    click.echo(f"记下了：和这个账号合用微信或号码的，最多 {most} 个人。")


@accounts.command()
@click.argument("act_id", type=click.UUID)
@_by
def confirm(act_id: uuid.UUID, by: str) -> None:
    """Confirm what another one proposed."""
    with _as_staff(by, *_whom(act_id)) as actor:
        act = service.confirm(act_id=act_id, by=actor)
    click.echo(f"{KINDS[act.kind]}：办好了，并告诉了本人。")


@accounts.command()
@click.argument("act_id", type=click.UUID)
@_by
def drop(act_id: uuid.UUID, by: str) -> None:
    """Take a proposal from the table."""
    with _as_staff(by, *_whom(act_id)) as actor:
        service.drop(act_id=act_id, by=actor)
    click.echo("已撤下。")


def _whom(act_id: uuid.UUID) -> tuple[Right, uuid.UUID | None, uuid.UUID | None]:
    """The right that a proposal needs, and over whom."""
    act = db.session.get(PairedAct, act_id)
    if act is None:
        return Right.CORRECTIONS, None, None
    return service.right_for(act.kind), act.worker_id, act.other_worker_id


@accounts.command("proposed")
@_by
def list_proposed(by: str) -> None:
    """Show what waits for a second person as far as one's office reaches; the reading is recorded."""
    try:
        waiting = service.read_proposed(number=by)
    except Problem as problem:
        raise click.ClickException(problem.title) from None
    for act in waiting:
        at = act.created_at.astimezone(SHANGHAI)
        click.echo(f"{act.id}  {at:%Y-%m-%d %H:%M}  {KINDS[act.kind]}  {act.worker_id}  {act.proposed_by} 提议")
    click.echo(f"共 {len(waiting)} 条等另一个人确认。")
