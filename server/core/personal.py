"""What the domains hold about a worker: told in the worker's own export, erased with the account.

`app.py` registers one `Contributor` for each domain. A domain tells and erases its own tables and no others.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from flask import Flask, current_app
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core.private import Private

Entry = Mapping[str, str]
"""Label → value, both as the worker reads them."""


class Line(Private, frozen=True):
    """One line of an export."""

    label: str
    value: str


class Part(Private, frozen=True):
    """One chapter of an export."""

    key: str
    title: str
    entries: Sequence[Entry]

    @property
    def lines(self) -> list[list[Line]]:
        """The entries, line by line, as they go over the wire."""
        return [[Line(label, value) for label, value in entry.items()] for entry in self.entries]


class Kept(Struct, frozen=True):
    """Rows that stay after the account has gone, no longer tied to anybody who can be named."""

    table: str
    rows: int
    because: str
    """The rule that demands it."""


class Erased(Struct, frozen=True):
    """What a domain did when an account was erased."""

    removed: Mapping[str, int]
    """Table → rows deleted, or emptied of everything personal."""
    kept: Sequence[Kept] = ()


class Contributor(Protocol):
    """A domain that holds something about workers."""

    tables: frozenset[str]
    """Those that it tells or erases."""

    def export(self, session: Session, worker_id: uuid.UUID) -> Sequence[Part]:
        """Everything that the worker may see: identity numbers masked, nothing of other people."""
        ...

    def erase(self, session: Session, worker_id: uuid.UUID) -> Erased:
        """Remove everything that no law keeps, inside the transaction of the caller."""
        ...


def register_contributors(app: Flask, *contributors: Contributor) -> None:
    """Tell who holds something, in the order of the export."""
    app.extensions["warmbee_contributors"] = contributors


def contributors() -> Sequence[Contributor]:
    """Who holds something."""
    return cast(Sequence[Contributor], current_app.extensions["warmbee_contributors"])


def spoken(value: object) -> str:
    """A value as it stands in an export; what is not there is a dash."""
    return "—" if value is None or value == "" else str(value)
