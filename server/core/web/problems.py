"""Every error, whoever raised it, leaves as `application/problem+json`; under a registered path as a page."""

from collections.abc import Callable, Mapping
from typing import Any

import sentry_sdk
import structlog
from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import HTTPException
from werkzeug.routing.exceptions import RoutingException

from server.core import json
from server.core.db import is_disconnect
from server.core.errors import Problem, unavailable
from server.core.limits import seconds_to_wait
from server.core.web.requests import request_id

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"
_BODY_HEADERS = {"content-type", "content-length"}
_PAGES = "warmbee_problem_pages"


def register_problem_pages(app: Flask, prefix: str, render: Callable[[Problem], Response]) -> None:
    """Let problems under a path be told as pages, for people."""
    app.extensions.setdefault(_PAGES, {})[prefix] = render


def problem_response(problem: Problem) -> Response:
    """The answer for a problem."""
    pages: Mapping[str, Callable[[Problem], Response]] = current_app.extensions.get(_PAGES, {})
    for prefix, render in pages.items():
        if request.path.startswith(prefix):
            return render(problem)
    response = Response(json.dumps(problem.document(request_id())), status=problem.status, content_type=CONTENT_TYPE)
    response.headers.update(problem.headers)
    return response


def flatten(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Nested validation messages → dotted paths, as the contract has them."""
    if isinstance(messages, Mapping):
        flat: dict[str, list[str]] = {}
        for key, below in messages.items():
            step = path if key == "_schema" else f"{path}.{key}" if path else str(key)
            for found, sentences in flatten(below, step).items():
                flat.setdefault(found, []).extend(sentences)
        return flat
    return {
        path: [
            message if isinstance(message, str) else str(message)
            for message in (messages if isinstance(messages, list) else [messages])
        ]
    }


def from_http_exception(error: HTTPException) -> Problem:
    """What Werkzeug, Flask, webargs or the limiter raised, in our words."""
    status = error.code or 500
    data: Mapping[str, Any] = getattr(error, "data", {})
    errors: dict[str, list[str]] = {}
    for messages in data.get("messages", {}).values():
        errors |= flatten(messages)
    if status == 400 and data.get("messages"):
        # webargs answers a body that is not JSON with messages; the path of such an error says nothing.
        errors = {}
    headers = {name: value for name, value in error.get_headers() if name.lower() not in _BODY_HEADERS}
    if status == 429:
        headers["Retry-After"] = str(seconds_to_wait())
    # About the body as a whole: there is no path to name.
    whole = errors.pop("", None)
    return Problem(status, detail="；".join(whole) if whole else None, errors=errors, headers=headers)


def init_problems(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(Problem)
    def on_problem(problem: Problem) -> ResponseReturnValue:
        return problem_response(problem)

    @app.errorhandler(HTTPException)
    def on_http_exception(error: HTTPException) -> ResponseReturnValue:
        if isinstance(error, RoutingException) or error.code is None or error.code < 400:
            return error.get_response()
        return problem_response(from_http_exception(error))

    @app.errorhandler(ParseException)
    @app.errorhandler(NoMoreData)
    def on_broken_body(_: Exception) -> ResponseReturnValue:
        # Not in the chunks that it announced, or cut off.
        return problem_response(Problem(400))

    @app.errorhandler(Exception)
    def on_exception(error: Exception) -> ResponseReturnValue:
        if is_disconnect(error):
            log.warning("database_unreachable", kind=type(error).__name__)
            return problem_response(unavailable(title="暂时连不上数据库，什么都没有保存，请稍后再试"))
        log.exception("unhandled")
        sentry_sdk.capture_exception(error)
        return problem_response(Problem(500))
