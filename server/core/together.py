"""Many new rows in one statement: one round trip, and one plan, where a flush takes one of each for every table."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm.attributes import set_committed_value

from server.core.db import Base, WriteInReadOnlyViewError, db

Shape = tuple[type[Base], tuple[str, ...]]
"""A mapped class and the attributes that are written."""

Bound = tuple[sa.TextClause, Mapping[str, Any]]
"""A statement and its parameters, none named like a column: SQLAlchemy would take it for that column's value."""


@contextmanager
def written_together(*also: Bound) -> Iterator[None]:
    """Write all rows that the block adds to the session by one statement, at its end.

    Args:
        also: further INSERTs of the same moment, which take what is there already as it is.

    It is one WITH of INSERTs. PostgreSQL checks foreign keys at the end of a statement, so the rows may come in any
    order, and nothing in the block can ask for them. Afterwards they are plain objects, no longer the session's. Use it
    inside of `transaction()`, where rows of many tables are one thing: a case with its clocks, timeline and notice.

    Raises:
        IntegrityError: as a flush would.
    """
    session: orm.Session = db.session()
    if session.info.get("read_only"):
        raise WriteInReadOnlyViewError
    with session.no_autoflush:
        session.flush()
        yield
        rows: list[Base] = list(session.new)
        if not rows:
            return
        shapes, values = [], {}
        for number, row in enumerate(rows):
            given = _values(row)
            shapes.append((type(row), tuple(given)))
            values.update({f"{name}_{number}": value for name, value in given.items()})
        for _, parameters in also:
            values.update(parameters)
        session.connection().execute(_statement(tuple(shapes), tuple(text for text, _ in also)), values)
        for row in rows:
            session.expunge(row)


def _values(row: Base) -> dict[str, Any]:
    """What is written of a row by attribute, without what the database fills in and without plain NULLs."""
    loaded = row.__dict__
    found = {}
    for name, default, null_by_itself in _attributes(type(row)):
        if name in loaded:
            if loaded[name] is not None or not null_by_itself:
                found[name] = loaded[name]
        elif default is not None:
            found[name] = default.arg(None) if default.is_callable else default.arg
            set_committed_value(row, name, found[name])
    return found


@lru_cache(maxsize=200)
def _attributes(kind: type[Base]) -> Sequence[tuple[str, Any, bool]]:
    """The attributes of a class that are columns, the default of each that Python fills in, and whether one that is
    left out is NULL."""
    mapper = sa.inspect(kind)
    return [
        (
            mapper.get_property_by_column(column).key,
            column.default,
            column.default is None and column.server_default is None and not column.type.should_evaluate_none,
        )
        for column in mapper.local_table.columns
    ]


@lru_cache(maxsize=200)
def _statement(shapes: tuple[Shape, ...], also: tuple[sa.TextClause, ...]) -> sa.Select[Any]:
    parts: list[sa.CTE] = [text.columns().cte(f"also_{number}") for number, text in enumerate(also)]
    for number, (kind, names) in enumerate(shapes):
        columns = {name: sa.inspect(kind).columns[name] for name in names}
        row = {column: sa.bindparam(f"{name}_{number}", type_=column.type) for name, column in columns.items()}
        parts.append(sa.insert(kind).values(row).cte(f"row_{number}"))
    return sa.select(sa.literal_column("1")).add_cte(*parts)
