"""A template filled in. Pure.

What is filled in is text: nothing in it is read again, neither as a gap nor as markup. A gap that nothing fills, and
`{blank}`, are left to be written by hand.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

GAP = re.compile(r"\{([a-z_.]+)\}")
BLANK = "blank"
LINE = "＿" * 10
"""To be written on."""
ROW = "row."
FILES = "files"
"""The table of what the worker gave to the fields for files, in the place of a field."""
FILE_COLUMNS = frozenset({"name", "kind", "day"})
IDENTITY_GAPS = frozenset({"worker.id_kind", "worker.id_number", "worker.born", "worker.sex"})
"""Filled only where the paper needs to say who somebody is; that it was read is recorded."""
KNOWN_GAPS = IDENTITY_GAPS | {
    "case.no",
    "worker.name",
    "worker.phone",
    "assignee.name",
    "assignee.phone",
}
"""What any paper may name, beside answers and what is computed from them."""
LETTER_GAPS = frozenset({"letter.text", "letter.days", "letter.union", "letter.day"})
"""What letters of the union name as well: the words of the step, the time to answer, whose it is, of which day."""


class Heading(Struct, frozen=True):
    text: str


class Align(StrEnum):
    """Where a line stands; 落款, who writes and when, stands at the right."""

    LEFT = "left"
    RIGHT = "right"


class Line(Struct, frozen=True):
    text: str
    small: bool = False
    align: Align = Align.LEFT


class Blanks(Struct, frozen=True):
    """Empty lines to be written on."""

    count: int


class Table(Struct, frozen=True):
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Signatures(Struct, frozen=True):
    labels: tuple[str, ...]


Block = Heading | Line | Blanks | Table | Signatures


class Paper(Struct, frozen=True):
    """One paper, ready to be drawn."""

    title: str
    number: str
    blocks: tuple[Block, ...]


class Template(Struct, frozen=True):
    """A paper with gaps."""

    key: str
    title: str
    identity: bool
    """Whether it names the number of the worker's papers."""
    blocks: Sequence[Mapping[str, Any]]
    series: str | None = None
    """What its running number begins with, where it is a letter of the union."""

    def gaps(self) -> set[str]:
        """What it can be filled with, but for what stands in rows."""
        found = {gap for text in _texts(self.blocks) for gap in GAP.findall(text)}
        return {gap for gap in found if gap != BLANK and not gap.startswith(ROW)}

    def tables(self) -> dict[str, set[str]]:
        """The fields of the form that it goes through, or `FILES`, and the columns that it names."""
        found: dict[str, set[str]] = {}
        for block in self.blocks:
            if "each" in block:
                gaps = {gap for line in block["lines"] for gap in GAP.findall(line)}
                found.setdefault(block["each"], set()).update(
                    gap.removeprefix(ROW) for gap in gaps if gap.startswith(ROW)
                )
            elif "rows" in block:
                named = {column["from"] for column in block["columns"] if "from" in column} - {"number", "value"}
                found.setdefault(block["rows"], set()).update(named)
        return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for below in value.values():
            yield from _texts(below)
    elif isinstance(value, Sequence):
        for below in value:
            yield from _texts(below)


def fill(
    template: Template, *, number: str, values: Mapping[str, str], rows: Mapping[str, Sequence[Mapping[str, str]]]
) -> Paper:
    """The paper.

    Args:
        number: of the paper.
        values: what fills the gaps, by their names; what is not there stays blank.
        rows: of each table, what its columns hold, in words; of a list of choices `value`.
    """
    return Paper(template.title, number, tuple(_blocks(template, values, rows)))


def _blocks(
    template: Template, values: Mapping[str, str], rows: Mapping[str, Sequence[Mapping[str, str]]]
) -> Iterator[Block]:
    for block in template.blocks:
        if "heading" in block:
            yield Heading(block["heading"])
        elif "line" in block:
            yield Line(_filled(block["line"], values), align=Align(block.get("align", Align.LEFT)))
        elif "note" in block:
            yield Line(_filled(block["note"], values), small=True)
        elif "blanks" in block:
            yield Blanks(block["blanks"])
        elif "sign" in block:
            yield Signatures(tuple(block["sign"]))
        elif "each" in block:
            for row in rows.get(block["each"], ()):
                held = {**values, **{f"{ROW}{key}": words for key, words in row.items()}}
                for line in block["lines"]:
                    yield Line(_filled(line, held))
        elif "rows" in block and (rows.get(block["rows"]) or "spare" in block):
            yield _table(block, rows.get(block["rows"], ()))


def _table(block: Mapping[str, Any], rows: Sequence[Mapping[str, str]]) -> Table:
    columns = block["columns"]
    lines = [
        tuple(readable({**row, "number": str(place)}.get(column.get("from", ""), "")) for column in columns)
        for place, row in enumerate(rows, start=1)
    ]
    spare = [("",) * len(columns)] * block.get("spare", 0)
    return Table(tuple(column["title"] for column in columns), (*lines, *spare))


def _filled(text: str, values: Mapping[str, str]) -> str:
    return GAP.sub(lambda gap: readable(values.get(gap[1]) or LINE), text)


def readable(words: str) -> str:
    """Words without the signs that no document can hold."""
    return "".join(sign for sign in words if sign in "\n\t" or _fits(ord(sign)))


def _fits(point: int) -> bool:
    return 0x20 <= point < 0xD800 or 0xE000 <= point < 0xFFFE or point >= 0x10000


def letter_number(template: Template, *, year: int, number: int) -> str:
    """A letter's number as it stands on it: `提示函〔2026〕3 号`."""
    return f"{template.series}〔{year}〕{number} 号"


def number_of(no: str, number: int) -> str:
    """A paper's number as it stands on it: `FY260313-0042-K-W01`."""
    return f"{no}-W{number:02d}"
