"""Around every request: its id, one log line without personal data, security headers."""

import re
import time

import structlog
from flask import Flask, Response, g, request

from server.core.db import new_id
from server.core.errors import not_found
from server.core.metrics import observe_request

log = structlog.get_logger("server.request")

DISCARDED = 32 * 1024 * 1024
"""Bytes of a refused body that are read; whoever sends more loses the connection."""
CHUNK = 64 * 1024

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def request_id() -> str:
    """The id of the current request; also in the answer's X-Request-Id and in every log line."""
    found: str = g.get("request_id", "")
    return found


def _read_to_its_end() -> None:
    """Take in what is left of a body that was refused unread.

    gunicorn discards 64 KB of it and then closes a connection that it has just promised to keep: the client's next
    request on it would fail.
    """
    left = min(request.content_length or 0, DISCARDED)
    body = request.environ["wsgi.input"]
    try:
        while left > 0 and (part := body.read(min(left, CHUNK))):
            left -= len(part)
    except OSError as error:
        log.info("body_broken_off", kind=type(error).__name__)


def init_requests(app: Flask) -> None:
    """Give every request an id and every answer its headers, and log one line."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _ID.fullmatch(given) else new_id().hex
        g.started = time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        if "\x00" in request.path:
            # No name or number holds one, and PostgreSQL takes none as a parameter.
            raise not_found()

    @app.after_request
    def end(response: Response) -> Response:
        _read_to_its_end()
        seconds = time.perf_counter() - g.get("started", time.perf_counter())
        response.headers["X-Request-Id"] = request_id()
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        # The rule, never the path: a path may hold a case number.
        route = request.url_rule.rule if request.url_rule else "(none)"
        observe_request(route, request.method, response.status_code, seconds)
        log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
        return response

    @app.teardown_request
    def forget(_: BaseException | None) -> None:
        structlog.contextvars.clear_contextvars()
