"""JSON by orjson, for Flask and for hand-made answers."""

from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider


def dumps(value: Any) -> bytes:
    """UTF-8 JSON; datetimes as RFC 3339, UUIDs as text."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


class OrjsonProvider(JSONProvider):
    """Replaces Flask's provider."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return dumps(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return Response(dumps(self._prepare_response_obj(args, kwargs)), mimetype="application/json")
