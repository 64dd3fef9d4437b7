"""Rows of a spreadsheet, xlsx or csv, one after the other: memory does not grow with the file.

openpyxl's own way of reading keeps all shared strings and an element of every row, hundreds of megabytes of a city's
base. Its parser is asked for one row at a time here, and the strings lie in a file without a name.
"""

import codecs
import csv
import io
import os
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from typing import IO, Any, BinaryIO, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile
from zlib import error as BrokenStream  # a class

MAX_BYTES = 100 * 1024 * 1024
MAX_UNPACKED = 2 * 1024 * 1024 * 1024
"""Bytes of an xlsx's parts; a sheet of a million rows has a third of it."""
CHUNK = 1024 * 1024
FORMULA: Final = object()
"""In the place of what a formula might say."""
BROKEN = (BadZipFile, BrokenStream, ParseError, KeyError, ValueError, IndexError, EOFError, OSError)
"""What comes of files that are no spreadsheets, or damaged."""


class UnreadableSheet(Exception):
    """The file as a whole cannot be used; the text says why."""


def rows_of(file: BinaryIO, *, is_csv: bool) -> Iterator[tuple[int, Sequence[Any]]]:
    """Number of a row, as a spreadsheet shows it, and its values: of a csv, or of the first sheet of an xlsx.

    Raises:
        UnreadableSheet: too large, or not what it says it is.
    """
    if os.fstat(file.fileno()).st_size > MAX_BYTES:
        raise UnreadableSheet(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请分成几份")
    try:
        yield from _csv(file) if is_csv else _xlsx(file)
    except (*BROKEN, csv.Error):
        what = "用逗号分隔的 csv 格式" if is_csv else "没有密码的 xlsx 格式"
        raise UnreadableSheet(f"打不开这份文件，请用{what}") from None


def _csv(file: BinaryIO) -> Iterator[tuple[int, Sequence[Any]]]:
    encoding = "utf-8-sig" if _is_utf8(file) else "gb18030"
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        for number, row in enumerate(csv.reader(text), start=1):
            yield number, [FORMULA if value.startswith("=") else value for value in row]
    finally:
        text.detach()


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _xlsx(file: BinaryIO) -> Iterator[tuple[int, Sequence[Any]]]:
    # Slow to load, and needed here only.
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import apply_stylesheet
    from openpyxl.worksheet._reader import WorkSheetParser
    from openpyxl.xml.constants import SHARED_STRINGS

    reader = ExcelReader(file, read_only=True, keep_links=False)
    archive = reader.archive
    if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
        raise UnreadableSheet("文件展开以后太大了，请分成几份")
    reader.read_manifest()
    reader.read_workbook()
    apply_stylesheet(archive, reader.wb)
    manifest: Any = reader.package
    book: Any = reader.wb
    first, *_ = [rel.target for _, rel in reader.parser.find_sheets() if "chartsheet" not in rel.Type]
    strings: Sequence[str] = ()
    with tempfile.TemporaryFile() as kept:
        if (named := manifest.find(SHARED_STRINGS)) is not None:
            with archive.open(named.PartName[1:]) as source:
                strings = _Strings(source, kept)
        with archive.open(first) as source:
            parser = WorkSheetParser(
                source,
                strings,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            for element in _elements(source, "row"):
                number, cells = parser.parse_row(element)
                parser.row_dimensions.clear()
                yield number, _values(cells)


def _values(cells: Sequence[dict[str, Any]]) -> Sequence[Any]:
    """By column, those that are left out of the file included."""
    values: list[Any] = [None] * (cells[-1]["column"] if cells else 0)
    for cell in cells:
        values[cell["column"] - 1] = FORMULA if cell["data_type"] == "f" else cell["value"]
    return values


def _elements(source: IO[bytes], tag: str) -> Iterator[Any]:
    """The elements of one kind; each is gone, also from its parent, when the next one is asked for."""
    from openpyxl.xml.constants import SHEET_MAIN_NS
    from openpyxl.xml.functions import iterparse

    wanted, open_ones = f"{{{SHEET_MAIN_NS}}}{tag}", []
    for event, element in iterparse(source, events=("start", "end")):
        if event == "start":
            open_ones.append(element)
            continue
        open_ones.pop()
        if element.tag == wanted:
            yield element
            open_ones[-1].clear()


class _Strings(Sequence[str]):
    """The shared strings of a workbook, one for each name and number: in a file, and in memory where each ends."""

    def __init__(self, source: IO[bytes], file: IO[bytes]) -> None:
        from openpyxl.cell.text import Text
        from openpyxl.xml.constants import SHEET_MAIN_NS

        self._file, self._ends = file.fileno(), array("Q", [0])
        library: Any = Text
        plain, end = f"{{{SHEET_MAIN_NS}}}t", 0
        for element in _elements(source, "si"):
            only = element[0] if len(element) == 1 else None
            # Parts in several fonts, and how they are spoken, are for the library.
            text = only.text or "" if only is not None and only.tag == plain else library.from_tree(element).content
            stored = text.replace("x005F_", "").encode()
            file.write(stored)
            end += len(stored)
            self._ends.append(end)
        file.flush()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: Any) -> Any:
        start, end = self._ends[index], self._ends[index + 1]
        return os.pread(self._file, end - start, start).decode()
