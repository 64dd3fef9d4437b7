"""Words in a spreadsheet stay words: what begins like a formula is not one."""

from typing import Any

from openpyxl.cell import WriteOnlyCell

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula, also once it was saved as CSV."""


def words_cell(sheet: Any, words: str) -> Any:
    """A cell of a sheet that is only written. Slow to load: imported where it is needed."""
    cell = WriteOnlyCell(sheet, value=words)
    cell.data_type = "s"
    if words.startswith(RISKY):
        cell.quotePrefix = True
    return cell
