"""The deadlines that services may promise: `config/deadlines.csv`.

Columns: `code`, `name` (what a worker reads), `basis`, `amount`, `counted` (`after` the start or `before` an event),
`pausable` (`yes`: it stands still while the worker has to supply something), `extension` (by how much it can be
extended, once; 0 for not at all), `owed_by`, `alarms` (see `alarms`), `version` (of the rule), `from` (the first day of
the version; empty for the first version), `confidence`, `source`.

A rule that changes gets a row more: the next version of the code, with the day from which it holds. What was begun
before keeps the version of its day.

`config/deadlines_of_unions.csv` gives a union and those below it another amount: `code`, `union` (its code), `amount`,
`source`. It holds for what is started from then on.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from server.clocks.alarms import Alarm, read_alarms
from server.clocks.rules import COUNTED_IN_DAYS, Basis
from server.clocks.tables import CONFIG, TableError

DEADLINES = CONFIG / "deadlines.csv"
OF_UNIONS = CONFIG / "deadlines_of_unions.csv"
COLUMNS_OF_UNIONS = ("code", "union", "amount", "source")
COLUMNS = (
    "code",
    "name",
    "basis",
    "amount",
    "counted",
    "pausable",
    "extension",
    "owed_by",
    "alarms",
    "version",
    "from",
    "confidence",
    "source",
)
FLAGS = {"yes": True, "no": False}


class Counted(StrEnum):
    """In which direction."""

    AFTER = "after"
    """From the start on."""
    BEFORE = "before"
    """Back from an event, e.g. a hearing."""


class OwedBy(StrEnum):
    """Who has to do it."""

    UNION = "union"
    """Staff are told when it runs out."""
    WORKER = "worker"
    """The worker is reminded."""
    OUTSIDE = "outside"
    """An office or a firm; the worker hears of hearings, staff of answers that do not come."""


class Confidence(StrEnum):
    """How sure we are of the number."""

    CONFIRMED = "confirmed"
    """Read in the statute."""
    UNCONFIRMED = "unconfirmed"
    """Seen elsewhere; a default until the union confirms it."""
    DRAFTED = "drafted"
    """Ours."""


class Deadline(Struct, frozen=True):
    """One version of a rule: what is promised, in what it is counted, and where that comes from."""

    code: str
    name: str
    basis: Basis
    amount: int
    counted: Counted
    pausable: bool
    extension: int
    """The most by which it can be extended, in the unit of the basis."""
    owed_by: OwedBy
    alarms: tuple[Alarm, ...]
    version: int
    since: date | None
    """The first day on which it holds; None for the first version."""
    confidence: Confidence
    source: str


Versions = tuple[Deadline, ...]
"""Of one code, the oldest first."""


def load_deadlines(path: Path) -> dict[str, Versions]:
    """All deadlines by code.

    Raises:
        TableError: naming the line that is wrong.
    """
    found: dict[str, Versions] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise TableError(f"{path.name}: the columns must be {','.join(COLUMNS)}")
        for row in reader:
            try:
                deadline = _deadline(row)
                found[deadline.code] = _with_version(found.get(deadline.code, ()), deadline)
            except (KeyError, ValueError) as error:
                raise TableError(f"{path.name}, line {reader.line_num}: {error}") from error
    return found


def _deadline(row: Mapping[str, str]) -> Deadline:
    deadline = Deadline(
        code=row["code"],
        name=row["name"],
        basis=Basis(row["basis"]),
        amount=int(row["amount"]),
        counted=Counted(row["counted"]),
        pausable=FLAGS[row["pausable"]],
        extension=int(row["extension"]),
        owed_by=OwedBy(row["owed_by"]),
        alarms=read_alarms(row["alarms"]),
        version=int(row["version"]),
        since=date.fromisoformat(row["from"]) if row["from"] else None,
        confidence=Confidence(row["confidence"]),
        source=row["source"],
    )
    if not (deadline.code and deadline.name and deadline.source):
        raise ValueError("code, name and source must be given")
    before = deadline.counted is Counted.BEFORE
    if deadline.amount < (0 if before else 1) or deadline.version < 1 or deadline.extension < 0:
        raise ValueError("amount and version start at 1, extension at 0")
    if before and not (deadline.basis in COUNTED_IN_DAYS or deadline.basis is Basis.HOURS):
        raise ValueError(f"a period before an event is not counted in {deadline.basis}")
    if (deadline.pausable or deadline.extension) and (before or deadline.basis is Basis.YEARS):
        raise ValueError("a period of years, or before an event, is not paused and not extended")
    return deadline


def _with_version(earlier: Versions, deadline: Deadline) -> Versions:
    versions = (*earlier, deadline)
    if deadline.version != len(versions):
        raise ValueError(f"{deadline.code} appears twice, or its version is not {len(versions)}")
    if (deadline.since is None) != (not earlier):
        raise ValueError("every version but the first says from which day it holds")
    for before, after in pairwise(versions):
        if before.since is not None and after.since is not None and after.since <= before.since:
            raise ValueError(f"{deadline.code} holds from {after.since}, which is not after the version before")
        # Flows are proved against these; who needs others declares another code.
        if (before.pausable, before.counted, before.owed_by) != (after.pausable, after.counted, after.owed_by):
            raise ValueError(f"{deadline.code} keeps counted, pausable and owed_by in all its versions")
    return versions


@cache
def deadlines() -> Mapping[str, Versions]:
    """The deadlines of this installation, read once in each process."""
    return load_deadlines(DEADLINES)


def load_of_unions(path: Path, known: Mapping[str, Versions]) -> dict[tuple[str, str], int]:
    """The amounts that unions have of their own, by code of the deadline and of the union.

    Raises:
        TableError: naming the line that is wrong.
    """
    found: dict[tuple[str, str], int] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS_OF_UNIONS:
            raise TableError(f"{path.name}: the columns must be {','.join(COLUMNS_OF_UNIONS)}")
        for row in reader:
            key = (row["code"], row["union"])
            amount = int(row["amount"]) if row["amount"].isdecimal() else 0
            if key in found or row["code"] not in known or not row["union"] or not row["source"] or amount < 1:
                needs = "a known code, once for each union, an amount from 1 on, and a source"
                raise TableError(f"{path.name}, line {reader.line_num}: {needs}")
            found[key] = amount
    return found


@cache
def of_unions() -> Mapping[tuple[str, str], int]:
    """The amounts of unions of this installation, read once in each process."""
    return load_of_unions(OF_UNIONS, deadlines())


def is_union_s(code: str) -> bool:
    """Whether some union has an amount of its own of this deadline."""
    return any(known == code for known, _ in of_unions())


def in_force(versions: Versions, day: date) -> Deadline:
    """The version that holds on a day."""
    return next(version for version in reversed(versions) if version.since is None or version.since <= day)


def deadline_of(code: str, *, on: date, unions: Sequence[str] = ()) -> Deadline:
    """The deadline of a code for what was begun on a day.

    Args:
        unions: codes of the union that it is with and of those above it; the nearest with an amount of its own rules.

    Raises:
        KeyError: there is no such code.
    """
    rule = in_force(deadlines()[code], on)
    own = next((of_unions()[code, union] for union in unions if (code, union) in of_unions()), None)
    return rule if own is None else replace(rule, amount=own)
