"""The deadlines that services may promise: `config/deadlines.csv`.

Columns: `code`, `name` (what a worker reads), `basis`, `amount`, `pausable` (`yes`: it stands
still while the worker has to supply something), `version` (of the rule: a clock keeps the one it started under),
`confidence`, `source`.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from server.clocks.rules import Basis
from server.clocks.tables import CONFIG, TableError

DEADLINES = CONFIG / "deadlines.csv"
COLUMNS = ("code", "name", "basis", "amount", "pausable", "version", "confidence", "source")
FLAGS = {"yes": True, "no": False}


class Confidence(StrEnum):
    """How sure we are of the number."""

    CONFIRMED = "confirmed"
    """Read in the statute."""
    UNCONFIRMED = "unconfirmed"
    """Seen elsewhere; a default until the union confirms it."""
    DRAFTED = "drafted"
    """Ours."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One row: what is promised, in what it is counted, and where that comes from."""

    code: str
    name: str
    basis: Basis
    amount: int
    pausable: bool
    version: int
    confidence: Confidence
    source: str


def load_deadlines(path: Path) -> dict[str, Deadline]:
    """All deadlines by code.

    Raises:
        TableError: naming the line that is wrong.
    """
    found: dict[str, Deadline] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise TableError(f"{path.name}: the columns must be {','.join(COLUMNS)}")
        for row in reader:
            where = f"{path.name}, line {reader.line_num}"
            try:
                deadline = _deadline(row)
            except (KeyError, ValueError) as error:
                raise TableError(f"{where}: {error}") from error
            if deadline.code in found:
                raise TableError(f"{where}: {deadline.code} appears twice")
            found[deadline.code] = deadline
    return found


def _deadline(row: Mapping[str, str]) -> Deadline:
    deadline = Deadline(
        code=row["code"],
        name=row["name"],
        basis=Basis(row["basis"]),
        amount=int(row["amount"]),
        pausable=FLAGS[row["pausable"]],
        version=int(row["version"]),
        confidence=Confidence(row["confidence"]),
        source=row["source"],
    )
    if not (deadline.code and deadline.name and deadline.source):
        raise ValueError("code, name and source must be given")
    if deadline.amount < 1 or deadline.version < 1:
        raise ValueError("amount and version start at 1")
    if deadline.pausable and deadline.basis is Basis.YEARS:
        raise ValueError("a period of years is not paused")
    return deadline


@cache
def deadlines() -> Mapping[str, Deadline]:
    """The deadlines of this installation, read once in each process."""
    return load_deadlines(DEADLINES)
