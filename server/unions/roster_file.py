"""Reads and writes roster files (xlsx). What is wrong with a row is said by its number, never by what stands in it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from msgspec import Struct, field

from server.identity.papers import IdType, read_id_number
from server.identity.roster import ListedMember
from server.identity.rules import Invalid, normalise_name
from server.unions.models import TradeUnion
from server.unions.staff.scope import Scope

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
HEADER_WITHIN = 10
"""Rows; titles and notes may stand above the header."""
EXACT_DIGITS = 15
"""A spreadsheet keeps no more digits of a number."""


class Column(Enum):
    """The columns, with the headings that are understood; the first one is the template's."""

    NAME = ("姓名", "会员姓名", "职工姓名", "名字")
    ID_TYPE = ("证件类型", "证件种类", "证件类别")
    ID_NUMBER = ("证件号码", "身份证号", "身份证号码", "证件号", "公民身份号码", "居民身份证号码")
    UNION = ("所属工会编码", "工会编码", "工会编号", "所属工会编号", "工会代码")


HEADINGS: Mapping[Column, Sequence[str]] = {column: column.value for column in Column}
REQUIRED = (Column.NAME, Column.ID_NUMBER, Column.UNION)

ID_TYPES = {
    "居民身份证": IdType.RESIDENT_ID,
    "身份证": IdType.RESIDENT_ID,
    "二代身份证": IdType.RESIDENT_ID,
    "港澳台居民居住证": IdType.RESIDENCE_PERMIT,
    "港澳居民居住证": IdType.RESIDENCE_PERMIT,
    "台湾居民居住证": IdType.RESIDENCE_PERMIT,
    "港澳居民来往内地通行证": IdType.HK_MO_PASS,
    "回乡证": IdType.HK_MO_PASS,
    "台湾居民来往大陆通行证": IdType.TW_PASS,
    "台胞证": IdType.TW_PASS,
    "外国人永久居留身份证": IdType.FOREIGNER_ID,
    "外国人永久居留证": IdType.FOREIGNER_ID,
    "护照": IdType.PASSPORT,
}
NAMED_IN_TEMPLATE = (
    "居民身份证",
    "港澳台居民居住证",
    "港澳居民来往内地通行证",
    "台湾居民来往大陆通行证",
    "外国人永久居留身份证",
    "护照",
)


class UnreadableRoster(Exception):
    """The file as a whole cannot be used; the text says why."""


class Fault(Struct, frozen=True):
    """What is wrong with a row."""

    row: int
    sentence: str


class Roster(Struct):
    """What a file holds."""

    members: dict[int, ListedMember] = field(default_factory=dict)
    """By row."""
    faults: list[Fault] = field(default_factory=list)
    repeated: list[Fault] = field(default_factory=list)
    """Rows that say again what another row says."""


def read_roster(
    path: Path,
    *,
    unions: Mapping[str, TradeUnion],
    scope: Scope,
    today: date,
    allow_synthetic: bool,
    headings: Mapping[Column, Sequence[str]] = HEADINGS,
) -> Roster:
    """Read the first sheet of a file.

    Args:
        unions: by the code that the file names them by.
        scope: in which each row's union has to lie.
        headings: what may stand above each column.

    Raises:
        UnreadableRoster: not an xlsx file, too large, or without the columns.
    """
    roster = Roster()
    seen: dict[str, tuple[int, ListedMember]] = {}
    for row, cells in _rows(path, headings):
        try:
            member = _member(cells, unions=unions, scope=scope, today=today, allow_synthetic=allow_synthetic)
        except Invalid as error:
            roster.faults.append(Fault(row, str(error)))
            continue
        first = seen.setdefault(member.number.key, (row, member))
        if first[0] == row:
            roster.members[row] = member
        elif first[1] == member:
            roster.repeated.append(Fault(row, f"和第 {first[0]} 行重复，只导入一次"))
        else:
            roster.faults.append(Fault(row, f"和第 {first[0]} 行是同一个号码，但姓名或工会不一样"))
    return roster


