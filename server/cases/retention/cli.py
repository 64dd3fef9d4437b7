"""`flask retention classes|receipts|verify`: how long what is kept, and the proof that the rest is gone."""

import click
from flask.cli import AppGroup

from server.cases.retention import receipts as proof
from server.cases.retention.classes import retention_rules
from server.core import audit
from server.core.clock import spoken_instant
from server.core.db import db
from server.unions.staff.authority import authorise
from server.unions.staff.cli import explained
from server.unions.staff.vocabulary import Right

cli = AppGroup("retention", help="How long what is in cases is kept, and receipts of what is gone.")


@cli.command()
def classes() -> None:
    """The classes of config/retention.yaml."""
    rules = retention_rules()
    for one in rules.classes.values():
        click.echo(f"{one.key:18} {one.name}  结案后 {one.keep.words}  （{one.set_by}）{one.basis}")
    click.echo(f"规则第 {rules.version} 版，共 {len(rules.classes)} 类。")


@cli.command()
@click.option("--before", type=click.IntRange(min=1), help="Only those before this number.")
@click.option("--by", required=True, metavar="NUMBER", help="Who looks: a staff number.")
@explained
def receipts(before: int | None, by: str) -> None:
    """The latest receipts of what was removed. The look is recorded."""
    authorise(db.session(), number=by, right=Right.AUDIT, union_id=None)
    names = retention_rules().classes
    found = proof.receipts(before=before, actor=audit.staff(by))
    for one in found:
        name = names[one.retention_class].name if one.retention_class in names else one.retention_class
        click.echo(
            f"{one.number}  {spoken_instant(one.at)}  {name}  {one.cases} 件：回答 {one.answers}，文字 {one.texts}，"
            f"文件 {one.files}  规则第 {one.rules_version} 版  {one.seal.hex()[-16:]}"
        )
    click.echo(f"共 {len(found)} 张。")


@cli.command()
def verify() -> None:
    """Check all receipts against their seals and the audit; ends with 1 if any does not fit."""
    found = proof.check_receipts()
    click.echo(f"{found.receipts} receipts")
    for number in found.broken:
        click.echo(f"✗ changed: receipt {number}", err=True)
    for number in found.missing:
        click.echo(f"✗ missing: receipt {number}", err=True)
    if found.broken or found.missing:
        raise SystemExit(1)
