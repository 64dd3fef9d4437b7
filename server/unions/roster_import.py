"""Taking over a roster file: all of it in one transaction, and nothing of the file is kept."""

from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct

from server.core import audit
from server.core.clock import today
from server.core.db import transaction
from server.core.settings import settings
from server.identity import roster
from server.unions.models import TradeUnion
from server.unions.roster_file import Fault, read_roster


class Report(Struct, frozen=True):
    """What became of a file."""

    added: int
    updated: int
    faults: list[Fault]
    repeated: list[Fault]
    written: bool


class _NothingIsWritten(Exception):
    """Undoes the transaction, after it has told what it would do."""


def import_roster(path: Path, *, actor: str, dry_run: bool = False, skip_faulty: bool = False) -> Report:
    """Put a file's members on the roster.

    Args:
        actor: who does it, as in the audit.
        dry_run: find out everything, write nothing.
        skip_faulty: take the good rows of a file with faults, which otherwise is refused as a whole.

    Raises:
        UnreadableRoster: the file as a whole cannot be used.
    """
    added = 0
    written = False
    try:
        with transaction() as session:
            found = read_roster(
                path,
                unions={union.code: union for union in session.scalars(sa.select(TradeUnion))},
                today=today(),
                allow_synthetic=not settings().production,
            )
            added = roster.enter(session, found.members)
            if dry_run or (found.faults and not skip_faulty):
                raise _NothingIsWritten
            audit.record(
                actor=actor,
                action="roster.import",
                subject_kind="roster",
                detail={"rows": len(found.members), "added": added, "faults": len(found.faults)},
            )
        written = True
    except _NothingIsWritten:
        pass
    return Report(
        added=added,
        updated=len(found.members) - added,
        faults=found.faults,
        repeated=found.repeated,
        written=written,
    )
