"""`python -m dev.personal_data`: writes the table of docs/privacy.md from config/personal_data.yaml."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "config" / "personal_data.yaml"
PAGE = ROOT / "docs" / "privacy.md"
BEGIN = "<!-- written by `python -m dev.personal_data` -->"
END = "<!-- end -->"


class Stored(StrEnum):
    """How a personal column is kept; see the head of the file."""

    CIPHERTEXT = "ciphertext"
    DIGEST = "digest"
    HASH = "hash"
    SEALED = "sealed"
    LINK = "link"
    PLAIN = "plain"


class Export(StrEnum):
    """What of it stands in the worker's own export."""

    WHOLE = "whole"
    MASKED = "masked"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """One column that says something about a person."""

    table: str
    name: str
    what: str
    stored: Stored
    seen_by: str
    export: Export
    deleted: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """The whole file."""

    tables: tuple[str, ...]
    """In its order."""
    personal: tuple[PersonalColumn, ...]
    not_personal: frozenset[tuple[str, str]]
    """Table and column."""


def read(path: Path = SOURCE) -> Inventory:
    """Read and check the file.

    Raises:
        ValueError, KeyError, TypeError: naming what is wrong.
    """
    document: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return Inventory(
        tables=tuple(document),
        personal=tuple(column for name, table in document.items() for column in _personal(name, table)),
        not_personal=frozenset((name, column) for name, table in document.items() for column in table["not_personal"]),
    )


def _personal(name: str, table: dict[str, Any]) -> Iterator[PersonalColumn]:
    common = {key: value for key, value in table.items() if key not in ("personal", "not_personal")}
    for column, said in table.get("personal", {}).items():
        merged = common | said
        yield PersonalColumn(
            table=name,
            name=column,
            **merged | {"stored": Stored(merged["stored"]), "export": Export(merged["export"])},
        )


def render(inventory: Inventory) -> str:
    """The file as a table in Markdown."""
    head = "| table.column | what | stored | seen by | export | deleted |\n|---|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{one.table}.{one.name}` | {one.what} | {one.stored} | {one.seen_by} | {one.export} | {one.deleted} |\n"
        for one in inventory.personal
    )


def page_with(table: str, page: str) -> str:
    """The page with this table in its place."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page_with(render(read()), PAGE.read_text("utf-8")), "utf-8")
