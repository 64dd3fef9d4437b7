"""Replacing keys while the service runs: ciphertexts are made anew, and digests wherever their value is still there.

The data are their own book-keeping: a row that begins with the current key's id is done. A run that was killed has lost
at most the batch it was in the middle of, and the next run goes on.

Rows are taken with SKIP LOCKED and in small batches: a row that somebody works on is left for the next round, so nobody
waits for long and nothing can lock each other out.
"""

import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
import structlog
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core.crypto import (
    DecryptionError,
    EncryptedText,
    KeyedDigest,
    cipher,
    ciphertext_head,
    digest_head,
    hmac_ring,
)
from server.core.db import Base, db, transaction
from server.core.storage import storage

log = structlog.get_logger(__name__)

AT_ONCE = 200
"""Rows in one transaction."""
ROUNDS = 20
"""Over a table, when somebody keeps working on its rows."""
ALLOWED = sa.select(sa.func.set_config("warmbee.rotating", "on", True))
"""Lets the triggers of append-only tables pass what this transaction makes anew."""
PAUSE = 0.5
"""Seconds before a round that is for rows which were locked."""


class Use(Struct, frozen=True):
    """How many values of a column a key made."""

    column: str
    key: str
    values: int
    current: bool
    """Whether it is the key that new values are made with."""
    replaceable: bool
    """Whether `rotate` makes such values anew; the others go with their rows."""


class Renewed(Struct, frozen=True):
    """What was done in a table."""

    rows: int
    """Or files."""
    unreadable: int
    """Those whose ciphertext no key opens: they were left as they are, and logged."""


class _Sealed(Struct, frozen=True):
    """A sealed column."""

    column: sa.Column[Any]
    type: EncryptedText | KeyedDigest

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def raw(self) -> sa.ColumnElement[bytes]:
        """As it is stored."""
        return sa.type_coerce(self.column, sa.LargeBinary)

    @property
    def source(self) -> str | None:
        """The column that a new value is made from."""
        return self.column.name if isinstance(self.type, EncryptedText) else self.type.of

    @property
    def head(self) -> bytes:
        """What its values begin with under the current key."""
        if isinstance(self.type, EncryptedText):
            return ciphertext_head(cipher().current)
        return digest_head(hmac_ring().current)


class _Table:
    """One table with its sealed columns."""

    def __init__(self, table: sa.Table) -> None:
        self.table = table
        self.key = tuple(table.primary_key.columns)
        self.sealed = [
            _Sealed(column, column.type)
            for column in table.columns
            if isinstance(column.type, EncryptedText | KeyedDigest)
        ]
        self.replaceable = [one for one in self.sealed if one.source]

    @property
    def name(self) -> str:
        return self.table.name

    def stale(self) -> sa.ColumnElement[bool]:
        """Rows in which something was made with an older key and can be made anew."""
        return sa.or_(
            *(
                sa.and_(
                    self.table.c[str(one.source)].is_not(None),
                    sa.func.substr(one.raw, 1, len(one.head)) != sa.literal(one.head, sa.LargeBinary),
                )
                for one in self.replaceable
            )
        )


def rotate(*, at_once: int = AT_ONCE) -> dict[str, Renewed]:
    """Make everything anew that older keys made.

    Returns:
        for each table that has something sealed, and for `files`.

    Raises:
        TimeoutError: somebody keeps rows of a table locked; what was done stays done.
    """
    done = {}
    for table in _tables():
        if table.replaceable:
            done[table.name] = _renew(table, at_once)
            log.info("keys_rotated", table=table.name, rows=done[table.name].rows)
    done["files"] = _renew_files()
    return done


def uses() -> list[Use]:
    """Which keys made what is stored. Reads every sealed column once."""
    return [
        Use(f"{table.name}.{one.name}", key, values, current=one.head in _heads(key), replaceable=bool(one.source))
        for table in _tables()
        for one in table.sealed
        for key, values in _counted(one)
    ]


