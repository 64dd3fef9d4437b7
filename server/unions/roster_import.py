"""Taking over a roster file: all of it in one transaction, and nothing of the file is kept."""

from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import today
from server.core.db import transaction
from server.core.settings import settings
from server.identity import roster
from server.unions.models import TradeUnion
from server.unions.roster_file import Fault, Roster, read_roster
from server.unions.staff.scope import Scope


class Report(Struct, frozen=True):
    """What became of a file."""

    added: int
    updated: int
    faults: list[Fault]
    repeated: list[Fault]
    written: bool


class _NothingIsWritten(Exception):
    """Undoes the transaction, after it has told what it would do."""


def import_roster(path: Path, *, actor: str, scope: Scope, dry_run: bool = False, skip_faulty: bool = False) -> Report:
    """Put a file's members on the roster.

    Args:
        actor: who does it, as in the audit.
        scope: of whoever does it; a row for a union outside of it is a fault, and so is one that would take a member
            off the list of a union outside of it.
        dry_run: find out everything, write nothing.
        skip_faulty: take the good rows of a file with faults, which otherwise is refused as a whole.

    Raises:
        UnreadableRoster: the file as a whole cannot be used.
    """
    added = 0
    written = False
    try:
        with transaction() as session:
            found = _read(session, path, scope)
            members = list(found.members.values())
            added = roster.enter(session, members)
            if dry_run or (found.faults and not skip_faulty):
                raise _NothingIsWritten
            audit.record(
                actor=actor,
                action="roster.import",
                subject_kind="roster",
                detail={"rows": len(members), "added": added, "faults": len(found.faults)},
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


class Removal(Struct, frozen=True):
    """What became of a file of those who left."""

    removed: int
    unknown: int
    """Who stood on no list."""
    faults: list[Fault]
    written: bool


def take_off_roster(path: Path, *, actor: str, scope: Scope, dry_run: bool = False) -> Removal:
    """Take a file's members off the roster: all of it or, where a row has a fault or for a dry run, nothing.

    Raises:
        UnreadableRoster: the file as a whole cannot be used.
    """
    removed, written = 0, False
    try:
        with transaction() as session:
            found = _read(session, path, scope)
            removed = roster.leave(session, [member.number for member in found.members.values()])
            if dry_run or found.faults:
                raise _NothingIsWritten
            audit.record(actor=actor, action="roster.remove", subject_kind="roster", detail={"removed": removed})
        written = True
    except _NothingIsWritten:
        pass
    return Removal(removed, len(found.members) - removed, found.faults, written)


def _read(session: Session, path: Path, scope: Scope) -> Roster:
    found = read_roster(
        path,
        unions={union.code: union for union in session.scalars(sa.select(TradeUnion))},
        scope=scope,
        today=today(),
        allow_synthetic=not settings().production,
    )
    _leave_others_lists_alone(session, found, scope)
    return found


def _leave_others_lists_alone(session: Session, found: Roster, scope: Scope) -> None:
    listed = roster.unions_of_numbers(session, [member.number for member in found.members.values()])
    for row, member in list(found.members.items()):
        union_id = listed.get(member.number.key)
        if union_id is not None and not scope.covers(union_id):
            del found.members[row]
            found.faults.append(Fault(row, "这个号码在别的工会的名单上，不能改到你这里；请上级工会来导这一行"))
