"""The city's membership base beside ours: who stands in one only, and who in both with different unions.

Nobody is named: a line of theirs is known by its row, a member of ours by the member's number.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core import audit
from server.core.documents import read_yaml
from server.identity import listed
from server.unions.lists.models import MemberListLine
from server.unions.lists.roster_file import Column
from server.unions.lists.roster_import import Outcome, stage_file
from server.unions.lists.vocabulary import DIFFERENCES, LineKind
from server.unions.rules import COUNTED
from server.unions.staff.scope import Scope

FILE = Path(__file__).resolve().parents[3] / "config" / "city_base.yaml"
SAID = {
    LineKind.ONLY_THEIRS: "市库有，我们没有",
    LineKind.ONLY_OURS: "我们有，市库没有",
    LineKind.OTHER_UNION: "两边的工会不一样",
}

TABLES = ("our_member", "compared")
OUR_MEMBERS = """
CREATE TEMPORARY TABLE our_member ON COMMIT DROP AS
SELECT worker.id_number_hmac AS hmac, number, union_id, union_id = ANY(:unions) AS mine
FROM worker JOIN membership ON membership.worker_id = worker.id
WHERE worker.id_number_hmac IS NOT NULL AND membership.state = ANY(:members)
"""
COMPARED = f"""
CREATE TEMPORARY TABLE compared ON COMMIT DROP AS
SELECT listed.row, listed.union_id AS theirs, coalesce(listed.union_id = ANY(:unions), false) AS theirs_is_mine,
    our_member.number, our_member.union_id AS ours, our_member.mine
FROM listed LEFT JOIN our_member ON our_member.hmac = listed.id_number_hmac
WHERE sentence IS NULL AND older_hmacs IS NULL
UNION ALL
SELECT listed.row, listed.union_id, coalesce(listed.union_id = ANY(:unions), false), number, our_member.union_id, mine
FROM listed LEFT JOIN ({listed.DIGESTS} known JOIN our_member USING (hmac)) USING (row)
WHERE sentence IS NULL AND older_hmacs IS NOT NULL
"""  # noqa: S608  # our own words
# Of one key each row is looked up once; while keys are being replaced, under each of them.
# Of whoever is not ours nothing is told that the file does not say: anybody may be put into it.
DIFFERENCE = """
SELECT 'only_theirs' AS kind, row, NULL AS number, theirs, NULL::uuid AS ours FROM compared
    WHERE ours IS NULL AND theirs_is_mine
UNION ALL
SELECT 'other_union', row, CASE WHEN mine THEN number END, theirs, CASE WHEN mine THEN ours END FROM compared
    WHERE ours <> theirs AND (mine OR theirs_is_mine)
UNION ALL
SELECT 'only_ours', NULL, number, NULL, union_id FROM our_member
    WHERE mine AND NOT EXISTS (SELECT FROM compared WHERE compared.number = our_member.number)
"""


def stage_base(session: Session, file: BinaryIO, *, is_csv: bool, tell: Callable[[int], object] | None = None) -> None:
    """Read a file of the city's base, in its own headings; a member of ours may stand under anybody's union there.

    Raises:
        UnreadableSheet: the file as a whole cannot be used.
    """
    headings = read_yaml(FILE)["headings"]
    named = {column: headings.get(column.name.lower(), ()) for column in Column}
    stage_file(session, file, is_csv=is_csv, mine=None, headings=named, tell=tell)


def compare(session: Session, *, actor: str, scope: Scope) -> Outcome:
    """Hold the members in the table `listed` against those of one's own unions. That it was done is recorded."""
    asked = {"unions": list(scope.unions), "members": list(COUNTED)}
    for table in TABLES:
        session.execute(sa.text(f"DROP TABLE IF EXISTS {table}"))
    session.execute(sa.text(OUR_MEMBERS), asked)
    session.execute(sa.text("ANALYZE our_member"))
    session.execute(sa.text(COMPARED), asked)
    session.execute(sa.text("ANALYZE compared"))
    _, faults, repeated = listed.counted(session)
    same = session.scalar(sa.text("SELECT count(*) FROM compared WHERE ours = theirs AND mine")) or 0
    counted: Mapping[str, int] = dict(
        session.execute(sa.text(f"SELECT kind, count(*) FROM ({DIFFERENCE}) each GROUP BY kind")).all()  # noqa: S608  # our own words
    )
    differences = {kind.value: counted.get(kind, 0) for kind in DIFFERENCES}
    audit.record(
        actor=actor,
        action="roster.compare",
        subject_kind="roster",
        detail={"same": same, "differences": sum(differences.values()), "faults": faults},
    )
    return Outcome({"same": same, **differences, "faults": faults, "repeated": repeated}, written=False)


def write_list(lines: Iterable[MemberListLine], to: Any) -> None:
    """Differences as xlsx, in the columns of `config/city_base.yaml`."""
    from openpyxl import Workbook

    columns: Sequence[Mapping[str, str]] = read_yaml(FILE)["list"]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("差异")
    sheet.append([column["heading"] for column in columns])
    for line in lines:
        sheet.append([_cell(sheet, line, column["holds"]) for column in columns])
    book.save(to)


def _cell(sheet: Any, line: MemberListLine, holds: str) -> Any:
    from server.core.spreadsheet import words_cell

    found: str | int | None = SAID[line.kind] if holds == "difference" else getattr(line, holds)
    return words_cell(sheet, found) if isinstance(found, str) else found
