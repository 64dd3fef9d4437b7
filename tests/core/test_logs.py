"""Logs in development: short, and without what people typed."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from server.core.logs import init_logs
from server.core.settings import Settings


@pytest.fixture
def development(environment: dict[str, str]) -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    init_logs(Settings.from_env(environment | {"ENVIRONMENT": "development"}))
    yield
    root.handlers[:], root.level = handlers, level
    init_logs(Settings.from_env(environment))


@pytest.mark.usefixtures("development")
def test_an_exception_is_written_without_the_variables_of_its_frames() -> None:
    def fall(depth: int, typed: str) -> None:
        fall(depth + 1, typed)

    written = io.StringIO()
    root = logging.getLogger()
    copy = logging.StreamHandler(written)
    copy.setFormatter(root.handlers[0].formatter)
    root.addHandler(copy)
    try:
        fall(0, "测小蜂 " + "1990000" + "0001")
    except RecursionError:
        structlog.stdlib.get_logger("probe").exception("unhandled")
    finally:
        root.removeHandler(copy)
    assert "RecursionError" in written.getvalue()
    assert "19900000001" not in written.getvalue()
    assert len(written.getvalue()) < 10_000
