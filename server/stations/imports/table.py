"""Read a CSV or XLSX file into rows of text by column. Knows what people call the columns."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from zipfile import BadZipFile

from msgspec import Struct

MAX_ROWS = 20_000


class Column(StrEnum):
    """What a list can say of a place; the value is how the report names it."""

    CODE = "编号"
    NAME = "名称"
    KIND = "种类"
    ADDRESS = "地址"
    DISTRICT = "区"
    STREET = "街道"
    COMMUNITY = "社区编号"
    LNG = "经度"
    LAT = "纬度"
    HOURS = "开放时间"
    CLOSED_DAYS = "休息日"
    ALL_DAY = "24小时"
    ENTRY = "怎么进"
    CAPACITY = "座位"
    SERVICES = "服务"
    STATUS = "状态"
    DUTY_PHONE = "值班电话"
    DUTY_HOURS = "值班时间"
    CONFIRMED = "最后确认"


_NAMES: Mapping[Column, str] = {
    Column.CODE: "编号 站点编号 驿站编号 编码 code",
    Column.NAME: "名称 站点名称 驿站名称 名字 name",
    Column.KIND: "种类 站点种类 类别 kind",
    Column.ADDRESS: "地址 详细地址 站点地址 address",
    Column.DISTRICT: "区 区县 所属区 区编号 district district_code",
    Column.STREET: "街道 所属街道 街道编号 street_code",
    Column.COMMUNITY: "社区编号 community_code",
    Column.LNG: "经度 lng lon longitude lng_gcj02 lng_wgs84",
    Column.LAT: "纬度 lat latitude lat_gcj02 lat_wgs84",
    Column.HOURS: "开放时间 营业时间 服务时间 开门时间 hours",
    Column.CLOSED_DAYS: "休息日 闭馆日 不开放日 closed_days",
    Column.ALL_DAY: "24小时 是否24小时 全天开放 is_24h",
    Column.ENTRY: "怎么进 进入方式 开门方式 进门方式 entry access",
    Column.CAPACITY: "座位 座位数 容纳人数 seats capacity",
    Column.SERVICES: "服务 服务项目 服务设施 设施 services amenities",
    Column.STATUS: "状态 运营状态 status",
    Column.DUTY_PHONE: "值班电话 联系电话 电话 duty_phone phone",
    Column.DUTY_HOURS: "值班时间 接听时间 duty_hours",
    Column.CONFIRMED: "最后确认 确认日期 核实日期 confirmed_at",
}

_COLUMN_OF = {name: column for column, names in _NAMES.items() for name in names.split()}


class TableError(ValueError):
    """The file as a whole cannot be used; says why in Chinese."""


class Row(Struct, frozen=True):
    """One line. `number` is what the spreadsheet shows on its left; empty cells are missing."""

    number: int
    cells: Mapping[Column, str]


class Table(Struct, frozen=True):
    """The rows, the columns that were found, and the headers that mean nothing to us."""

    rows: Sequence[Row]
    columns: frozenset[Column]
    unused: Sequence[str]


def read_table(path: Path) -> Table:
    """Read a file by its ending.

    Raises:
        TableError: the file is no table, or has no column we know.
    """
    if path.suffix.lower() == ".xlsx":
        return _table(_xlsx_lines(path))
    if path.suffix.lower() == ".csv":
        return _table(_csv_lines(path))
    raise TableError(f"只认 .xlsx 和 .csv，不认 {path.suffix or '没有后缀的文件'}")


def _table(lines: Iterable[Sequence[object]]) -> Table:
    numbered = enumerate(lines, start=1)
    headers = next((cells for _, cells in numbered if any(map(_text, cells))), None)
    if headers is None:
        raise TableError("表是空的")
    columns: dict[int, Column] = {}
    unused = []
    for at, header in enumerate(headers):
        name = _text(header).lower().replace(" ", "").partition("(")[0].partition("（")[0]
        column = _COLUMN_OF.get(name)
        if column is not None and column not in columns.values():
            columns[at] = column
        elif name:
            unused.append(_text(header))
    if not columns:
        raise TableError("第一行没有认得的列名，例如“编号”“名称”“经度”“纬度”“开放时间”")
    rows: list[Row] = []
    for number, cells in numbered:
        if not any(map(_text, cells)):
            continue
        if len(rows) == MAX_ROWS:
            raise TableError(f"一份表最多 {MAX_ROWS} 行，请分开导入")
        texts = {columns[at]: _text(cell) for at, cell in enumerate(cells) if at in columns}
        rows.append(Row(number, {column: text for column, text in texts.items() if text}))
    if not rows:
        raise TableError("表里只有列名，没有内容")
    return Table(rows, frozenset(columns.values()), unused)


def _csv_lines(path: Path) -> Iterator[Sequence[object]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel on a Chinese Windows writes.
        text = data.decode("gb18030", errors="replace")
    yield from csv.reader(io.StringIO(text, newline=""))


def _xlsx_lines(path: Path) -> Iterator[Sequence[object]]:
    # Half a second to import; only staff who import a list need it.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, OSError, KeyError, ValueError) as error:
        raise TableError("这个 .xlsx 打不开，请用 Excel 重新另存一份") from error
    try:
        sheet = book.worksheets[0]
        yield from sheet.iter_rows(values_only=True)
    finally:
        book.close()


def _text(cell: object) -> str:
    """A cell as people see it."""
    match cell:
        case None:
            return ""
        case bool():
            return "1" if cell else "0"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case time():
            return f"{cell:%H:%M}"
        case _:
            return str(cell).strip()
