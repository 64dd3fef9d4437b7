"""Lists of members that the staff send: taken in, read by a job, and their outcome for a month."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import now
from server.core.db import db, new_id, transaction
from server.core.errors import Problem, not_found
from server.core.jobs import defer
from server.core.web.paging import Page, keyset_page
from server.unions import invitations
from server.unions.lists import city_base, files
from server.unions.lists.models import MemberList, MemberListLine
from server.unions.lists.reading import drop_file, read_list
from server.unions.lists.vocabulary import LineKind, ListKind, ListState
from server.unions.staff.authority import offices_of
from server.unions.staff.vocabulary import Right

AT_ONCE = 10_000
"""Lines that are forgotten in one statement."""


def ask(*, kind: ListKind, file: IO[bytes], is_csv: bool, staff_no: str, rehearsal: bool = False) -> uuid.UUID:
    """Take a file in, to be read by a job; returns the list's id.

    Raises:
        Problem: 403 for who has no right to; 409 while another list of theirs is under way; 503 when there is no room.
    """
    with transaction() as session:
        offices = [one.id for one in offices_of(session, number=staff_no, right=Right.UNIONS)]
        values = {
            "id": new_id(),
            "created_at": now(),
            "staff_no": staff_no,
            "kind": kind,
            "rehearsal": rehearsal,
            "csv": is_csv,
            "state": ListState.QUEUED,
            "parts": [],
            "offices": offices,
            "tries": 0,
            "rows_read": 0,
            "written": False,
            "counts": {},
        }
        taking = insert(MemberList).values(values).on_conflict_do_nothing().returning(MemberList.id)
        list_id = session.scalar(taking)
        if list_id is None:
            raise Problem(409, "list_under_way", "你上一份文件还没有读完，请等它读完再传")
        session.execute(sa.update(MemberList).where(MemberList.id == list_id).values(parts=files.keep(file)))
        defer(read_list, list_id=str(list_id))
    return list_id


def lists_of(*, staff_no: str, kinds: Sequence[ListKind]) -> Sequence[MemberList]:
    """The last ones of somebody, newest first."""
    asked = sa.select(MemberList).where(MemberList.staff_no == staff_no, MemberList.kind.in_(kinds))
    return db.session.scalars(asked.order_by(MemberList.created_at.desc(), MemberList.id.desc()).limit(5)).all()


def list_of(*, list_id: uuid.UUID, staff_no: str) -> MemberList:
    """One that somebody sent, while they still have in hand what it was read for.

    Raises:
        Problem: 404.
    """
    found = db.session.get(MemberList, list_id)
    if found is None or found.staff_no != staff_no:
        raise not_found()
    held = {one.id for one in offices_of(db.session(), number=staff_no, right=Right.UNIONS)}
    if not held.issuperset(found.offices):
        raise not_found()
    return found


def lines_of(
    *, list_id: uuid.UUID, kind: LineKind, staff_no: str, cursor: str | None = None, limit: int = 100
) -> Page[MemberListLine]:
    """A page of the lines of one kind. The look is recorded.

    Raises:
        Problem: 404.
    """
    with transaction() as session:
        _look(list_of(list_id=list_id, staff_no=staff_no), staff_no)
        return keyset_page(
            session,
            sa.select(MemberListLine).where(MemberListLine.list_id == list_id, MemberListLine.kind == kind),
            columns=[MemberListLine.place],
            question={"list": list_id, "kind": kind},
            cursor=cursor,
            limit=limit,
            descending=False,
        )


def first_lines_of(*, list_id: uuid.UUID, staff_no: str, most: int) -> Mapping[LineKind, Sequence[MemberListLine]]:
    """The first lines of each kind. The look is recorded.

    Raises:
        Problem: 404.
    """
    found: dict[LineKind, list[MemberListLine]] = {kind: [] for kind in LineKind}
    with transaction() as session:
        _look(list_of(list_id=list_id, staff_no=staff_no), staff_no)
        asked = sa.select(MemberListLine).where(MemberListLine.list_id == list_id, MemberListLine.place <= most)
        for line in session.scalars(asked.order_by(MemberListLine.kind, MemberListLine.place)):
            found[line.kind].append(line)
    return found


def differences_of(*, list_id: uuid.UUID, staff_no: str, skip: int, most: int) -> Sequence[MemberListLine]:
    """So many differences, after as many that are passed over. The look is recorded.

    Raises:
        Problem: 404.
    """
    with transaction() as session:
        _look(list_of(list_id=list_id, staff_no=staff_no), staff_no)
        asked = (
            sa.select(MemberListLine)
            .where(MemberListLine.list_id == list_id, MemberListLine.kind.in_(city_base.SAID))
            .order_by(MemberListLine.kind, MemberListLine.place)
        )
        return session.scalars(asked.offset(skip).limit(most)).all()


class Asked(Struct, frozen=True):
    """What those on a list said when they were asked."""

    tally: invitations.Tally
    others: Sequence[int]
    """Rows that are somebody else."""
    wrong_numbers: Sequence[int]
    """Rows whose phone is none."""


def asked_of(found: MemberList, *, most: int) -> Asked:
    """What came of asking: in numbers, and the first rows that have to be looked at."""
    session = db.session()
    return Asked(
        invitations.tally(session, found.id),
        invitations.rows_of_others(session, found.id, most=most),
        invitations.rows_with_wrong_numbers(session, found.id, most=most),
    )


def forget(*, before: datetime) -> None:
    """Drop lists that were sent before an instant, with their lines and whatever is left of their files."""
    while (oldest := _oldest(before)) is not None:
        drop_file(oldest)
        while _drop_lines(oldest):
            pass
        with transaction() as session:
            session.execute(sa.delete(MemberList).where(MemberList.id == oldest))


def parts_known(session: Session, keys: Sequence[str]) -> set[str]:
    """Which of these files are parts of lists."""
    parts = sa.select(sa.func.unnest(MemberList.parts).label("key")).subquery()
    return set(session.scalars(sa.select(parts.c.key).where(parts.c.key.in_(keys))))


def _look(found: MemberList, staff_no: str) -> None:
    audit.record(
        actor=audit.staff(staff_no), action="roster.read_outcome", subject_kind="roster", subject_id=str(found.id)
    )


def _oldest(before: datetime) -> uuid.UUID | None:
    with transaction() as session:
        return session.scalar(
            sa.select(MemberList.id).where(MemberList.created_at < before).order_by(MemberList.created_at).limit(1)
        )


def _drop_lines(list_id: uuid.UUID) -> int:
    with transaction() as session:
        some = (
            sa.select(MemberListLine.kind, MemberListLine.place).where(MemberListLine.list_id == list_id).limit(AT_ONCE)
        )
        gone = sa.delete(MemberListLine).where(
            MemberListLine.list_id == list_id, sa.tuple_(MemberListLine.kind, MemberListLine.place).in_(some)
        )
        return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it
