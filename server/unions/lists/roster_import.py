"""Taking over a roster file: all of it in one transaction, and nothing of the file is kept."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import today
from server.core.db import transaction
from server.core.settings import settings
from server.identity import listed, roster
from server.unions import invitations
from server.unions.lists.roster_file import HEADINGS, Column, members_of
from server.unions.lists.vocabulary import ListKind
from server.unions.models import TradeUnion
from server.unions.staff.scope import Scope

LONGEST = "15min"
"""A statement over a whole list; a web page's would be cut long before."""
ROOM = "64MB"
"""Of the database's memory for one sort or join over a list: with its usual 4 MB each went through files."""
ELSEWHERE = "这个号码在别的工会的名单上，不能改到你这里；请上级工会来导这一行"


class Fault(Struct, frozen=True):
    """What is wrong with a row."""

    row: int
    sentence: str


class Outcome(Struct, frozen=True):
    """What came of a list."""

    counts: Mapping[str, int]
    """`faults` and `repeated` rows; of a roster `added` and `updated` people and, where they are asked first, how many
    are `members` and how many are `asked`; of leavers `removed` and `unknown`, of
    the city's base those who are the `same` in both, and how many there are of each difference."""
    written: bool


def stage_file(
    session: Session,
    file: BinaryIO,
    *,
    is_csv: bool,
    mine: Collection[uuid.UUID] | None,
    headings: Mapping[Column, Sequence[str]] = HEADINGS,
    tell: Callable[[int], object] | None = None,
) -> None:
    """Read a file into the table `listed`.

    Args:
        mine: ids of the unions among which each row's has to be; None for any.
        tell: called now and then with how many rows were read.

    Raises:
        UnreadableSheet: the file as a whole cannot be used.
    """
    session.execute(sa.text(f"SET LOCAL statement_timeout = '{LONGEST}'"))
    session.execute(sa.text(f"SET LOCAL work_mem = '{ROOM}'"))
    rows = members_of(
        file,
        is_csv=is_csv,
        unions={row.code: row.id for row in session.execute(sa.select(TradeUnion.code, TradeUnion.id))},
        mine=mine,
        today=today(),
        allow_synthetic=not settings().production,
        headings=headings,
    )
    listed.stage(session, rows, tell=tell)


def enter(
    session: Session,
    *,
    actor: str,
    scope: Scope,
    rehearsal: bool,
    skip_faulty: bool = False,
    asking: uuid.UUID | None = None,
) -> Outcome:
    """Put the members in the table `listed` on the roster, unless there are faults.

    Args:
        actor: who does it, as in the audit.
        scope: of whoever does it; a row that would take a member off the list of a union outside of it is a fault.
        rehearsal: find out everything, write nothing.
        skip_faulty: take the good rows of a file with faults, which otherwise is refused as a whole.
        asking: the list for which each of them is asked first; None for a register, whose people are members.
    """
    listed.refuse_those_on_other_lists(session, scope.unions, sentence=ELSEWHERE)
    members, faults, repeated = listed.counted(session)
    known = roster.known_of_listed(session)
    written = not rehearsal and (skip_faulty or not faults)
    counts = {"added": members - known, "updated": known, "faults": faults, "repeated": repeated}
    if asking is not None:
        counts["members"], counts["asked"] = invitations.weigh_listed(session)
    if written:
        roster.enter_listed(session)
        if asking is not None:
            invitations.invite_listed(session, list_id=asking)
        else:
            invitations.leave_to_register(session)
        detail = {"rows": members, "added": members - known, "faults": faults}
        audit.record(actor=actor, action="roster.import", subject_kind="roster", detail=detail)
    return Outcome(counts, written)


def take_off(session: Session, *, actor: str, scope: Scope, rehearsal: bool) -> Outcome:
    """Take the members in the table `listed` off the roster: all of them or, with a fault or as a rehearsal, nobody."""
    listed.refuse_those_on_other_lists(session, scope.unions, sentence=ELSEWHERE)
    members, faults, repeated = listed.counted(session)
    known = roster.known_of_listed(session)
    written = not rehearsal and not faults
    if written:
        roster.take_off_listed(session)
        invitations.take_back_listed(session)
        audit.record(actor=actor, action="roster.remove", subject_kind="roster", detail={"removed": known})
    counts = {"removed": known, "unknown": members - known, "faults": faults, "repeated": repeated}
    return Outcome(counts, written)


def take_at_once(
    path: Path, *, kind: ListKind, actor: str, scope: Scope, dry_run: bool = False, skip_faulty: bool = False
) -> tuple[Outcome, Sequence[Fault]]:
    """Take over a file of this machine, and tell what is wrong with which row.

    Raises:
        UnreadableSheet: the file as a whole cannot be used.
    """
    with path.open("rb") as file, transaction() as session:
        stage_file(session, file, is_csv=path.suffix.lower() == ".csv", mine=scope.unions)
        if kind is ListKind.ROSTER:
            done = enter(session, actor=actor, scope=scope, rehearsal=dry_run, skip_faulty=skip_faulty)
        else:
            done = take_off(session, actor=actor, scope=scope, rehearsal=dry_run)
        found = session.execute(sa.text("SELECT row, sentence FROM listed WHERE sentence IS NOT NULL ORDER BY row"))
        return done, [Fault(row, sentence) for row, sentence in found]
