"""Reads the union tree from a CSV file: parents before their children, known codes are updated."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from server.core.audit import record
from server.core.db import transaction
from server.unions.models import TradeUnion, UnionKind
from server.unions.service import unions_by_code

COLUMNS = ("编码", "名称", "类型", "上级编码", "区域编码")
KINDS = {
    "市总工会": UnionKind.CITY,
    "区总工会": UnionKind.DISTRICT,
    "街道总工会": UnionKind.STREET,
    "工联会": UnionKind.FEDERATION,
    "单位工会": UnionKind.UNIT,
}
AREA_DIGITS = {4, 6, 9}
"""City, district, street."""


@dataclass
class TreeReport:
    """What came of a file. `faults` are sentences that name a row."""

    added: int = 0
    updated: int = 0
    faults: list[str] = field(default_factory=list)
    written: bool = False


def import_tree(file: Path, *, actor: str, dry_run: bool) -> TreeReport:
    """Write the whole file or, where a row has a fault or for a dry run, nothing of it."""
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
            _write(session, rows, report)
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


def _write(session: Session, rows: list[dict[str, str]], report: TreeReport) -> None:
    known = unions_by_code()
    for number, row in enumerate(rows, start=2):
        read = {column: (row[column] or "").strip() for column in COLUMNS}
        faults = _faults(read, known)
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
        session.flush()


def _faults(row: dict[str, str], known: dict[str, TradeUnion]) -> list[str]:
    faults = [f"“{column}”是空的" for column in COLUMNS if not row[column] and column != "上级编码"]
    if row["类型"] and row["类型"] not in KINDS:
        faults.append(f"“类型”要是其中之一：{'、'.join(KINDS)}")
    if row["区域编码"] and not (row["区域编码"].isdigit() and len(row["区域编码"]) in AREA_DIGITS):
        faults.append("“区域编码”要是 4 位（市）、6 位（区）或 9 位（街道）的数字")
    if row["上级编码"] and row["上级编码"] not in known:
        faults.append("“上级编码”还没有：上级要写在前面的行里")
    if row["上级编码"] and row["上级编码"] == row["编码"]:
        faults.append("上级不能是自己")
    return faults
