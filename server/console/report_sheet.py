"""A report as xlsx. Words are words: what begins like a formula stays text."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Figure(Protocol):
    """A number and how it is written."""

    @property
    def value(self) -> float | None: ...
    @property
    def percent(self) -> bool: ...


def sheet_of(*, mark: str, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """The file: one sheet a name, rows of words and figures.

    Args:
        mark: who takes it away; in the first row and at the head and foot of every printed page.
    """
    # Slow to load, and needed here only.
    from openpyxl import Workbook

    from server.core.spreadsheet import words_cell

    workbook = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        # `&` begins a code there.
        sheet.oddHeader.center.text = sheet.oddFooter.center.text = mark.replace("&", "&&")
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.column_dimensions["A"].width = 26
        sheet.append([words_cell(sheet, mark)])
        for row in rows:
            sheet.append([words_cell(sheet, one) if isinstance(one, str) else _figure(sheet, one) for one in row])
    kept = io.BytesIO()
    workbook.save(kept)
    return kept.getvalue()


def _figure(sheet: Any, figure: Figure) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=figure.value)
    if figure.percent:
        cell.number_format = "0.00%"
    return cell
