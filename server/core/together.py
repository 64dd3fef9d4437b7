"""Many new rows in one statement: one round trip, and one plan, where a flush takes one of each for every table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from math import isfinite
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm.attributes import set_committed_value

from server.core.db import Base, WriteInReadOnlyViewError, db

Shape = tuple[type[Base], tuple[str, ...]]
"""A mapped class and the columns that are written."""

Bound = tuple[sa.TextClause, Mapping[str, Any]]
"""A statement and its parameters, none named like a column: SQLAlchemy would take it for that column's value."""

# Without a driver, so that bytes stay bytes.
_DIALECT: sa.Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


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
        ValueError: for a number that JSON has no word for, which a flush would write.
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
        alike: dict[Shape, list[Mapping[str, Any]]] = {}
        for row in rows:
            given = _values(row)
            alike.setdefault((type(row), tuple(given)), []).append(given)
        values: dict[str, Any] = {
            f"rows_{number}": orjson.dumps(given, default=_as_text).decode()
            for number, given in enumerate(alike.values())
        }
        for _, parameters in also:
            values.update(parameters)
        session.connection().execute(_statement(tuple(alike), tuple(text for text, _ in also)), values)
        for row in rows:
            session.expunge(row)


def _values(row: Base) -> dict[str, Any]:
    """What is written of a row by column, without what the database fills in and without NULLs."""
    loaded = row.__dict__
    found = {}
    for name, column, bound in _columns(type(row)):
        default: Any = column.default
        if name in loaded:
            value = loaded[name]
        elif default is not None:
            value = default.arg(None) if default.is_callable else default.arg
            set_committed_value(row, name, value)
        else:
            continue
        if isinstance(value, float) and not isfinite(value):
            # JSON would make a NULL of it.
            raise ValueError(f"{column} is to be {value}")
        # A NULL that is given is no default of the database.
        if value is not None or column.server_default is not None:
            found[column.name] = value if bound is None else bound(value)
    return found


def _as_text(value: object) -> str:
    """What JSON has no word for, as PostgreSQL reads it from a text."""
    if isinstance(value, bytes):
        return rf"\x{value.hex()}"
    raise TypeError(type(value))


@lru_cache(maxsize=200)
def _columns(kind: type[Base]) -> Sequence[tuple[str, sa.Column[Any], Callable[[Any], Any] | None]]:
    """The attributes of a class that are columns, each with its column and with what makes of a value what is kept."""
    mapper = sa.inspect(kind)
    return [
        (
            mapper.get_property_by_column(column).key,
            column,
            column.type.bind_processor(_DIALECT) if isinstance(column.type, sa.TypeDecorator) else None,
        )
        for column in _table(kind).columns
    ]


def _table(kind: type[Base]) -> sa.Table:
    table = sa.inspect(kind).local_table
    assert isinstance(table, sa.Table)
    return table


@lru_cache(maxsize=200)
def _statement(shapes: tuple[Shape, ...], also: tuple[sa.TextClause, ...]) -> sa.Select[Any]:
    """One WITH of INSERTs, the rows of each as one JSON parameter.

    A parameter for each value would be over a hundred of them. Neither SQLAlchemy nor psycopg keeps such a statement
    ready: making it cost more than a third of the work of writing a case.
    """
    parts: list[sa.CTE] = [text.columns().cte(f"also_{number}") for number, text in enumerate(also)]
    for number, (kind, names) in enumerate(shapes):
        given = sa.cast(sa.bindparam(f"rows_{number}", type_=sa.Text()), sa.JSON)
        rows = sa.func.json_populate_recordset(sa.cast(sa.null(), _RowOf(_table(kind))), given)
        read = rows.table_valued(*names, name=f"r{number}")
        parts.append(
            sa.insert(kind)
            .from_select(list(names), sa.select(*read.columns), include_defaults=False)
            .cte(f"row_{number}")
        )
    return sa.select(sa.literal_column("1")).add_cte(*parts)


class _RowOf(sa.types.UserDefinedType[Any]):
    """The type that PostgreSQL makes of each table."""

    cache_ok = True

    def __init__(self, table: sa.Table) -> None:
        self.table = table.name

    def get_col_spec(self, **_: Any) -> str:
        return self.table
