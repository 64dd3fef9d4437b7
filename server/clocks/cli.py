"""`flask holidays fill YEAR`."""

import csv
from datetime import date
from pathlib import Path

import click
from flask.cli import AppGroup

from server.clocks.calendar import ONE_DAY, SATURDAY, DayKind
from server.clocks.tables import COLUMNS, HOLIDAYS, read_table

holidays = AppGroup("holidays", help="Holiday tables: config/holidays/<year>.csv.")


@holidays.command()
@click.argument("year", type=click.IntRange(2004, 2100))
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False, exists=True), default=HOLIDAYS)
@click.option("--replace", is_flag=True, help="Overwrite a table that is there.")
def fill(year: int, folder: Path, replace: bool) -> None:
    """Draft a year's table from the chinesecalendar package; review it against the State Council's notice."""
    path = folder / f"{year}.csv"
    if path.exists() and not replace:
        raise click.ClickException(f"{path} is there already; --replace overwrites it")
    try:
        rows = _drafted(year)
    except NotImplementedError:
        raise click.ClickException(
            f"the chinesecalendar package does not know {year} yet:"
            f" write {path} by hand from the State Council's notice ({','.join(COLUMNS)})"
        ) from None
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    click.echo(
        f"{path}: {len(read_table(path))} days. Compare them with the State Council's notice, then restart the service."
    )


def _drafted(year: int) -> list[tuple[str, str, str, str]]:
    """The days on which the package differs from the plain week."""
    import chinese_calendar  # loads slowly and is needed only here

    source = f"chinesecalendar {_package_version()}，待核对"
    rows = []
    day = date(year, 1, 1)
    while day.year == year:
        off, name = chinese_calendar.get_holiday_detail(day)
        if name is not None and (off or day.weekday() >= SATURDAY):
            kind = DayKind.HOLIDAY if off else DayKind.WORKDAY
            rows.append((day.isoformat(), kind.value, chinese_calendar.Holiday(name).chinese, source))
        day += ONE_DAY
    return rows


def _package_version() -> str:
    from importlib.metadata import version

    return version("chinesecalendar")
