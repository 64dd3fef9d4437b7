"""gunicorn's worker, with its own refusals in our words.

What cannot be read as HTTP never reaches the application; gunicorn answers such a request itself, in HTML, and logs
the address of whoever sent it.
"""

from http import HTTPStatus
from typing import Any

import structlog
from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from server.core import json
from server.core.db import new_id
from server.core.errors import Problem
from server.core.web.problems import CONTENT_TYPE

log = structlog.get_logger(__name__)

_STATUSES: dict[type[Exception], int] = {
    errors.InvalidResponseHeader: 500,
    errors.InvalidResponseHeaderName: 500,
    errors.ConfigurationProblem: 500,
    errors.LimitRequestLine: 414,
    errors.LimitRequestHeaders: 431,
    errors.ExpectationFailed: 417,
    errors.UnsupportedTransferCoding: 501,
    errors.ForbiddenProxyRequest: 403,
    errors.ParseException: 400,
}
"""The first that fits; what is none of them is our fault."""


class ProblemWorker(ThreadWorker):
    """Threads and kept connections as gunicorn has them."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what the application never saw with a problem document; neither address nor request is logged."""
        status = next((status for kind, status in _STATUSES.items() if isinstance(exc, kind)), 500)
        request_id = new_id().hex
        kind = type(exc).__name__
        if status == 500:
            log.error("unhandled", request_id=request_id, kind=kind, exc_info=exc)
        else:
            log.info("unreadable_request", request_id=request_id, status=status, kind=kind)
        try:
            util.write_nonblock(client, _answer(Problem(status), request_id))
        except OSError:
            log.info("answer_not_sent", request_id=request_id)


def _answer(problem: Problem, request_id: str) -> bytes:
    body = json.dumps(problem.document(request_id))
    head = (
        f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}",
        "Connection: close",
        f"Content-Type: {CONTENT_TYPE}",
        f"Content-Length: {len(body)}",
        f"X-Request-Id: {request_id}",
        "X-Content-Type-Options: nosniff",
        "Cache-Control: no-store",
    )
    return "\r\n".join((*head, "", "")).encode() + body
