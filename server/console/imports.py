"""导入: rosters, unions and stations from spreadsheets. A file is not kept; the report names rows only."""

import io
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from msgspec import Struct
from werkzeug.datastructures import FileStorage
from wtforms import RadioField, SelectChoice, SelectField

from server.console.forms import ConsoleForm
from server.console.guard import go
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.datum import Datum
from server.core.db import db
from server.core.errors import Problem, not_found, unprocessable
from server.core.web.guard import access
from server.stations.imports.service import import_file
from server.stations.imports.table import TableError
from server.unions.lists import service as lists
from server.unions.lists.models import MemberList
from server.unions.lists.roster_file import write_template
from server.unions.lists.sheet import MAX_BYTES
from server.unions.lists.vocabulary import ListKind, would
from server.unions.staff.scope import Scope, scope_of
from server.unions.staff.vocabulary import Right
from server.unions.tree_import import COLUMNS, OPTIONAL, import_tree

bp = Blueprint("imports", __name__)

REHEARSE = "rehearse"
ROSTER = "xlsx 或 csv，要有：姓名、证件号码、所属工会编码；手机号可以不填。名单上的人先问本人，愿意的才入会。"
SUFFIXES = frozenset({".xlsx", ".csv"})
DATUMS = {Datum.GCJ02: "高德、腾讯地图", Datum.BD09: "百度地图", Datum.WGS84: "GPS、天地图"}


class Outcome(Struct):
    """What came of a file, whatever it holds."""

    lines: list[str]
    """What is wrong, row by row, without what stands in the row."""
    counts: str
    written: bool


class SheetField(FileField):
    """A file to be read."""

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
    read: Callable[[Path, Scope, str, bool, ImportForm], Outcome] | ListKind
    """File, where its rows may lie, who imports it, whether it is a rehearsal, what was filled in. Lists of members are
    longer than somebody waits for: a job reads them."""
    form: type[ImportForm] = ImportForm


def _unions(path: Path, scope: Scope, actor: str, rehearse: bool, _: ImportForm) -> Outcome:
    report = import_tree(path, actor=actor, dry_run=rehearse, scope=scope)
    not_yet = would(written=report.written, rehearsal=rehearse)
    counts = f"{not_yet}新增 {report.added} 个，更新 {report.updated} 个，有问题 {len(report.faults)} 处"
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
        Kind(
            "roster",
            "会员名册",
            Right.UNIONS,
            ROSTER,
            ListKind.ROSTER,
        ),
        Kind("leavers", "离会人员", Right.UNIONS, "和会员名册一样的表；已经认证过的人不受影响。", ListKind.LEAVERS),
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
    return _form_page(kind, kind.form())


@bp.post("/imports/<key>")
@access.staff(Right.UNIONS, Right.STATIONS)
@sent_once
def take(key: str) -> ResponseReturnValue:
    """Read a file, for a rehearsal or for good; or have it read."""
    kind = _kind(key)
    form = kind.form()
    if isinstance(kind.read, ListKind):
        refused = partial(_form_page, kind, form, status=422)
        return queued(form, kind.read, refused=refused, rehearsal=_is_rehearsal(form))
    done = form.done_by(lambda: _read(kind, form))
    if done is None:
        return _form_page(kind, form, status=422)
    return _form_page(kind, form, outcome=done.value)


def queued(
    form: ConsoleForm, kind: ListKind, *, refused: Callable[[], Response], rehearsal: bool = False
) -> ResponseReturnValue:
    """Have a list of members read, and lead to where its outcome will stand."""
    done = form.done_by(lambda: _asked(form.data["file"], kind, rehearsal))
    return refused() if done is None else go(url_for("console.lists.show", list_id=done.value))


@bp.url_value_preprocessor
def take_long_lists(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Before the form is read."""
    kind = KINDS.get((values or {}).get("key", ""))
    if kind is not None and isinstance(kind.read, ListKind):
        request.max_content_length = MAX_BYTES


def _is_rehearsal(form: ImportForm) -> bool:
    return bool(form.way.data == REHEARSE)


def _asked(sent: FileStorage, kind: ListKind, rehearsal: bool) -> uuid.UUID:
    suffix = suffix_of(sent)
    return lists.ask(
        kind=kind, file=sent.stream, is_csv=suffix == ".csv", staff_no=member().number, rehearsal=rehearsal
    )


def _form_page(kind: Kind, form: ImportForm, *, status: int = 200, outcome: Outcome | None = None) -> Response:
    mine: Sequence[MemberList] = []
    if isinstance(kind.read, ListKind):
        mine = lists.lists_of(staff_no=member().number, kinds=[kind.read])
    return page(
        "console/imports/import.html",
        status=status,
        kind=kind,
        form=form,
        outcome=outcome,
        rehearsed=_is_rehearsal(form),
        lists=mine,
        limit=MAX_BYTES if isinstance(kind.read, ListKind) else None,
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
    assert not isinstance(kind.read, ListKind)
    with _as_file(form.file.data) as path:
        try:
            return kind.read(path, scope, who.actor, _is_rehearsal(form), form)
        except TableError as error:
            raise unprocessable({"file": [str(error)]}) from None


def suffix_of(sent: FileStorage) -> str:
    """What the file is, by its name.

    Raises:
        Problem: 422 for what no list comes in.
    """
    suffix = Path(sent.filename or "").suffix.lower()
    if suffix not in SUFFIXES:
        raise unprocessable({"file": ["只认 xlsx 和 csv 文件"]})
    return suffix


@contextmanager
def _as_file(sent: FileStorage) -> Iterator[Path]:
    """The file for as long as it is read; it is gone afterwards, whatever happens."""
    with tempfile.NamedTemporaryFile(prefix="import-", suffix=suffix_of(sent)) as kept:
        sent.save(kept)
        kept.flush()
        yield Path(kept.name)
