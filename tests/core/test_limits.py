"""Rate limits, with and without Redis."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.core.clock import now
from server.core.limits import address_key


@pytest.mark.usefixtures("limits_on")
def test_too_many_is_429_with_the_seconds_to_wait(probe_client: FlaskClient) -> None:
    answers = [probe_client.get("/api/v1/probe/limited") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].get_json(force=True)["code"] == "too_many_requests"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60


@pytest.mark.usefixtures("limits_on")
def test_what_was_refused_and_what_is_repeated_costs_nothing(probe_client: FlaskClient) -> None:
    def make(name: str, key: str) -> TestResponse:
        return probe_client.post("/api/v1/probe/limited", json={"name": name}, headers={"Idempotency-Key": key})

    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    assert [make("", str(uuid.uuid4())).status_code for _ in range(3)] == [422] * 3
    made = make("one", one)
    assert made.status_code == 201
    assert make("other", other).status_code == 429
    # Somebody who did not see the answer asks again: it is there, however many were made meanwhile.
    assert [make("one", one).json for _ in range(3)] == [made.json] * 3


@pytest.mark.usefixtures("limits_on")
def test_retry_after_is_only_in_refusals_and_not_overruled(probe_client: FlaskClient) -> None:
    assert "Retry-After" not in probe_client.get("/api/v1/probe/limited").headers
    later = probe_client.post("/api/v1/probe/limited", json={"name": "later"})
    assert (later.status_code, later.headers["Retry-After"]) == (429, "7")


def test_the_address_is_not_in_the_key_and_the_key_changes_every_day(
    probe_app: Flask, freeze: Callable[[datetime], None]
) -> None:
    with probe_app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.9"}):
        today = address_key()
        assert "203.0.113.9" not in today
        assert address_key() == today
        freeze(now() + timedelta(days=1))
        assert address_key() != today


@pytest.fixture
def without_redis(environment: dict[str, str]) -> FlaskClient:
    """A service whose Redis is not there."""
    from server.app import create_app
    from server.core.settings import Settings

    gone = environment | {"REDIS_URL": "redis://127.0.0.1:1/0", "RATE_LIMITS": "off"}
    made = create_app(Settings.from_env(gone))
    return made.test_client()


def test_without_redis_the_service_is_ready_and_says_degraded(app: Flask, without_redis: FlaskClient) -> None:
    answer = without_redis.get("/health/ready")
    assert answer.status_code == 200
    assert answer.get_json()["status"] == "degraded"
    assert any("Redis" in warning for warning in without_redis.get("/status").get_json()["warnings"])
