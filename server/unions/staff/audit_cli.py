"""`flask audit verify|seal|purge|alarms|settle`. What shows or changes anything is for audit administrators."""

import uuid
from datetime import timedelta

import click
from flask.cli import AppGroup

from server.core import audit
from server.core.audit import purging, reading, sealer, verifying
from server.core.audit.chain import Purged
from server.core.clock import SHANGHAI, now
from server.core.db import db
from server.core.settings import settings
from server.unions.staff.authority import authorise
from server.unions.staff.cli import explained
from server.unions.staff.vocabulary import Right

cli = AppGroup("audit", help="The log of who did what.")

_by = click.option("--by", required=True, metavar="NUMBER", help="Who does it: a staff number.")


@cli.command()
def verify() -> None:
    """Check the whole chain; ends with 1 if anything does not fit or the sealer is behind."""
    report = verifying.verify()
    head = "nothing is sealed yet" if report.head is None else f"head {report.head[0]} {report.head[1].hex()}"
    click.echo(f"{report.sealed} acts sealed, {head}")
    click.echo(f"{report.tail} acts wait, the oldest for {report.tail_age.total_seconds():.1f} s")
    for finding in report.findings:
        where = "" if finding.segment is None else f"segment {finding.segment}"
        what = "" if finding.event_id is None else f"act {finding.event_id}"
        place = ", ".join(part for part in (where, what, finding.name) if part)
        click.echo(f"✗ {finding.trouble.value}: {place}", err=True)
    if report.late:
        click.echo("✗ the sealer is behind: does `flask jobs work` run?", err=True)
    if report.findings or report.late:
        raise SystemExit(1)


@cli.command()
def seal() -> None:
    """Seal now what the worker would seal within seconds."""
    click.echo(f"{sealer.seal()} acts sealed")


@cli.command()
@click.argument("what", type=click.Choice([purged.value for purged in Purged]))
@click.option("--days", type=click.IntRange(min=1), help="Older than this; AUDIT_DAYS when not given.")
@_by
@explained
def purge(what: str, days: int | None, by: str) -> None:
    """Forget old acts (`events`, never younger than 185 days) or what they were in particular (`details`)."""
    kept = days or settings().audit_days
    if what == Purged.EVENTS and kept < settings().audit_days:
        raise click.ClickException(f"records are kept for {settings().audit_days} days (AUDIT_DAYS)")
    segments = purging.forget(Purged(what), before=now() - timedelta(days=kept), actor=_administrator(by))
    click.echo(f"{segments} segments purged")


@cli.command()
@_by
@explained
def alarms(by: str) -> None:
    """Show alarms about unusual reading that nobody has settled."""
    _administrator(by)
    says = {rule.key: rule.says for rule in reading.rules()}
    found = reading.open_alarms()
    for alarm in found:
        at = alarm.at.astimezone(SHANGHAI)
        click.echo(f"{alarm.id}  {at:%Y-%m-%d %H:%M}  {alarm.actor}  {says.get(alarm.rule, alarm.rule)}：{alarm.count}")
    click.echo(f"共 {len(found)} 个警报。")


@cli.command()
@click.argument("alarm_id", type=click.UUID)
@_by
@explained
def settle(alarm_id: uuid.UUID, by: str) -> None:
    """Note that an alarm was looked into; nobody settles one about themselves."""
    try:
        reading.settle(alarm_id=alarm_id, actor=_administrator(by))
    except LookupError:
        raise click.ClickException("没有这个警报，已经处理过，或者说的就是你自己") from None
    click.echo("已记下。")


def _administrator(number: str) -> str:
    """The actor, if this member of the staff may see and settle what the audit holds."""
    authorise(db.session(), number=number, right=Right.AUDIT, union_id=None)
    return audit.staff(number)
