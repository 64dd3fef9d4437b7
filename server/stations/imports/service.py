"""Take a list of places over: as a whole, in one transaction, or not at all."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct, field
from sqlalchemy.orm import Session, selectinload

from server.core import audit, clock
from server.core.datum import Datum, Point
from server.core.db import transaction
from server.stations.amenities import AmenityState
from server.stations.directory import announce
from server.stations.imports.rows import Checker, Draft, Finding
from server.stations.imports.streets import likelier_datum
from server.stations.imports.table import Column, read_table
from server.stations.models import Station, StationAmenity
from server.stations.policy import policy
from server.unions.staff.scope import AreasInScope, Scope

_NEEDED = (Column.CODE, Column.NAME, Column.LNG, Column.LAT)


class ImportReport(Struct):
    """What came of a list. `written` only if nothing was wrong and it was no rehearsal."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    written: bool = False

    @property
    def errors(self) -> int:
        return sum(not finding.warning for finding in self.findings)

    def lines(self) -> list[str]:
        """For the person who imports: what was found row by row, and what happened."""
        counts = f"共 {self.rows} 行：新的 {self.new}，已有的 {self.changed}，不对的地方 {self.errors}"
        if self.written:
            result = "已经写入。"
        elif self.errors:
            result = "有不对的地方，什么都没有写入。改好再导一次。"
        else:
            result = "这是试导入，什么都没有写入。"
        return [*map(str, self.findings), *self.remarks, counts, result]


def import_file(path: Path, *, datum: Datum, dry_run: bool, actor: str, scope: Scope | None) -> ImportReport:
    """Check every row of the file and, unless it is a rehearsal or something is wrong, store them all.

    Places are found by their code; those that the file does not name stay as they are. A service that is known to
    be broken stays broken.

    Args:
        actor: who does it, as in the audit.
        scope: in which each place has to lie, and have lain; None for the service itself.

    Raises:
        TableError: the file as a whole cannot be used.
    """
    table = read_table(path)
    report = ImportReport(rows=len(table.rows))
    missing = [column for column in _NEEDED if column not in table.columns]
    if missing:
        report.findings = [Finding(1, column, "缺这一列") for column in missing]
        return report
    if table.unused:
        report.remarks.append(f"没有用到的列：{'、'.join(table.unused)}")
    checker = Checker(datum=datum, now=clock.now(), numbers=policy())
    drafts = [draft for row in table.rows if (draft := checker.draft(row)) is not None]
    report.findings = checker.findings
    points = [
        (draft.values["street_code"], Point(draft.values["source_lat"], draft.values["source_lng"]))
        for draft in drafts
        if draft.values["street_code"]
    ]
    likelier = likelier_datum(points, said=datum)
    if likelier is not None:
        report.remarks.append(f"注意：整份表偏了几百米，坐标更像是 {likelier} 的，请核对后改用 --datum {likelier}")
    with transaction() as session:
        stored = _stored(session, [draft.values["code"] for draft in drafts])
        report.changed = len(stored)
        report.new = len(drafts) - report.changed
        if scope is not None:
            report.findings += _out_of_scope(drafts, stored, AreasInScope(session, scope))
        if not dry_run and not report.errors:
            for draft in drafts:
                _write(session, stored.get(draft.values["code"]), draft)
            session.flush()
            announce(places=True)
            detail = {"new": report.new, "changed": report.changed}
            audit.record(actor=actor, action="station.import", subject_kind="station", detail=detail)
            report.written = True
    return report


def _out_of_scope(drafts: list[Draft], stored: Mapping[str, Station], areas: AreasInScope) -> Iterator[Finding]:
    """Places that are, or were, in an area that is not for whoever sends the list."""
    for draft in drafts:
        known = stored.get(draft.values["code"])
        if (draft.values["street_code"] or draft.values["district_code"]) not in areas:
            yield Finding(draft.row, Column.STREET, "这个街道不归你管，请那里的街道或区总工会来导")
        elif known is not None and known.area_code not in areas:
            yield Finding(draft.row, Column.CODE, "这个站点现在归别的街道管，请他们先改")


def _stored(session: Session, codes: list[str]) -> dict[str, Station]:
    found = session.scalars(
        sa.select(Station).where(Station.code.in_(codes)).options(selectinload(Station.amenities)).with_for_update()
    )
    return {station.code: station for station in found}


def _write(session: Session, station: Station | None, draft: Draft) -> None:
    if station is None:
        station = Station(**draft.values)
        session.add(station)
    else:
        for name, value in draft.values.items():
            setattr(station, name, value)
    offered = {row.code: row for row in station.amenities}
    confirmed_at = draft.values["confirmed_at"]
    for code, row in offered.items():
        if code not in draft.services:
            station.amenities.remove(row)
        elif row.state is not AmenityState.BROKEN:
            row.state, row.updated_at = AmenityState.OK, confirmed_at
    for code in draft.services:
        if code not in offered:
            station.amenities.append(StationAmenity(code=code, state=AmenityState.OK, updated_at=confirmed_at))
