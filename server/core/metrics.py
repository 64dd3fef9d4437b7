"""Prometheus metrics, summed over gunicorn's processes through PROMETHEUS_MULTIPROC_DIR."""

import os

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

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
    _outside_calls.labels(system, outcome).inc()


def observe_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answer. `route` is the rule, never the path."""
    _requests.labels(route, method, str(status)).inc()
    _seconds.labels(route).observe(seconds)


def render() -> bytes:
    """All metrics in Prometheus's text form."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return prometheus_client.generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # untyped library
    return prometheus_client.generate_latest(registry)
