"""Reads what a request says, strictly, in one place: JSON bodies, query strings, forms, before any schema sees them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson
from flask import Request
from webargs import core as webargs_core
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict

from server.core.errors import Problem

MAX_JSON = 1024 * 1024
"""Bytes: the longest form, filled in whole, has a tenth of it."""
MAX_DEPTH = 32
"""Lists and objects within each other in a body. Forms need five; what reads them recursively bears no hundreds."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL cannot store, and half a character, which has no UTF-8. Nobody types either; a text that was
cut in the middle of an emoji ends in the latter."""
_SENTENCE = "文字里有不能用的字符，请删掉重新输入"


class StrictParser(FlaskParser):
    """Another media type is 415, broken or too deeply nested JSON is 400, text that cannot be stored is 422."""

    def load_json(self, req: Request, schema: Any) -> Any:
        if req.get_data(cache=True) and not req.is_json:
            raise Problem(415, title="请求的内容要是 JSON")
        return super().load_json(req, schema)

    def load_querystring(self, req: Request, schema: Any) -> Any:
        refuse_unstorable(req.args)
        return super().load_querystring(req, schema)

    def _raw_load_json(self, req: Request) -> Any:
        data = req.get_data(cache=True)
        if not data:
            return webargs_core.missing
        if len(data) > MAX_JSON:
            raise Problem(413)
        try:
            value, broken = orjson.loads(data), False
        except orjson.JSONDecodeError:
            value, broken = _with_halves(data), True
        if _deeper_than(MAX_DEPTH, value):
            raise Problem(400)
        # A control character is an escape in JSON, so most bodies need no second look.
        if b"\\u" in data:
            _refuse(list(_unstorable(value)))
        if broken:
            raise Problem(400)
        return value


def refuse_unstorable(said: MultiDict[str, str]) -> None:
    """Refuse a query string or a form with text that cannot be stored.

    Raises:
        Problem: 422, by the names of its parameters or fields.
    """
    _refuse([name for name, value in said.items(multi=True) if _UNSTORABLE.search(value)])


def _with_halves(data: bytes) -> Any:
    """JSON as the standard library reads it: it takes halves of characters, of which the path can then be named.

    Raises:
        Problem: 400 when it cannot read it either.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise Problem(400) from None


def _deeper_than(limit: int, value: Any) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return any(isinstance(item, dict | list) for item in level)


def _unstorable(value: Any, path: str = "") -> Iterator[str]:
    """The dotted paths of texts that cannot be stored; of a name that cannot, the path of what has it."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            yield path
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from _unstorable(child, _below(path, str(place)))
    elif isinstance(value, dict):
        for name, child in value.items():
            yield from [path] if _UNSTORABLE.search(name) else _unstorable(child, _below(path, name))


def _below(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step


def _refuse(paths: list[str]) -> None:
    if paths:
        # There is no path to name for the body as a whole, nor for a query's name with such a character in it.
        named = {path: [_SENTENCE] for path in paths if path and not _UNSTORABLE.search(path)}
        raise Problem(422, detail=None if named else _SENTENCE, errors=named)
