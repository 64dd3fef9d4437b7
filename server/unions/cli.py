"""`flask unions import|terms` and `flask roster import|remove|template`."""

from datetime import timedelta
from pathlib import Path

import click
from flask.cli import AppGroup

from server.core import audit
from server.core.clock import today
from server.core.db import db
from server.unions.lists.roster_file import write_template
from server.unions.lists.roster_import import Outcome, take_at_once
from server.unions.lists.sheet import UnreadableSheet
from server.unions.lists.vocabulary import ListKind, would
from server.unions.staff.cli import explained
from server.unions.staff.scope import Scope, scope_of
from server.unions.staff.service import is_founded
from server.unions.staff.vocabulary import Right
from server.unions.tree import ending_terms
from server.unions.tree_import import import_tree

_by = click.option("--by", required=True, metavar="NUMBER", help="Who does it: a staff number.")

roster = AppGroup("roster", help="Lists of union members, against which workers are verified.")


@roster.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="Report everything, write nothing.")
@click.option("--skip-faulty", is_flag=True, help="Import the good rows of a file with faults.")
@_by
@explained
def import_file(file: Path, dry_run: bool, skip_faulty: bool, by: str) -> None:
    """Put the members of FILE (xlsx or csv) on the roster. The file is not kept; the report names rows only."""
    done = _taken(file, ListKind.ROSTER, by, dry_run=dry_run, skip_faulty=skip_faulty)
    counts = done.counts
    not_yet = would(written=done.written, rehearsal=dry_run)
    taken = f"{not_yet}新增 {counts['added']} 人，更新 {counts['updated']} 人"
    click.echo(f"{taken}，重复 {counts['repeated']} 行，有问题 {counts['faults']} 行。")
    if dry_run:
        click.echo("这是试运行，什么都没有写入。")
    elif not done.written:
        raise click.ClickException("有问题的行还没改好，什么都没有写入。加 --skip-faulty 可以先导入没问题的行。")


@roster.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="Report everything, write nothing.")
@_by
@explained
def remove(file: Path, dry_run: bool, by: str) -> None:
    """Take the members of FILE (as for import) off the roster. Who was verified by it stays verified."""
    done = _taken(file, ListKind.LEAVERS, by, dry_run=dry_run)
    counts = done.counts
    not_yet = would(written=done.written, rehearsal=dry_run)
    taken = f"{not_yet}去掉 {counts['removed']} 人，本来就不在名单上 {counts['unknown']} 人"
    click.echo(f"{taken}，有问题 {counts['faults']} 行。")
    if dry_run:
        click.echo("这是试运行，什么都没有写入。")
    elif not done.written:
        raise click.ClickException("有问题的行还没改好，什么都没有写入。")


@roster.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def template(file: Path) -> None:
    """Write an empty roster to FILE (xlsx)."""
    write_template(file)
    click.echo(f"{file}：填好以后用 flask roster import 导入。")


unions = AppGroup("unions", help="The union tree, from the city down.")


@unions.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="Report everything, write nothing.")
@click.option("--by", metavar="NUMBER", help="Who does it: a staff number. Not before there are staff accounts.")
@explained
def import_unions(file: Path, dry_run: bool, by: str | None) -> None:
    """Put the unions of FILE into the tree, parents first.

    A CSV file: 编码,名称,类型,上级编码,区域编码, and if known 企业工会,本届开始,任期年数.
    """
    scope = _scope(by)
    report = import_tree(file, actor=audit.staff(by) if by else audit.SYSTEM, dry_run=dry_run, scope=scope)
    for fault in report.faults:
        click.echo(fault)
    not_yet = would(written=report.written, rehearsal=dry_run)
    click.echo(f"{not_yet}新增 {report.added} 个，更新 {report.updated} 个，有问题 {len(report.faults)} 处。")
    if dry_run:
        click.echo("这是试运行，什么都没有写入。")
    elif not report.written:
        raise click.ClickException("有问题的行还没改好，什么都没有写入。")


@unions.command()
@click.option("--within", default=180, show_default=True, type=click.IntRange(0, 1830), help="Days from now.")
def terms(within: int) -> None:
    """List the unions whose officers have to be elected anew (换届), the longest overdue first."""
    ending = ending_terms(db.session(), before=today() + timedelta(days=within + 1))
    for one in ending:
        late = "已到期" if one.ends <= today() else "到期"
        click.echo(f"{one.union.code}  {one.union.name}  {one.ends} {late}")
    click.echo(f"共 {len(ending)} 个工会要换届。")


def _taken(file: Path, kind: ListKind, by: str, *, dry_run: bool, skip_faulty: bool = False) -> Outcome:
    scope = scope_of(db.session(), number=by, right=Right.UNIONS)
    try:
        done, faults = take_at_once(
            file, kind=kind, actor=audit.staff(by), scope=scope, dry_run=dry_run, skip_faulty=skip_faulty
        )
    except UnreadableSheet as error:
        raise click.ClickException(str(error)) from None
    for fault in faults:
        click.echo(f"第 {fault.row} 行：{fault.sentence}")
    return done


def _scope(by: str | None) -> Scope | None:
    """Where the importer may. The first administrators belong to a union: the tree comes before there is anybody."""
    if by is not None:
        return scope_of(db.session(), number=by, right=Right.UNIONS)
    if is_founded(db.session()):
        raise click.UsageError("--by 工号：已经有工作人员账号了，要说是谁导入的")
    return None
