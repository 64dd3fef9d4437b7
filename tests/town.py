"""The demo town as `make run` loads it: built once by the services themselves, then copied back for every test."""

from datetime import date
from importlib import import_module

import psycopg
from psycopg import sql

from server.core.clock import today
from server.core.db import Base, db
from server.stations.directory import announce

PARTS = ("unions", "staff", "people", "stations", "activities")
WITH_CASES = (*PARTS, "cases")

Rows = dict[str, bytes]
"""Table → its rows in PostgreSQL's binary copy format; tables without rows are left out."""


_built: dict[tuple[date, tuple[str, ...]], Rows] = {}
"""By the day too: the town's dates are counted from today, and yesterday's town is another one."""


def fill(*parts: str) -> None:
    """Fill the empty tables with these parts of the town: by their own loaders, and from the second time on as kept."""
    key = (today(), parts)
    if key in _built:
        _put_back(_built[key])
    else:
        _built[key] = _build(parts)


def _build(parts: tuple[str, ...]) -> Rows:
    """Load them, and return what that put into the tables."""
    for part in parts:
        import_module(f"dev.demo.{part}").load()
    db.session.commit()
    with db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        return {name: rows for name in _tables() if (rows := _read(raw, name)) is not None}


def _put_back(rows: Rows) -> None:
    """Fill the empty tables with these rows again, and tell every process that there are stations."""
    with db.engine.begin() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        # Order and triggers do not matter: the rows were valid together.
        raw.execute("SET LOCAL session_replication_role = replica")
        for name, kept in rows.items():
            command = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(sql.Identifier(name))
            with raw.cursor() as cursor, cursor.copy(command) as copy:
                copy.write(kept)
    announce(places=True)


def _tables() -> list[str]:
    return [table.name for table in Base.metadata.sorted_tables]


def _read(raw: psycopg.Connection, name: str) -> bytes | None:
    if raw.execute(sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(name))).fetchone() is None:
        return None
    command = sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(sql.Identifier(name))
    with raw.cursor() as cursor, cursor.copy(command) as copy:
        return b"".join(bytes(part) for part in copy)
