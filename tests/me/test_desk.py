"""Verifications that wait for a person: `flask verification …`."""

import uuid

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import db
from server.identity.models import DeskRequest, DeskState
from tests.me.conftest import Run, verify_as
from tests.people import person
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff


def test_what_waits_is_listed_without_names_and_numbers(run: Run, waiting: Headers) -> None:
    assert run("list").exit_code == 2
    output = run("list", "--by", "0042").output
    assert str(_request().id) in output
    assert "测*" in output
    assert person(1).name not in output
    assert person(1).id_number not in output
    (event,) = db.session.scalars(sa.select(AuditEvent)).all()
    assert (event.actor, event.action, event.detail) == ("staff:0042", "verification.read_list", {"requests": 1})


def test_reading_one_shows_what_to_compare_and_is_recorded(run: Run, waiting: Headers) -> None:
    output = run("show", _request().id, "--by", "0042").output
    assert person(1).name in output
    assert person(1).id_number in output
    (event,) = db.session.scalars(sa.select(AuditEvent)).all()
    assert (event.actor, event.action, event.subject_id) == ("staff:0042", "verification.read", str(_request().id))


def test_who_is_approved_is_verified_at_once_and_told(client: FlaskClient, run: Run, waiting: Headers) -> None:
    client.get("/api/v1/me", headers=waiting)
    assert run("approve", _request().id, "--by", "0042").exit_code == 0
    me = client.get("/api/v1/me", headers=waiting).get_json()
    assert (me["level"], me["name_masked"], me["verification"]["state"]) == ("L2", "测*", "matched")
    (notice,) = client.get("/api/v1/notices", headers=waiting).get_json()["items"]
    assert notice["title"] == "实名认证通过了"
    request = _request()
    assert (request.state, request.name, request.id_number) == (DeskState.APPROVED, None, None)


def test_who_is_refused_is_told_why_and_may_try_again(client: FlaskClient, run: Run, waiting: Headers) -> None:
    why = "姓名和证件上的不一样，请照证件上的填。"
    assert run("refuse", _request().id, "--by", "0042", "--because", why).exit_code == 0
    me = client.get("/api/v1/me", headers=waiting).get_json()
    assert (me["level"], me["verification"]["state"], me["verification"]["reason"]) == ("L1", "refused", why)
    (notice,) = client.get("/api/v1/notices", headers=waiting).get_json()["items"]
    assert why in notice["body"]
    request = _request()
    assert (request.name, request.id_number) == (None, None)
    assert verify_as(client, waiting, 2)["state"] == "manual"


def test_a_number_of_another_account_is_not_approved(
    client: FlaskClient, run: Run, sign_in: SignIn, waiting: Headers
) -> None:
    sign_in(Level.L2, who=person(1))
    result = run("approve", _request().id, "--by", "0042")
    assert result.exit_code == 1
    assert "另一个账号" in result.output
    assert client.get("/api/v1/me", headers=waiting).get_json()["level"] == "L1"
    assert _request().state is DeskState.OPEN


@pytest.mark.parametrize("command", [("show",), ("approve",), ("refuse", "--because", "x")])
def test_what_was_decided_is_decided_once(run: Run, waiting: Headers, command: tuple[str, ...]) -> None:
    decided = _request().id
    run("approve", decided, "--by", "0042")
    for request_id in (decided, uuid.uuid4()):
        result = run(command[0], request_id, "--by", "0042", *command[1:])
        assert result.exit_code == 1
        assert "没有这条申请" in result.output


@pytest.mark.parametrize("command", [("show",), ("approve",), ("refuse", "--because", "x")])
@pytest.mark.parametrize("number", ["0099", "5000"])
def test_only_whoever_has_the_role_reads_and_decides(
    run: Run, waiting: Headers, command: tuple[str, ...], number: str
) -> None:
    make_staff("5000", "city_viewer")
    result = run(command[0], _request().id, "--by", number, *command[1:])
    assert result.exit_code == 1
    assert "办不了这件事" in result.output
    assert person(1).name not in result.output
    assert _request().state is DeskState.OPEN
    assert db.session.scalars(sa.select(AuditEvent)).all() == []


def _request() -> DeskRequest:
    db.session.expire_all()
    return db.session.scalars(sa.select(DeskRequest)).one()
