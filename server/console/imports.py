"""导入: rosters, unions and stations from spreadsheets. A file is not kept; the report names rows only."""

import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, send_file
from flask_wtf.file import FileField, FileRequired
from msgspec import Struct
from werkzeug.datastructures import FileStorage
from wtforms import RadioField, SelectChoice, SelectField

from server.console.forms import ConsoleForm
from server.console.member import member
from server.console.pages import page
from server.core.datum import Datum
from server.core.db import db
from server.core.errors import Problem, not_found, unprocessable
from server.core.web.guard import access
from server.stations.imports.service import import_file
from server.stations.imports.table import TableError
from server.unions.roster_file import Fault, UnreadableRoster, write_template
from server.unions.roster_import import import_roster, take_off_roster
from server.unions.staff.scope import Scope, scope_of
from server.unions.staff.vocabulary import Right
from server.unions.tree_import import COLUMNS, OPTIONAL, import_tree

bp = Blueprint("imports", __name__)

REHEARSE = "rehearse"
SUFFIXES = frozenset({".xlsx", ".csv"})
DATUMS = {Datum.GCJ02: "高德、腾讯地图", Datum.BD09: "百度地图", Datum.WGS84: "GPS、天地图"}


class Outcome(Struct):
    """What came of a file, whatever it holds."""

    lines: list[str]
    """What is wrong, row by row, without what stands in the row."""
    counts: str
    written: bool


class SheetField(FileField):
    """A file to be read; see `as_file`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("文件", [FileRequired("请选一个文件")], **kwargs)


class ImportForm(ConsoleForm):
    file = SheetField()
    way = RadioField(
        "怎么导",
        choices=[SelectChoice(REHEARSE, "先试一遍，什么都不写入"), SelectChoice("import", "正式导入")],
        default=REHEARSE,
    )


class StationsForm(ImportForm):
    datum = SelectField("坐标是从哪种地图来的", choices=[SelectChoice(key.value, said) for key, said in DATUMS.items()])


class Kind(Struct, frozen=True):
    """One kind of list."""

    key: str
    title: str
    right: Right
    told: str
    read: Callable[[Path, Scope, str, bool, ImportForm], Outcome]
    """File, where its rows may lie, who imports it, whether it is a rehearsal, what was filled in."""
    form: type[ImportForm] = ImportForm


def _roster(path: Path, scope: Scope, actor: str, rehearse: bool, _: ImportForm) -> Outcome:
    report = import_roster(path, actor=actor, scope=scope, dry_run=rehearse)
    return Outcome(
        lines=[f"第 {fault.row} 行：{fault.sentence}" for fault in _by_row(report.faults + report.repeated)],
        counts=f"新增 {report.added} 人，更新 {report.updated} 人，"
        f"重复 {len(report.repeated)} 行，有问题 {len(report.faults)} 行",
        written=report.written,
    )


def _leavers(path: Path, scope: Scope, actor: str, rehearse: bool, _: ImportForm) -> Outcome:
    done = take_off_roster(path, actor=actor, scope=scope, dry_run=rehearse)
    return Outcome(
        lines=[f"第 {fault.row} 行：{fault.sentence}" for fault in _by_row(done.faults)],
        counts=f"去掉 {done.removed} 人，本来就不在名单上 {done.unknown} 人，有问题 {len(done.faults)} 行",
        written=done.written,
    )


def _unions(path: Path, scope: Scope, actor: str, rehearse: bool, _: ImportForm) -> Outcome:
    report = import_tree(path, actor=actor, dry_run=rehearse, scope=scope)
    counts = f"新增 {report.added} 个，更新 {report.updated} 个，有问题 {len(report.faults)} 处"
    return Outcome(lines=report.faults, counts=counts, written=report.written)


def _stations(path: Path, scope: Scope, actor: str, rehearse: bool, form: ImportForm) -> Outcome:
    report = import_file(path, datum=Datum(form.data["datum"]), dry_run=rehearse, actor=actor, scope=scope)
    return Outcome(
        lines=[*map(str, report.findings), *report.remarks],
        counts=f"共 {report.rows} 行：新的 {report.new}，已有的 {report.changed}，不对的地方 {report.errors}",
        written=report.written,
    )


KINDS = {
    kind.key: kind
    for kind in (
        Kind("roster", "会员名册", Right.UNIONS, "xlsx，要有：姓名、证件号码、所属工会编码。", _roster),
        Kind("leavers", "离会人员", Right.UNIONS, "和会员名册一样的 xlsx；已经认证过的人不受影响。", _leavers),
        Kind("unions", "工会组织", Right.UNIONS, f"UTF-8 的 csv，列：{'、'.join(COLUMNS + OPTIONAL)}。", _unions),
        Kind("stations", "驿站", Right.STATIONS, "xlsx 或 csv；表里没有的驿站不动。", _stations, StationsForm),
    )
}


@bp.get("/imports")
@access.staff(Right.UNIONS, Right.STATIONS)
def show() -> Response:
    """What can be imported."""
    rights = member().rights
    kinds = [kind for kind in KINDS.values() if kind.right in rights]
    return page("console/imports/kinds.html", kinds=kinds, may_compare=Right.UNIONS in rights)


@bp.get("/imports/roster-template")
@access.staff(Right.UNIONS)
def template() -> Response:
    """An empty roster."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        write_template(path)
        content = io.BytesIO(path.read_bytes())
    return send_file(content, download_name="会员名册模板.xlsx", as_attachment=True)


@bp.get("/imports/<key>")
@access.staff(Right.UNIONS, Right.STATIONS)
def one(key: str) -> Response:
    """The form for one kind of list."""
    kind = _kind(key)
    return page("console/imports/import.html", kind=kind, form=kind.form(), outcome=None)


@bp.post("/imports/<key>")
@access.staff(Right.UNIONS, Right.STATIONS)
def take(key: str) -> Response:
    """Read a file: for a rehearsal, or for good."""
    kind = _kind(key)
    form = kind.form()
    done = form.done_by(lambda: _read(kind, form))
    return page(
        "console/imports/import.html",
        status=422 if done is None else 200,
        kind=kind,
        form=form,
        outcome=None if done is None else done.value,
        rehearsed=form.way.data == REHEARSE,
    )


def _kind(key: str) -> Kind:
    kind = KINDS.get(key)
    if kind is None:
        raise not_found()
    if kind.right not in member().rights:
        raise Problem(403, "staff_not_allowed", "你的账号没有办这件事的权限")
    return kind


def _read(kind: Kind, form: ImportForm) -> Outcome:
    who = member()
    scope = scope_of(db.session(), number=who.number, right=kind.right)
    with as_file(form.file.data) as path:
        try:
            return kind.read(path, scope, who.actor, form.way.data == REHEARSE, form)
        except (UnreadableRoster, TableError) as error:
            raise unprocessable({"file": [str(error)]}) from None


@contextmanager
def as_file(sent: FileStorage) -> Iterator[Path]:
    """The file for as long as it is read; it is gone afterwards, whatever happens."""
    suffix = Path(sent.filename or "").suffix.lower()
    if suffix not in SUFFIXES:
        raise unprocessable({"file": ["只认 xlsx 和 csv 文件"]})
    with tempfile.NamedTemporaryFile(prefix="import-", suffix=suffix) as kept:
        sent.save(kept)
        kept.flush()
        yield Path(kept.name)


def _by_row(faults: Sequence[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: fault.row)
