"""The desk at the command line, and somebody who waits there."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from server.core.access import Level
from tests.me.test_verification import body_of
from tests.people import person
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff

Run = Callable[..., Result]

DESK = ("0042", "0043", "0044")
"""Numbers of those who work at the desk."""


@pytest.fixture
def run(app: Flask) -> Run:
    """`run("show", id, …)` is `flask verification show …`; `group="account"` is `flask account …`."""

    for number in DESK:
        make_staff(number, "worker_desk")

    def flask(*arguments: object, group: str = "verification") -> Result:
        return app.test_cli_runner().invoke(args=[group, *map(str, arguments)])

    return flask


@pytest.fixture
def waiting(client: FlaskClient, sign_in: SignIn) -> Headers:
    """A worker whose verification waits for a person."""
    headers = sign_in(Level.L1)
    assert verify_as(client, headers, 1)["state"] == "manual"
    return headers


def verify_as(client: FlaskClient, headers: dict[str, str], number: int, **changes: Any) -> dict[str, Any]:
    """Claim to be a test person; what the service answers."""
    body = body_of(person(number), **changes)
    answer: dict[str, Any] = client.post("/api/v1/me/verification", json=body, headers=headers).get_json()
    return answer
