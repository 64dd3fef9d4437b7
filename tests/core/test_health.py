"""Health, readiness, status and metrics."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask.testing import FlaskClient


def test_ready_says_that_both_engines_answer(client: FlaskClient) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "postgresql": True, "redis": True}


def test_status_tells_commit_migration_and_engines(client: FlaskClient, freeze: Callable[[datetime], None]) -> None:
    freeze(datetime(2026, 6, 1, tzinfo=UTC))  # every holiday table that should be there is
    body = client.get("/status").get_json()
    assert body["commit"] == "unknown"
    assert body["migration"]
    assert body["engines"]["postgresql"]
    assert body["engines"]["redis"]
    assert body["warnings"] == []
