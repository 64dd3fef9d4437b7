"""Cases for the staff to work on, sent by workers as they send them."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.core.access import Level
from server.core.db import transaction
from server.unions.models import TradeUnion
from server.unions.service import admit
from tests.cases.conftest import submission
from tests.desk import Desk, desk_of
from tests.sign_in import Headers, SignIn
from tests.staff import make_district

Send = Callable[..., str]


@pytest.fixture(autouse=True)
def _nothing_kept_yet(shared_app: Flask) -> None:
    """The tables are empty before each test; the process has to learn that again."""
    shared_app.extensions["warmbee_services"].kept.clear()


@pytest.fixture
def send(app: Flask, client: FlaskClient) -> Send:
    """`send(headers)` sends a grievance and returns its number; `send()` sends it anonymously. There is a district."""
    make_district()

    def send(headers: Mapping[str, str] | None = None, service: str = "grievance", **others: Any) -> str:
        if headers is None:
            others["identity_mode"] = "anonymous"
        key = {"Idempotency-Key": str(uuid.uuid4())}
        answer = client.post("/api/v1/cases", json=submission(service, **others), headers={**(headers or {}), **key})
        assert answer.status_code == 201, answer.json
        return str(answer.json["no"])

    return send


@pytest.fixture
def desk(app: Flask) -> Desk:
    """The district's department, signed in."""
    return desk_of(app, "A0001", "district_rights")


@pytest.fixture
def no(sign_in: SignIn, send: Send) -> str:
    """Number of a grievance that somebody sent by name."""
    return send(sign_in(Level.L1))


def enrol(headers: Headers, union: TradeUnion) -> Headers:
    """Make the worker a member of this union."""
    with transaction() as session:
        admit(session, worker_id=headers.worker_id, union=union)
    return headers
