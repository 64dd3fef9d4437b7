"""The error tracker learns kind and place of an error, and nothing about people."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sentry_sdk
from flask import Flask
from flask.testing import FlaskClient
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from server.core.settings import settings
from server.core.tracking import init_tracking

sent: list[dict[str, Any]] = []


class Kept(Transport):
    """Keeps what would be sent."""

    def capture_envelope(self, envelope: Envelope) -> None:
        event = envelope.get_event()
        if event is not None:
            sent.append(event)


@pytest.fixture
def tracked(probe_client: FlaskClient, probe_app: Flask) -> Iterator[FlaskClient]:
    sent.clear()
    with probe_app.app_context():
        init_tracking(replace(settings(), sentry_dsn="http://key@127.0.0.1:9/1"), transport=Kept)
    yield probe_client
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def test_an_unexpected_error_is_reported_without_what_was_typed(tracked: FlaskClient) -> None:
    tracked.get("/api/v1/probe/crash?q=19900000001", headers={"Cookie": "a=b", "X-Device": "device-number-1"})
    assert len(sent) == 1
    text = json.dumps(sent[0], ensure_ascii=False, default=str)
    assert "ValueError" in text
    assert "crash" in text
    for secret in ("19900000001", "测小", "device-number-1", "a=b"):
        assert secret not in text


def test_without_a_dsn_nothing_is_set_up(probe_client: FlaskClient) -> None:
    init_tracking(settings())
    assert not sentry_sdk.get_client().is_active()
