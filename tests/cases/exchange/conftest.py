"""12345 as it talks to the service, and a case that is handed to it."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.cases.models import Case
from server.core import clock
from server.core.access import Level
from server.core.db import db
from server.core.jobs import run_worker
from server.core.signed_requests import signed_headers
from tests.cases.conftest import Desk, Follow, Submit, consents
from tests.sign_in import Headers, SignIn
from tests.standins import CITY_APP_ID, CITY_SECRET, StandIn

PATH = "/api/v1/city/messages"
ORDER = {
    "word": "order",
    "order_no": "SZ-1",
    "seq": 1,
    "text": "来电人说站点拖欠两个月工资，要求帮助。",
    "category": "欠薪",
    "due_at": "2026-03-20T18:00:00+08:00",
    "caller": {"name": "测来电", "phone": "19900000781"},
}
ANEW = "有配送员反映站点没有说明就多收费用，请了解这一带站点的收费情况。"
"""Written by the handler, not by the worker."""

Push = Callable[..., TestResponse]
Handed = dict[str, Any]


@pytest.fixture(autouse=True)
def _connected(city_standin: StandIn) -> None:
    """With 12345."""


@pytest.fixture
def push(client: FlaskClient) -> Push:
    """12345 says something."""

    def send(message: Mapping[str, Any] | bytes, *, secret: str = CITY_SECRET, off: timedelta = timedelta()) -> Any:
        body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
        headers = signed_headers(
            method="POST", path=PATH, body=body, app_id=CITY_APP_ID, secret=secret, at=clock.now() + off
        )
        return client.post(PATH, data=body, headers=headers)

    return send


def taken(answer: TestResponse) -> bool:
    assert answer.status_code == 200, answer.text
    return bool(answer.json["taken"])


def only_case() -> Case:
    db.session.rollback()
    return db.session.scalars(sa.select(Case)).one()


def work(app: Flask) -> None:
    run_worker(app, wait=False, periodic_tasks=False)
    db.session.rollback()


def told(city: StandIn, no: str) -> list[dict[str, Any]]:
    """What 12345 was told of a case."""
    return [message for message in city.messages() if message["our_no"] == no]


@pytest.fixture
def worker(sign_in: SignIn) -> Headers:
    return sign_in(Level.L2)


@pytest.fixture
def handed_over(app: Flask, submit: Submit, follow: Follow, worker: Headers, desk: Desk) -> dict[str, Any]:
    """A named case that its worker agreed to pass on, and the handler did."""
    case = submit("grievance", worker)
    desk.do(case, "accept", "ask_city")
    agreed = follow(case, worker).post("agreement", {"consents": consents("sharing")})
    assert agreed.status_code == 200, agreed.json
    desk.do(case, ("to_city", ANEW))
    return case