def write_template(path: Path) -> None:
    """Write an empty roster with its headings; the columns are text, so that no digit gets lost."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "名单"
    sheet.append([column.value[0] for column in Column])
    for letter, width in zip("ABCD", (16, 26, 26, 20), strict=True):
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].number_format = "@"
        sheet[f"{letter}1"].font = Font(bold=True)
    choices = DataValidation(type="list", formula1=f'"{",".join(NAMED_IN_TEMPLATE)}"', allow_blank=True)
    choices.add("B2:B20000")
    sheet.add_data_validation(choices)
    sheet.freeze_panes = "A2"
    notes = workbook.create_sheet("填写说明")
    for line in (
        "一行一个人，从第 2 行填起。不要合并单元格，不要用公式。",
        "证件类型不填，就当作居民身份证。",
        "证件号码这一列已经设成文本，请直接填或粘贴为值；存成数字会丢掉后几位。",
        "所属工会编码由区总工会给。",
        "导入以后，请删掉这份文件：系统不保存它，只留下用来核对的摘要。",
    ):
        notes.append([line])
    notes.column_dimensions["A"].width = 80
    workbook.save(path)


def _rows(path: Path, headings: Mapping[Column, Sequence[str]]) -> Iterator[tuple[int, dict[Column, Any]]]:
    """Row number → cells, without empty rows."""
    # Slow to load, and needed by this command only.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if path.stat().st_size > MAX_BYTES:
        raise UnreadableRoster(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请分成几份")
    try:
        workbook = load_workbook(path, read_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError):
        raise UnreadableRoster("打不开这份文件，请用没有密码的 xlsx 格式") from None
    try:
        sheet = workbook.worksheets[0]
        # Some programs write wrong dimensions; without them every row is read.
        sheet.reset_dimensions()
        header: dict[Column, int] | None = None
        for number, row in enumerate(sheet.iter_rows(), start=1):
            if number > MAX_ROWS:
                raise UnreadableRoster(f"超过 {MAX_ROWS} 行，请分成几份")
            if header is None:
                header = _header(row, headings)
                if header is None and number >= HEADER_WITHIN:
                    break
            elif any(_is_filled(cell) for cell in row):
                yield number, {column: row[at] for column, at in header.items() if at < len(row)}
        if header is None:
            raise UnreadableRoster(f"前 {HEADER_WITHIN} 行里没有找到表头，要有：姓名、证件号码、所属工会编码")
    finally:
        workbook.close()


def _header(row: tuple[Any, ...], headings: Mapping[Column, Sequence[str]]) -> dict[Column, int] | None:
    found: dict[Column, int] = {}
    for at, cell in enumerate(row):
        heading = "".join(str(cell.value or "").split()).strip("*：:")
        for column in Column:
            if heading in headings[column]:
                found.setdefault(column, at)
    return found if all(column in found for column in REQUIRED) else None


def _is_filled(cell: Any) -> bool:
    return cell.value is not None and str(cell.value).strip() != ""


def _member(
    cells: dict[Column, Any], *, unions: Mapping[str, TradeUnion], scope: Scope, today: date, allow_synthetic: bool
) -> ListedMember:
    """Raises Invalid."""
    texts = {column: _text(column, cells.get(column)) for column in Column}
    id_type = ID_TYPES.get(texts[Column.ID_TYPE] or NAMED_IN_TEMPLATE[0])
    if id_type is None:
        raise Invalid(f"证件类型要是其中之一：{'、'.join(NAMED_IN_TEMPLATE)}")
    name = normalise_name(texts[Column.NAME])
    number = read_id_number(id_type, texts[Column.ID_NUMBER], today=today, allow_synthetic=allow_synthetic)
    union = unions.get(texts[Column.UNION])
    if union is None:
        raise Invalid("没有这个工会编码，请核对")
    if not scope.covers(union.id):
        raise Invalid("这个工会不归你管，请它或它的上级工会来导")
    return ListedMember(number=number, name=name, union_id=union.id)


def _text(column: Column, cell: Any) -> str:
    """A cell's text. Raises Invalid."""
    heading = column.value[0]
    if cell is None or not _is_filled(cell):
        if column in REQUIRED:
            raise Invalid(f"“{heading}”是空的（合并的单元格请先拆开）")
        return ""
    if cell.data_type == "f":
        raise Invalid(f"“{heading}”是公式，请粘贴为值")
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= 10**EXACT_DIGITS:
            raise Invalid(f"“{heading}”存成了数字，后几位已经丢了，请把这一列设成文本再填一遍")
        value = str(value)
    if not isinstance(value, str):
        raise Invalid(f"“{heading}”要是文字")
    return value.strip()