def _renew(table: _Table, at_once: int) -> Renewed:
    rows, unreadable = 0, 0
    for _ in range(ROUNDS):
        last: tuple[Any, ...] | None = None
        unreadable = 0
        while batch := _renew_batch(table, last, at_once):
            last = batch[-1][0]
            rows += sum(readable for _, readable in batch)
            unreadable += sum(not readable for _, readable in batch)
        if _left(table) <= unreadable:
            return Renewed(rows, unreadable)
        time.sleep(PAUSE)
    raise TimeoutError(f"rows of {table.name} stay locked: {rows} are done, run it again")


def _renew_files() -> Renewed:
    files, renewed, unreadable = storage(), 0, 0
    for key in list(files.all_keys()):
        try:
            renewed += files.renew(key)
        except DecryptionError:
            log.error("file_unreadable", file=key)
            unreadable += 1
    return Renewed(renewed, unreadable)


def _renew_batch(table: _Table, last: tuple[Any, ...] | None, at_once: int) -> list[tuple[tuple[Any, ...], bool]]:
    """Renew the next rows; returns their primary keys, and whether they could be read."""
    plain = [column for column in table.table.columns if column.name not in {one.name for one in table.sealed}]
    with transaction() as session:
        session.execute(ALLOWED)
        chosen = sa.select(*plain, *(one.raw.label(one.name) for one in table.sealed)).where(table.stale())
        if last is not None:
            chosen = chosen.where(sa.tuple_(*table.key) > sa.tuple_(*last))
        chosen = chosen.order_by(*table.key).limit(at_once).with_for_update(skip_locked=True)
        rows = session.execute(chosen).all()
        return [
            (tuple(row._mapping[column.name] for column in table.key), _renew_row(session, table, row)) for row in rows
        ]


def _renew_row(session: Session, table: _Table, row: sa.Row[Any]) -> bool:
    """Write a row anew; False when no key opens it."""
    where = [column == row._mapping[column.name] for column in table.key]
    try:
        values = _new_values(table, row)
    except DecryptionError:
        log.error("row_unreadable", table=table.name, row=[str(row._mapping[column.name]) for column in table.key])
        return False
    session.execute(sa.update(table.table).where(*where).values(values))
    return True


def _new_values(table: _Table, row: sa.Row[Any]) -> dict[str, str | bytes]:
    values: dict[str, str | bytes] = {}
    for one in table.replaceable:
        stored, source = row._mapping[one.name], row._mapping[str(one.source)]
        if stored is None or source is None or stored.startswith(one.head):
            continue
        context = table.table.c[str(one.source)].type
        assert isinstance(context, EncryptedText), "a digest is made from an encrypted column"
        text = cipher().decrypt(source, context=context.context.encode()).decode()
        if isinstance(one.type, KeyedDigest):
            value = one.type.written(text, row) if one.type.written else text
            values[one.name] = hmac_ring().digests(value, purpose=one.type.purpose)[0]
        else:
            values[one.name] = text
    return values


def _left(table: _Table) -> int:
    with transaction() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table.table).where(table.stale())) or 0


def _tables() -> Iterator[_Table]:
    for table in Base.metadata.sorted_tables:
        yield _Table(table)


def _counted(one: _Sealed) -> list[tuple[str, int]]:
    """Key id and how many values begin with it."""
    if isinstance(one.type, EncryptedText):
        key = sa.func.encode(sa.func.substr(one.raw, 3, sa.func.get_byte(one.raw, 1)), "escape")
    else:
        # The id is what stands before the first colon.
        key = sa.func.split_part(sa.func.encode(sa.func.substr(one.raw, 1, 17), "escape"), ":", 1)
    counted = sa.select(key, sa.func.count()).select_from(one.column.table).where(one.column.is_not(None))
    return [(row[0], row[1]) for row in db.session.execute(counted.group_by(key).order_by(key))]


def _heads(key: str) -> tuple[bytes, bytes]:
    return ciphertext_head(key), digest_head(key)
