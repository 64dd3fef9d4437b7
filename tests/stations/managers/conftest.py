"""Workers who keep a place."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from server.core.access import Level
from server.stations.managers import codes
from server.stations.models import Station
from tests.sign_in import Headers, SignIn

Keep = Callable[..., Headers]


@pytest.fixture
def keep(client: FlaskClient, sign_in: SignIn) -> Keep:
    """`keep(station)` signs somebody in and makes them its manager, by a code; `who` makes another one of them."""

    def keep(station: Station, *, who: Headers | None = None) -> Headers:
        manager = who or sign_in(Level.L1)
        code = codes.issue(station=station, by="staff:7")
        answer = client.post("/api/v1/me/manager-bindings", json={"code": code}, headers=manager)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return manager

    return keep
