"""The job that reads a list: in one transaction, and begun anew after a process that was killed in between."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import Problem
from server.core.jobs import task
from server.unions import invitations
from server.unions.lists import city_base, files, roster_import
from server.unions.lists.models import MemberList
from server.unions.lists.roster_import import Outcome
from server.unions.lists.sheet import UnreadableSheet
from server.unions.lists.vocabulary import UNDER_WAY, ListKind, ListState
from server.unions.staff.authority import offices_of
from server.unions.staff.scope import Scope, scope_of
from server.unions.staff.vocabulary import Right

MOST_TRIES = 3
FAULTS_KEPT = 10_000
"""Lines; a file with more of them has something wrong as a whole."""
NO_RIGHT = "你已经没有导入名单的权限，文件没有读，已经删掉"
GIVEN_UP = f"读了 {MOST_TRIES} 次都没有读完，什么都没有写入，文件已经删掉。请把文件分成几份再传；还是不行就告诉管理员"
FAULTS = """
SELECT CASE WHEN repeated THEN 'repeated' ELSE 'fault' END AS kind, row, NULL AS number, NULL::uuid AS theirs,
    NULL::uuid AS ours, sentence FROM listed WHERE sentence IS NOT NULL
"""
DIFFERENCES = f"SELECT *, NULL AS sentence FROM ({city_base.DIFFERENCE}) each"  # noqa: S608  # our own words
KEEP = """
INSERT INTO member_list_line (list_id, kind, place, row, number, theirs, ours, sentence)
SELECT :id, placed.kind, place, row, number, theirs.code, ours.code, sentence FROM (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY row, number) AS place FROM ({lines}) each
) placed
LEFT JOIN trade_union theirs ON theirs.id = placed.theirs LEFT JOIN trade_union ours ON ours.id = placed.ours
WHERE placed.kind NOT IN ('fault', 'repeated') OR place <= :faults
"""


@task(name="unions.read_list")
def read_list(list_id: str) -> None:
    """Read a list and keep what came of it. Whoever is stopped in between leaves nothing, and begins anew."""
    found = uuid.UUID(list_id)
    begun = _begin(found)
    if begun is not None:
        try:
            scope = scope_of(db.session(), number=begun.staff_no, right=Right.UNIONS)
            _read(begun, scope)
        except UnreadableSheet as error:
            _fail(found, str(error))
        except Problem as problem:
            if problem.status != 403:
                raise
            _fail(found, NO_RIGHT)
    with transaction() as session:
        session.execute(sa.text(f"SET LOCAL statement_timeout = '{roster_import.LONGEST}'"))
        invitations.find_accounts(session, list_id=found)
    drop_file(found)


def drop_file(list_id: uuid.UUID) -> None:
    """The parts go first, then their keys: whoever is stopped in between does it again."""
    parts = db.session.scalar(sa.select(MemberList.parts).where(MemberList.id == list_id))
    db.session.rollback()
    files.drop(parts or [])
    with transaction() as session:
        session.execute(sa.update(MemberList).where(MemberList.id == list_id).values(parts=[]))


def _begin(list_id: uuid.UUID) -> MemberList | None:
    """Count a try; None where there is nothing to do any more."""
    with transaction() as session:
        found = session.get(MemberList, list_id, with_for_update=True, populate_existing=True)
        if found is None or found.state not in UNDER_WAY:
            return None
        if found.tries >= MOST_TRIES:
            found.state, found.reason, found.ended_at = ListState.FAILED, GIVEN_UP, now()
            return None
        found.tries += 1
        found.state, found.rows_read = ListState.READING, 0
    return found


def _read(begun: MemberList, scope: Scope) -> None:
    def tell(rows: int) -> None:
        # Of another connection: this transaction is seen by nobody before it ends.
        with db.engine.begin() as connection:
            connection.execute(sa.update(MemberList).where(MemberList.id == begun.id).values(rows_read=rows))

    with files.laid_out(begun.parts) as file, transaction() as session:
        if begun.kind is ListKind.CITY_BASE:
            city_base.stage_base(session, file, is_csv=begun.csv, tell=tell)
        else:
            roster_import.stage_file(session, file, is_csv=begun.csv, mine=scope.unions, tell=tell)
        # Not before: it would hold up the telling. Somebody else may have read it while this process was thought dead.
        row = session.get_one(MemberList, begun.id, with_for_update=True, populate_existing=True)
        if row.state is not ListState.READING:
            return
        done = _settle(session, row, scope)
        row.counts, row.written = dict(done.counts), done.written
        row.rows_read = session.scalar(sa.text("SELECT count(*) FROM listed")) or 0
        row.offices = [one.id for one in offices_of(session, number=row.staff_no, right=Right.UNIONS)]
        row.state, row.ended_at = ListState.DONE, now()
        lines = FAULTS if row.kind is not ListKind.CITY_BASE else f"{FAULTS} UNION ALL {DIFFERENCES}"
        session.execute(sa.text(KEEP.format(lines=lines)), {"id": row.id, "faults": FAULTS_KEPT})


def _settle(session: Session, row: MemberList, scope: Scope) -> Outcome:
    actor = audit.staff(row.staff_no)
    match row.kind:
        case ListKind.ROSTER:
            return roster_import.enter(session, actor=actor, scope=scope, rehearsal=row.rehearsal, asking=row.id)
        case ListKind.LEAVERS:
            return roster_import.take_off(session, actor=actor, scope=scope, rehearsal=row.rehearsal)
        case ListKind.CITY_BASE:
            return city_base.compare(session, actor=actor, scope=scope)


def _fail(list_id: uuid.UUID, reason: str) -> None:
    with transaction() as session:
        found = session.get_one(MemberList, list_id, with_for_update=True, populate_existing=True)
        if found.state in UNDER_WAY:
            found.state, found.reason, found.ended_at = ListState.FAILED, reason, now()
