"""`flask stations …`: lists from the union, and days with other hours."""

import uuid
from datetime import date, datetime, timedelta
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from server.core import audit, clock
from server.core.datum import Datum
from server.core.db import db
from server.stations import exceptions
from server.stations.exceptions import Hours
from server.stations.hours_text import parse_day
from server.stations.imports.service import import_file
from server.stations.imports.table import TableError
from server.stations.managers.cli import code_command, managers_command
from server.stations.models import OverrideKind, Station, StationOverride
from server.stations.sheets import NoSheet, draw, sheets_of
from server.unions.staff.cli import explained
from server.unions.staff.scope import scope_of
from server.unions.staff.vocabulary import Right
from server.wechat.errors import WeChatError

stations = AppGroup("stations", help="The directory of places.")
stations.add_command(code_command)
stations.add_command(managers_command)

DAY = click.DateTime(formats=["%Y-%m-%d"])

_by = click.option("--by", required=True, metavar="NUMBER", help="Who does it: a staff number.")


@stations.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--datum", type=click.Choice([datum.value for datum in Datum]), required=True, help="Of the file.")
@click.option("--dry-run", is_flag=True, help="Check and report, write nothing.")
@_by
@explained
def import_command(file: Path, datum: str, dry_run: bool, by: str) -> None:
    """Take over a list of places (.xlsx or .csv): all of it or nothing."""
    scope = scope_of(db.session(), number=by, right=Right.STATIONS)
    try:
        report = import_file(file, datum=Datum(datum), dry_run=dry_run, actor=audit.staff(by), scope=scope)
    except TableError as error:
        raise click.ClickException(str(error)) from error
    for line in report.lines():
        click.echo(line)
    if report.errors:
        raise SystemExit(1)


@stations.command("except")
@click.argument("code")
@click.option("--from", "first_day", type=DAY, required=True)
@click.option("--to", "last_day", type=DAY, help="The first day alone if left out.")
@click.option("--hours", help="09:00-12:00,14:00-17:00, `closed`, or `all-day`.", required=True)
@click.option("--reason", required=True, help="Shown to everybody.")
@click.option("--decided-by", help="The office that decided.")
@_by
@explained
def except_command(
    code: str,
    first_day: datetime,
    last_day: datetime | None,
    hours: str,
    reason: str,
    decided_by: str | None,
    by: str,
) -> None:
    """Give a place (FT0007), a street (440304011) or a district (440304) other hours on some days."""
    made = exceptions.add(
        codes=[code],
        hours=_hours(hours),
        first_day=first_day.date(),
        last_day=(last_day or first_day).date(),
        reason=reason,
        decided_by=decided_by,
        staff_no=by,
    )
    for one in made:
        click.echo(f"已经写入：{code} {_days(one.first_day, one.last_day)} {hours}（{reason}），编号 {one.id}")


@stations.command("unexcept")
@click.argument("number", type=click.UUID)
@_by
@explained
def unexcept_command(number: uuid.UUID, by: str) -> None:
    """Take an exception back."""
    exceptions.take_back(override_id=number, staff_no=by)
    click.echo("已经取消。")


@stations.command("exceptions")
def exceptions_command() -> None:
    """List the exceptions that are not over yet."""
    rows = db.session.execute(
        sa.select(StationOverride, Station.code)
        .outerjoin(Station, Station.id == StationOverride.station_id)
        .where(StationOverride.last_day >= clock.today() - timedelta(days=1))
        .order_by(StationOverride.first_day)
    )
    for override, code in rows:
        hours = ",".join(override.hours) if override.hours else str(override.kind)
        scope = code or override.street_code or override.district_code
        days = _days(override.first_day, override.last_day)
        click.echo(f"{override.id}  {scope}  {days}  {hours}  {override.reason}")


@stations.command("sheets")
@click.argument("codes", nargs=-1, required=True)
@click.option("--out", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path), help="A PDF.")
def sheets_command(codes: tuple[str, ...], out: Path) -> None:
    """Make the sheets for the doors of these places: A5, one a page, with both codes."""
    try:
        out.write_bytes(draw(sheets_of(codes)))
    except NoSheet as error:
        raise click.ClickException(str(error)) from error
    except WeChatError as error:
        raise click.ClickException(f"微信的小程序码拿不到（{error}），什么都没写。过一会儿再试") from error
    click.echo(f"已经写好：{out}，{len(codes)} 张，A5，请按原大小打印")


def _hours(text: str) -> Hours:
    if text == "closed":
        return Hours(OverrideKind.CLOSED)
    if text == "all-day":
        return Hours(OverrideKind.ALL_DAY)
    try:
        return Hours(OverrideKind.HOURS, parse_day(text))
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _days(first: date, last: date) -> str:
    return f"{first}" if first == last else f"{first} – {last}"
