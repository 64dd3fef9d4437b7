"""Whom somebody has to ring up: only them, and every look at them is recorded."""

import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.core.audit import AuditEvent
from server.core.db import transaction
from server.identity.consents import withdraw
from server.identity.models import ConsentKey
from server.unions.models import TradeUnion
from server.unions.service import admit
from tests.notices.conftest import Reached
from tests.rosters import make_union
from tests.staff import make_staff


@pytest.fixture
def unreached(reached: Reached) -> Reached:
    """A worker who allows neither message nor SMS."""
    withdraw(worker_id=reached.worker_id, key=ConsentKey.CONTACT)
    return reached


@pytest.fixture(autouse=True)
def desk(app: Flask) -> None:
    make_staff("4107", "worker_desk")


def flask(app: Flask, *arguments: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["notices", *arguments])
    return done.exit_code, done.output


def recorded(action: str) -> list[tuple[str, str | None]]:
    with transaction() as session:
        return [(row.actor, row.subject_id) for row in session.query(AuditEvent).filter(AuditEvent.action == action)]


def test_who_was_not_reached_is_listed_with_the_phone_and_the_look_is_recorded(
    app: Flask, unreached: Reached, client: FlaskClient
) -> None:
    notice_id = unreached.tell()
    unreached.work()
    assert any("要打的电话" in line for line in client.get("/status").get_json()["warnings"])
    code, output = flask(app, "undelivered", "--by", "4107")
    assert code == 0
    assert all(part in output for part in (str(notice_id), unreached.phone, "有一件事要你补充", "2026-03-12 10:00"))
    assert recorded("notice.read_undelivered") == [("staff:4107", str(unreached.worker_id))]


def test_who_was_rung_up_is_off_the_list(app: Flask, unreached: Reached) -> None:
    notice_id = unreached.tell()
    unreached.work()
    assert flask(app, "called", str(notice_id), "--by", "4107")[0] == 0
    assert recorded("notice.call") == [("staff:4107", str(unreached.worker_id))]
    assert "共 0 人" in flask(app, "undelivered", "--by", "4107")[1]
    assert flask(app, "called", str(notice_id), "--by", "4107")[0] == 1
    assert flask(app, "called", str(uuid.uuid4()), "--by", "4107")[0] == 1


def test_a_message_in_doubt_is_listed_as_one(app: Flask, reached: Reached) -> None:
    reached.sms.fault("/v1/messages", status=502)
    reached.tell()
    reached.work()
    assert "可能已经收到" in flask(app, "undelivered", "--by", "4107")[1]


def test_who_was_reached_and_what_needs_no_call_is_not_listed(app: Flask, reached: Reached) -> None:
    reached.tell()
    reached.work()
    withdraw(worker_id=reached.worker_id, key=ConsentKey.CONTACT)
    reached.tell("case.done")
    reached.work()
    assert "共 0 人" in flask(app, "undelivered", "--by", "4107")[1]
    assert recorded("notice.read_undelivered") == []


def test_members_are_rung_up_by_their_own_unions_staff_and_only_by_them(app: Flask, unreached: Reached) -> None:
    notice_id = unreached.tell()
    unreached.work()
    street, other = make_union("GH1"), make_union("GH2")
    firm = make_union("GH3", under=street)
    with transaction() as session:
        session.get_one(TradeUnion, firm.id).firm_side = True
        admit(session, worker_id=unreached.worker_id, union=firm)
    make_staff("4200", "worker_desk", union=firm)
    make_staff("4201", "worker_desk", union=street)
    make_staff("4202", "worker_desk", union=other)
    make_staff("4203", "legal_coordinator")
    for number in ("4203", "9999"):
        assert "这个工号办不了这件事" in flask(app, "undelivered", "--by", number)[1]
        assert flask(app, "called", str(notice_id), "--by", number)[0] == 1
    for number in ("4202", "4200"):  # the next street's; the employer's own, whatever the message is about
        assert "共 0 人" in flask(app, "undelivered", "--by", number)[1]
        assert flask(app, "called", str(notice_id), "--by", number)[0] == 1
    assert recorded("notice.read_undelivered") == []
    assert "共 1 人" in flask(app, "undelivered", "--by", "4201")[1]
    assert flask(app, "called", str(notice_id), "--by", "4201")[0] == 0
