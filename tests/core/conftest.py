"""An application with probe routes, to try the technical ground without any domain."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import fields

from server.app import create_app
from server.core.access import Level, Principal
from server.core.audit import record
from server.core.db import db, read_only
from server.core.errors import conflict, too_many
from server.core.limits import limiter, was_made
from server.core.redis import redis_client
from server.core.schema import Answer, Body, between, text
from server.core.settings import Settings
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, principal, register_principal_loader
from server.core.web.idempotency import idempotent

WORKERS = {
    f"token-{level.name}": Principal(uuid.uuid5(uuid.NAMESPACE_URL, level.name), level, uuid.uuid4()) for level in Level
}

probe = ApiBlueprint("probe", __name__)


class ThingBody(Body):
    name = text(1, 10, required=True)
    rows = fields.List(fields.Nested(Body.from_dict({"paid": fields.Integer(required=True, validate=between(0, 9))})))


class ThingAnswer(Answer):
    name = fields.String(required=True)
    secret = fields.String(required=True)


@probe.route("/probe/things", methods=["POST"])
@access(Level.L0)
@idempotent
@probe.arguments(ThingBody)
@probe.response(201, ThingAnswer)
@probe.problems(409)
def create_thing(body: dict[str, Any]) -> dict[str, str]:
    """Writes one audit row, so that a test can count how often it ran."""
    record(actor="system", action="probe", subject_kind="thing", subject_id=body["name"])
    if body["name"] == "conflict":
        raise conflict("taken", "已经有了")
    return {"name": body["name"], "secret": uuid.uuid4().hex}


@probe.route("/probe/level-two")
@access(Level.L2)
@read_only
def level_two() -> dict[str, str]:
    caller = principal()
    assert caller is not None
    return {"worker": str(caller.worker_id)}


@probe.route("/probe/who")
@access(Level.L0)
@read_only
def who() -> dict[str, bool]:
    return {"known": principal() is not None}


@probe.route("/probe/crash")
@access.public
def crash() -> dict[str, str]:
    raise ValueError("测小蜂 typed 19900000001")


@probe.route("/probe/undeclared")
def undeclared() -> dict[str, str]:
    return {}


@probe.route("/probe/limited")
@access.public
@limiter.limit("2/minute")
def limited() -> dict[str, str]:
    return {}


@probe.route("/probe/limited", methods=["POST"])
@access(Level.L0)
@idempotent
@limiter.limit("1/minute", deduct_when=was_made)
@probe.arguments(ThingBody)
@probe.response(201, ThingAnswer)
def make_limited(body: dict[str, Any]) -> dict[str, str]:
    if body["name"] == "later":
        raise too_many(retry_after=7)
    return {"name": body["name"], "secret": uuid.uuid4().hex}


@probe.route("/probe/writes-while-reading")
@access.public
@read_only
def writes_while_reading() -> dict[str, str]:
    record(actor="system", action="probe", subject_kind="thing")
    return {}


@pytest.fixture(scope="session")
def probe_app(environment: dict[str, str]) -> Flask:
    made = create_app(Settings.from_env(environment | {"RATE_LIMITS": "on"}))
    made.extensions["warmbee_api"].register_blueprint(probe)
    register_principal_loader(made, WORKERS.get)
    # One limiter serves every application of this process, and the others' limits are off.
    limiter.enabled = False
    return made


@pytest.fixture
def limits_on(probe_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", True)


@pytest.fixture
def probe_client(app: Flask, probe_app: Flask) -> Iterator[FlaskClient]:
    """Talks to the probe routes; `app` empties the tables and Redis afterwards."""
    with probe_app.app_context():
        redis_client().flushdb()
        yield probe_app.test_client()
        db.session.remove()
