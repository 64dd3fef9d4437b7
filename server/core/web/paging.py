"""Keyset paging: flat in depth and table size. Cursors are opaque, signed, and good for the question they answer."""

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import orjson
import sqlalchemy as sa
from marshmallow import fields
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.core.errors import unprocessable
from server.core.schema import Query, between
from server.core.settings import settings

T = TypeVar("T")
_TAG = 12


class PageQuery(Query):
    """`cursor` and `limit` of every list."""

    PAGING = frozenset({"cursor", "limit"})

    cursor = fields.String(load_default=None, metadata={"description": "上一页给的 next_cursor"})
    limit = fields.Integer(load_default=20, validate=between(1, 100))


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, as the contract has it."""

    items: list[T]
    next_cursor: str | None


def scope_of(name: str, question: Mapping[str, Any]) -> str:
    """What a cursor is good for: the list of this name, asked this question (`cursor` and `limit` left out).

    With other filters the place where a page ended means nothing: items would be left out without a word.
    """
    asked = {key: value for key, value in question.items() if key not in PageQuery.PAGING}
    return f"{name}?" + orjson.dumps(asked, default=str, option=orjson.OPT_SORT_KEYS).decode()


def seal_cursor(values: Sequence[Any], *, scope: str) -> str:
    """An opaque cursor that only the same `scope` accepts."""
    payload = orjson.dumps(values)
    return base64.urlsafe_b64encode(_tag(payload, scope) + payload).decode().rstrip("=")


def open_cursor(cursor: str, *, scope: str) -> list[Any]:
    """The values of a cursor.

    Raises:
        Problem: 422 for a cursor that this list did not give, or to another question.
    """
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        raw = b""
    tag, payload = raw[:_TAG], raw[_TAG:]
    if not payload or not hmac.compare_digest(tag, _tag(payload, scope)):
        raise unprocessable({"cursor": ["翻页的位置不对，请从第一页看起"]})
    values: list[Any] = orjson.loads(payload)
    return values


def keyset_page(
    session: Session,
    statement: sa.Select[T],
    *,
    columns: Sequence[InstrumentedAttribute[Any]],
    question: Mapping[str, Any],
    cursor: str | None,
    limit: int,
    descending: bool = True,
) -> Page[T]:
    """One page of `statement`, ordered by `columns` (the last one unique, all not null and indexed together).

    `question`: what was asked, by which the statement was made; a cursor is good for the same one only.
    """
    scope = scope_of(",".join(str(column) for column in columns), question)
    key = sa.tuple_(*columns)
    if cursor is not None:
        values = [
            _typed(column, value) for column, value in zip(columns, open_cursor(cursor, scope=scope), strict=True)
        ]
        border = sa.tuple_(*(sa.literal(value, column.type) for column, value in zip(columns, values, strict=True)))
        statement = statement.where(key < border if descending else key > border)
    order = [column.desc() if descending else column.asc() for column in columns]
    found = list(session.scalars(statement.order_by(*order).limit(limit + 1)))
    items = found[:limit]
    if len(found) <= limit:
        return Page(items, None)
    return Page(items, seal_cursor([getattr(items[-1], column.key) for column in columns], scope=scope))


_FROM_JSON: dict[type, Callable[[Any], Any]] = {datetime: datetime.fromisoformat, uuid.UUID: uuid.UUID}


def _typed(column: InstrumentedAttribute[Any], value: Any) -> Any:
    return _FROM_JSON.get(column.type.python_type, lambda same: same)(value)


def _tag(payload: bytes, scope: str) -> bytes:
    return hmac.digest(settings().signing_key, f"cursor:{scope}:".encode() + payload, hashlib.sha256)[:_TAG]
