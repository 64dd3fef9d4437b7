"""Prometheus metrics, summed over gunicorn's processes through PROMETHEUS_MULTIPROC_DIR."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import prometheus_client
import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from server.core.errors import unavailable

log = structlog.get_logger(__name__)

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST

_requests = Counter("warmbee_requests_total", "Answered requests", ["route", "method", "status"])
_seconds = Histogram(
    "warmbee_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_outside_calls = Counter("warmbee_outside_calls_total", "Calls of systems that are not ours", ["system", "outcome"])


def count_outside_call(system: str, outcome: str) -> None:
    """Count one call of a system that is paid or rationed."""
    with _never_in_the_way():
        _outside_calls.labels(system, outcome).inc()


def observe_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answer. `route` is the rule, never the path."""
    with _never_in_the_way():
        _requests.labels(route, method, str(status)).inc()
        _seconds.labels(route).observe(seconds)


@contextmanager
def _never_in_the_way() -> Iterator[None]:
    """Without the folder of the counts nothing is counted, and everything is answered."""
    try:
        yield
    except OSError as error:
        log.warning("not_counted", kind=type(error).__name__)


def render() -> bytes:
    """All metrics in Prometheus's text form.

    Raises:
        Problem: 503 when the folder of the counts is gone.
    """
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder is None:
        return prometheus_client.generate_latest()
    if not Path(folder).is_dir():
        raise unavailable(title="统计数据的文件夹不见了，请重启服务")
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # untyped library
    return prometheus_client.generate_latest(registry)
