"""Structured logs: one JSON object a line (plain text in development), without personal data.

Messages of foreign exceptions may quote what a person typed, so outside development only the kind of an exception and
where it happened are written.
"""

import logging
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from server.core.errors import Problem
from server.core.settings import Environment, Settings

QUIET = ("urllib3", "requests", "werkzeug", "procrastinate", "PIL", "fontTools", "fpdf")
"""Libraries whose debug and info lines hold addresses, tokens or parameters."""


def describe_exception(error: BaseException) -> list[dict[str, Any]]:
    """Kind and place of an exception and of its causes; the message only of our own, which hold no data."""
    described: list[dict[str, Any]] = []
    seen: BaseException | None = error
    while seen is not None and len(described) < 5:
        frames = traceback.extract_tb(seen.__traceback__)
        entry: dict[str, Any] = {
            "kind": f"{type(seen).__module__}.{type(seen).__qualname__}",
            "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
        }
        if isinstance(seen, Problem):
            entry["message"] = str(seen)
        described.append(entry)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return described


def _withhold_messages(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = describe_exception(error)
    return event


def init_logs(settings: Settings) -> None:
    """Configure structlog and the standard library's logging alike; writes to standard error."""
    development = settings.environment is Environment.DEVELOPMENT
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending: list[structlog.typing.Processor] = (
        # Its default prints the variables of every frame: bodies, tokens, and for minutes where there are many frames.
        [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
        if development
        else [_withhold_messages, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
