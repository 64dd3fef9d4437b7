"""Members in the rows of a list. What is wrong with a row is said by its number, never by what stands in it."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

from server.identity.listed import ListedMember
from server.identity.papers import IdType, read_id_number
from server.identity.rules import Invalid, normalise_name, normalise_phone
from server.unions.lists.sheet import FORMULA, UnreadableSheet, rows_of

MAX_ROWS = 2_000_000
HEADER_WITHIN = 10
"""Rows; titles and notes may stand above the header."""
NOWHERE = 1 << 31
"""Place of a column that a file does not have: beyond every row."""
EXACT_DIGITS = 15
"""A spreadsheet keeps no more digits of a number."""


class Column(Enum):
    """The columns, with the headings that are understood; the first one is the template's."""

    NAME = ("姓名", "会员姓名", "职工姓名", "名字")
    ID_TYPE = ("证件类型", "证件种类", "证件类别")
    ID_NUMBER = ("证件号码", "身份证号", "身份证号码", "证件号", "公民身份号码", "居民身份证号码")
    UNION = ("所属工会编码", "工会编码", "工会编号", "所属工会编号", "工会代码")
    PHONE = ("手机号", "手机号码", "手机")


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


def members_of(
    file: BinaryIO,
    *,
    is_csv: bool,
    unions: Mapping[str, uuid.UUID],
    mine: Collection[uuid.UUID] | None,
    today: date,
    allow_synthetic: bool,
    headings: Mapping[Column, Sequence[str]] = HEADINGS,
) -> Iterator[tuple[int, ListedMember | str]]:
    """Number of a row, and who stands in it or what is wrong with it; empty rows are passed over.

    Args:
        unions: by the code that the file names them by.
        mine: among which each row's union has to be; None for any.
        headings: what may stand above each column.

    Raises:
        UnreadableSheet: no spreadsheet, too large, or without the columns.
    """
    header: dict[Column, int] | None = None
    places: list[int] = []
    for number, values in rows_of(file, is_csv=is_csv):
        if number > MAX_ROWS:
            raise UnreadableSheet(f"超过 {MAX_ROWS // 10_000} 万行，请分成几份")
        if header is None:
            header = _header(values, headings)
            if header is not None:
                # By place: of hundreds of thousands of rows, looking columns up took longer than reading them.
                places = [header.get(column, NOWHERE) for column in Column]
            elif number >= HEADER_WITHIN:
                break
        elif any(map(_is_filled, values)):
            cells = [values[at] if at < len(values) else None for at in places]
            try:
                yield number, _member(cells, unions=unions, mine=mine, today=today, allow_synthetic=allow_synthetic)
            except Invalid as error:
                yield number, str(error)
    if header is None:
        raise UnreadableSheet(f"前 {HEADER_WITHIN} 行里没有找到表头，要有：姓名、证件号码、所属工会编码")


def write_template(path: Path) -> None:
    """Write an empty roster with its headings; the columns are text, so that no digit gets lost."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "名单"
    sheet.append([column.value[0] for column in Column])
    for letter, width in zip("ABCDE", (16, 26, 26, 20, 18), strict=True):
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
        "手机号可以不填。还没有账号的人，系统只给这个号发一次短信，问是不是本人、愿不愿意入会；发完就删。认不出的号当作没填。",
        "导入以后，请删掉这份文件：系统不保存它，只留下用来核对的摘要。",
    ):
        notes.append([line])
    notes.column_dimensions["A"].width = 80
    workbook.save(path)


def _header(values: Sequence[Any], headings: Mapping[Column, Sequence[str]]) -> dict[Column, int] | None:
    found: dict[Column, int] = {}
    for at, value in enumerate(values):
        heading = "".join(str(value or "").split()).strip("*：:")
        for column in Column:
            if heading in headings[column]:
                found.setdefault(column, at)
    return found if all(column in found for column in REQUIRED) else None


def _is_filled(value: Any) -> bool:
    return value is not None and str(value).strip() != ""


def _member(
    cells: Sequence[Any],
    *,
    unions: Mapping[str, uuid.UUID],
    mine: Collection[uuid.UUID] | None,
    today: date,
    allow_synthetic: bool,
) -> ListedMember:
    """Who stands in these cells, one for each column. Raises Invalid."""
    named, paper, typed, union_code, dialled = [
        # What nearly all cells are.
        value if type(value) is str and value.isalnum() else _text(column, value)
        for column, value in zip(Column, cells, strict=True)
    ]
    id_type = ID_TYPES.get(paper or NAMED_IN_TEMPLATE[0])
    if id_type is None:
        raise Invalid(f"证件类型要是其中之一：{'、'.join(NAMED_IN_TEMPLATE)}")
    name = normalise_name(named)
    number = read_id_number(id_type, typed, today=today, allow_synthetic=allow_synthetic)
    union_id = unions.get(union_code)
    if union_id is None:
        raise Invalid("没有这个工会编码，请核对")
    if mine is not None and union_id not in mine:
        raise Invalid("这个工会不归你管，请它或它的上级工会来导")
    return ListedMember(number=number, name=name, union_id=union_id, phone=_phone(dialled))


def _phone(text: str) -> str | None:
    """A list is about people: one with a number that is none is as good as without."""
    try:
        return normalise_phone(text) if text else None
    except Invalid:
        return None


def _text(column: Column, value: Any) -> str:
    """What stands in a cell. Raises Invalid."""
    heading = column.value[0]
    if value is FORMULA:
        raise Invalid(f"“{heading}”是公式，请粘贴为值")
    if not _is_filled(value):
        if column in REQUIRED:
            raise Invalid(f"“{heading}”是空的（合并的单元格请先拆开）")
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= 10**EXACT_DIGITS:
            raise Invalid(f"“{heading}”存成了数字，后几位已经丢了，请把这一列设成文本再填一遍")
        value = str(value)
    if not isinstance(value, str):
        raise Invalid(f"“{heading}”要是文字")
    return value.strip()
