"""The city's membership base beside ours: who stands in one only, and who in both with different unions.

Nobody is named: a line of theirs is known by its row, a member of ours by the member's number.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import today
from server.core.crypto import keyed_hmacs
from server.core.db import transaction
from server.core.documents import read_yaml
from server.core.settings import settings
from server.identity.models import ID_NUMBER, Worker
from server.unions.models import IS_MEMBER, Membership, TradeUnion
from server.unions.roster_file import Column, Fault, read_roster
from server.unions.staff.scope import Scope

FILE = Path(__file__).resolve().parents[2] / "config" / "city_base.yaml"


class Kind(StrEnum):
    """How the two differ."""

    ONLY_THEIRS = "市库有，我们没有"
    ONLY_OURS = "我们有，市库没有"
    OTHER_UNION = "两边的工会不一样"


class Difference(Struct, frozen=True):
    """One person in whom the two differ. `theirs`, `ours`: codes of the unions."""

    kind: Kind
    row: int | None = None
    number: str | None = None
    theirs: str | None = None
    ours: str | None = None

    def cell(self, holds: str) -> str | int | None:
        """What stands in a column of the list."""
        found: str | int | None = self.kind.value if holds == "difference" else getattr(self, holds)
        return found


class Comparison(Struct, frozen=True):
    """What came of a file."""

    same: int
    differences: Sequence[Difference]
    faults: Sequence[Fault]
    """Rows that could not be compared; who stands in them counts as not in the city's base."""


class _Ours(Struct, frozen=True):
    number: str
    union: str
    mine: bool
    """Whether the union lies in the scope."""


def compare(path: Path, *, actor: str, scope: Scope) -> Comparison:
    """Hold a file of the city's base against the members of one's own unions. That it was done is recorded.

    Raises:
        UnreadableRoster: the file as a whole cannot be used.
    """
    with transaction() as session:
        unions = {union.code: union for union in session.scalars(sa.select(TradeUnion))}
        found = read_roster(
            path,
            unions=unions,
            # A member of ours may stand under anybody's union there.
            scope=Scope(unions=frozenset(union.id for union in unions.values()), areas=("",), upper=True),
            today=today(),
            allow_synthetic=not settings().production,
            headings={column: read_yaml(FILE)["headings"][column.name.lower()] for column in Column},
        )
        codes = {union.id: union.code for union in unions.values()}
        ours = _members(session, scope)
        same, differences, met = 0, [], set[bytes]()
        for row, member in found.members.items():
            theirs = codes[member.union_id]
            digests = keyed_hmacs(member.number.key, purpose=ID_NUMBER)
            digest = next((one for one in digests if one in ours), None)
            if digest is None:
                if scope.covers(member.union_id):
                    differences.append(Difference(Kind.ONLY_THEIRS, row=row, theirs=theirs))
                continue
            met.add(digest)
            one = ours[digest]
            if one.union == theirs:
                same += one.mine
            elif one.mine or scope.covers(member.union_id):
                # Of whoever is not ours nothing is told that the file does not say: anybody may be put into it.
                number, union = (one.number, one.union) if one.mine else (None, None)
                differences.append(Difference(Kind.OTHER_UNION, row=row, number=number, theirs=theirs, ours=union))
        differences += [
            Difference(Kind.ONLY_OURS, number=one.number, ours=one.union)
            for digest, one in ours.items()
            if one.mine and digest not in met
        ]
        audit.record(
            actor=actor,
            action="roster.compare",
            subject_kind="roster",
            detail={"same": same, "differences": len(differences), "faults": len(found.faults)},
        )
    return Comparison(same, differences, [*found.faults, *found.repeated])


def write_list(differences: Sequence[Difference], to: BinaryIO) -> None:
    """The list as xlsx, in the columns of `config/city_base.yaml`."""
    from openpyxl import Workbook

    columns: list[dict[str, Any]] = read_yaml(FILE)["list"]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("差异")
    sheet.append([column["heading"] for column in columns])
    for difference in differences:
        sheet.append([difference.cell(column["holds"]) for column in columns])
    book.save(to)


def _members(session: Session, scope: Scope) -> dict[bytes, _Ours]:
    """Digest of the number → member, of those who are members now and whose number is known."""

    def rows() -> Iterator[Any]:
        yield from session.execute(
            sa.select(Worker.id_number_hmac, Membership.number, Membership.union_id, TradeUnion.code)
            .join(Membership, Membership.worker_id == Worker.id)
            .join(TradeUnion, TradeUnion.id == Membership.union_id)
            .where(Worker.id_number_hmac.is_not(None), IS_MEMBER)
            .order_by(Membership.number)
        )

    return {
        row.id_number_hmac: _Ours(number=row.number, union=row.code, mine=scope.covers(row.union_id)) for row in rows()
    }
