"""Reads the union tree from a CSV file: parents before their children, known codes are updated."""

import csv
import uuid
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from msgspec import Struct, field
from sqlalchemy.orm import Session

from server.core.audit import record
from server.core.db import transaction
from server.unions.models import TradeUnion
from server.unions.staff.scope import Scope
from server.unions.tree import unions_by_code
from server.unions.vocabulary import UnionKind

COLUMNS = ("编码", "名称", "类型", "上级编码", "区域编码")
OPTIONAL = ("企业工会", "本届开始", "任期年数")
"""是 or 否, YYYY-MM-DD, 3 or 5. Left empty, a 单位工会 is its employer's own and no term is known."""
KINDS = {
    "市总工会": UnionKind.CITY,
    "区总工会": UnionKind.DISTRICT,
    "街道总工会": UnionKind.STREET,
    "工联会": UnionKind.FEDERATION,
    "单位工会": UnionKind.UNIT,
}
AREA_DIGITS = {4, 6, 9}
"""City, district, street."""


class TreeReport(Struct):
    """What came of a file. `faults` are sentences that name a row."""

    added: int = 0
    updated: int = 0
    faults: list[str] = field(default_factory=list)
    written: bool = False


def import_tree(file: Path, *, actor: str, dry_run: bool, scope: Scope | None) -> TreeReport:
    """Write the whole file or, where a row has a fault or for a dry run, nothing of it.

    Args:
        scope: in which each row has to lie; None before there is anybody to have one.
    """
    report = TreeReport()
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (UnicodeDecodeError, csv.Error):
        report.faults.append("读不出来：要 UTF-8 编码的 CSV 文件")
        return report
    missing = [column for column in COLUMNS if rows and column not in rows[0]]
    if not rows or missing:
        report.faults.append(f"第一行要有这些列：{'、'.join(COLUMNS)}")
        return report
    try:
        with transaction() as session:
            _write(session, rows, report, scope)
            if dry_run or report.faults:
                raise _NothingWritten
            detail = {"added": report.added, "updated": report.updated}
            record(actor=actor, action="unions.import", subject_kind="union", detail=detail)
    except _NothingWritten:
        return report
    report.written = True
    return report


class _NothingWritten(Exception):
    """Undoes the transaction."""


def _write(session: Session, rows: list[dict[str, str]], report: TreeReport, scope: Scope | None) -> None:
    known = unions_by_code()
    above = {union.id: union.parent_id for union in known.values()}
    made: set[uuid.UUID] = set()
    for number, row in enumerate(rows, start=2):
        read = {column: (row.get(column) or "").strip() for column in COLUMNS + OPTIONAL}
        faults = _faults(read, known, above)
        if scope is not None and not faults:
            faults = _out_of_scope(read, known, scope, made)
        report.faults += [f"第 {number} 行：{fault}" for fault in faults]
        if faults:
            continue
        union = known.get(read["编码"])
        report.added += union is None
        report.updated += union is not None
        if union is None:
            union = known[read["编码"]] = TradeUnion(code=read["编码"])
            session.add(union)
        union.name = read["名称"]
        union.kind = KINDS[read["类型"]]
        union.parent_id = known[read["上级编码"]].id if read["上级编码"] else None
        union.area_code = read["区域编码"]
        union.firm_side = read["企业工会"] == "是" if read["企业工会"] else union.kind is UnionKind.UNIT
        union.term_began = date.fromisoformat(read["本届开始"]) if read["本届开始"] else None
        union.term_years = int(read["任期年数"]) if read["任期年数"] else None
        session.flush()
        if union.id not in above:
            made.add(union.id)
        above[union.id] = union.parent_id


def _faults(
    row: dict[str, str], known: Mapping[str, TradeUnion], above: Mapping[uuid.UUID, uuid.UUID | None]
) -> list[str]:
    """What is wrong with a row. `above`: union → the one over it, as far as the file has been read."""
    faults = [f"“{column}”是空的" for column in COLUMNS if not row[column] and column != "上级编码"]
    if row["类型"] and row["类型"] not in KINDS:
        faults.append(f"“类型”要是其中之一：{'、'.join(KINDS)}")
    if row["区域编码"] and not (row["区域编码"].isdigit() and len(row["区域编码"]) in AREA_DIGITS):
        faults.append("“区域编码”要是 4 位（市）、6 位（区）或 9 位（街道）的数字")
    if row["上级编码"] and row["上级编码"] not in known:
        faults.append("“上级编码”还没有：上级要写在前面的行里")
    if row["上级编码"] and row["上级编码"] == row["编码"]:
        faults.append("上级不能是自己")
    elif {row["编码"], row["上级编码"]} <= set(known) and _is_under(
        known[row["上级编码"]].id, known[row["编码"]].id, above
    ):
        faults.append("上级不能是自己的下级")
    if row["企业工会"] not in {"", "是", "否"}:
        faults.append("“企业工会”填 是 或 否")
    return faults + _term_faults(row)


def _out_of_scope(
    row: Mapping[str, str], known: Mapping[str, TradeUnion], scope: Scope, made: Collection[uuid.UUID]
) -> list[str]:
    """What of a row is not for whoever sends it: the union, where it would hang, the area it would serve.

    `made`: unions that the file itself has added so far.
    """
    union, parent = known.get(row["编码"]), known.get(row["上级编码"])
    stays = union is not None and union.parent_id == (parent and parent.id)
    mine = scope.unions.union(made)
    if union is not None and union.id not in mine:
        return ["这个工会不归你管，请它的上级工会来改"]
    if not stays and (parent is None or parent.id not in mine):
        return ["这个上级工会不归你管，请它或它的上级来改"]
    if not scope.covers_area(row["区域编码"]):
        return ["这个区域不归你管，请核对“区域编码”"]
    return []


def _term_faults(row: Mapping[str, str]) -> list[str]:
    faults = []
    if bool(row["本届开始"]) != bool(row["任期年数"]):
        faults.append("“本届开始”和“任期年数”要一起填")
    if row["任期年数"] not in {"", "3", "5"}:
        faults.append("“任期年数”只能是 3 或 5")
    try:
        date.fromisoformat(row["本届开始"] or "2000-01-01")
    except ValueError:
        faults.append("“本届开始”要写成 2026-03-01 这样")
    return faults


def _is_under(union_id: uuid.UUID, top_id: uuid.UUID, above: Mapping[uuid.UUID, uuid.UUID | None]) -> bool:
    at: uuid.UUID | None = union_id
    while at is not None:
        if at == top_id:
            return True
        at = above[at]
    return False
