"""Holiday tables of `config/holidays/<year>.csv`, one for each year's notice of the State Council.

Columns: `date` (ISO), `kind` (`holiday` or `workday`), `name`, `source`. The State Council publishes the next year's
table each November; an operator enters it and restarts the service.
"""

import csv
from datetime import date
from functools import cache
from pathlib import Path

from server.clocks.calendar import SATURDAY, Calendar, DayKind, SpecialDay

CONFIG = Path(__file__).resolve().parents[2] / "config"
HOLIDAYS = CONFIG / "holidays"
COLUMNS = ("date", "kind", "name", "source")
PUBLISHED_IN = 11
"""The month in which next year's table becomes known."""


class TableError(ValueError):
    """A table says something that cannot be. Names file and line."""


def read_table(path: Path) -> list[SpecialDay]:
    """Read and check one year's table; the year is the file's name.

    Raises:
        TableError: naming the line.
    """
    year = int(path.stem)
    found: dict[date, SpecialDay] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise TableError(f"{path.name}: the columns must be {','.join(COLUMNS)}")
        for row in reader:
            where = f"{path.name}, line {reader.line_num}"
            try:
                special = SpecialDay(date.fromisoformat(row["date"]), DayKind(row["kind"]), row["name"])
            except ValueError as error:
                raise TableError(f"{where}: {error}") from error
            if special.day.year != year:
                raise TableError(f"{where}: {special.day} is not in {year}")
            if special.day in found:
                raise TableError(f"{where}: {special.day} appears twice")
            if special.kind is DayKind.WORKDAY and special.day.weekday() < SATURDAY:
                raise TableError(f"{where}: {special.day} is a working day anyway")
            if not row["name"] or not row["source"]:
                raise TableError(f"{where}: name and source must be given")
            found[special.day] = special
    if not found:
        raise TableError(f"{path.name}: a year without holidays cannot be right")
    return list(found.values())


def load_calendar(folder: Path) -> Calendar:
    """The calendar of all tables in a folder.

    Raises:
        TableError: for the first table that is wrong.
    """
    return Calendar.of({int(path.stem): read_table(path) for path in sorted(folder.glob("[0-9]" * 4 + ".csv"))})


@cache
def calendar() -> Calendar:
    """The calendar of this installation, read once in each process."""
    return load_calendar(HOLIDAYS)


def missing_years(day: date, *, known: Calendar) -> list[int]:
    """Years whose table should be there on `day`: this one, and from November on the next."""
    wanted = [day.year] if day.month < PUBLISHED_IN else [day.year, day.year + 1]
    return [year for year in wanted if year not in known.years]
