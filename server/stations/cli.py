"""`flask stations …`: lists from the union, and days with other hours."""

import re
import uuid
from datetime import date, datetime, timedelta
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from server.core import audit, clock
from server.core.datum import Datum
from server.core.db import db, transaction
from server.stations.desk import require_staff
from server.stations.directory import announce
from server.stations.hours import parse_span
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
@click.argument("scope")
@click.option("--from", "first_day", type=DAY, required=True)
@click.option("--to", "last_day", type=DAY, help="The first day alone if left out.")
@click.option("--hours", help="09:00-12:00,14:00-17:00, `closed`, or `all-day`.", required=True)
@click.option("--reason", required=True, help="Shown to everybody.")
@_by
@explained
def except_command(
    scope: str, first_day: datetime, last_day: datetime | None, hours: str, reason: str, by: str
) -> None:
    """Give a place (FT0007) or a district (440304) other hours on some days."""
    first, last = first_day.date(), (last_day or first_day).date()
    if first > last:
        raise click.ClickException("结束的日子在开始的日子前面")
    with transaction() as session:
        override = StationOverride(first_day=first, last_day=last, reason=reason, **_hours(hours))
        if re.fullmatch(r"\d{6}", scope):
            override.district_code = scope
            require_staff(scope, by)
        else:
            station = session.scalar(sa.select(Station).where(Station.code == scope.upper()))
            if station is None:
                raise click.ClickException(f"没有 {scope} 这个站点，也不是 6 位的区编号")
            override.station_id = station.id
            require_staff(station.area_code, by)
        session.add(override)
        session.flush()
        _record(override, by=by, action="station.except")
        announce(places=True)
    click.echo(f"已经写入：{scope} {_days(first, last)} {hours}（{reason}），编号 {override.id}")


@stations.command("unexcept")
@click.argument("number", type=click.UUID)
@_by
@explained
def unexcept_command(number: uuid.UUID, by: str) -> None:
    """Take an exception back."""
    with transaction() as session:
        override = session.get(StationOverride, number, with_for_update=True)
        if override is None:
            raise click.ClickException("没有这一条")
        require_staff(_area_of_override(session, override), by)
        _record(override, by=by, action="station.unexcept")
        session.delete(override)
        session.flush()
        announce(places=True)
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
        scope = code or override.district_code
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


def _area_of_override(session: Session, override: StationOverride) -> str:
    if override.district_code is not None:
        return override.district_code
    return session.get_one(Station, override.station_id).area_code


def _record(override: StationOverride, *, by: str, action: str) -> None:
    audit.record(actor=audit.staff(by), action=action, subject_kind="station_override", subject_id=override.id)


def _hours(text: str) -> dict[str, object]:
    if text == "closed":
        return {"kind": OverrideKind.CLOSED}
    if text == "all-day":
        return {"kind": OverrideKind.ALL_DAY}
    spans = text.split(",")
    try:
        for span in spans:
            parse_span(span)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    return {"kind": OverrideKind.HOURS, "hours": spans}


def _days(first: date, last: date) -> str:
    return f"{first}" if first == last else f"{first} – {last}"
