"""What the staff can do on the command line."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from server.activities.models import ActivityGroup
from server.core.audit import AuditEvent
from server.core.clock import SHANGHAI, now
from server.core.db import db
from server.unions.models import TradeUnion
from tests.activities.conftest import Announce
from tests.rosters import make_union
from tests.sign_in import SignIn
from tests.staff import make_staff

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, union: TradeUnion) -> Run:
    make_staff("0042", "street_worker", union=union)

    def flask(command: str, *arguments: object) -> Result:
        by = [] if command == "list" else ["--by", "0042"]
        return app.test_cli_runner().invoke(args=["activities", command, *map(str, arguments), *by])

    return flask


def described(**changes: str) -> str:
    def at(days: int) -> str:
        return (now() + timedelta(days=days)).astimezone(SHANGHAI).isoformat(timespec="seconds")

    lines = {
        "title": "免费理发",
        "kind": "care",
        "summary": "退伍老师傅义务理发。",
        "place": "福田区园岭街道",
        "district_code": "'440304'",
        "organiser": "GH1",
        "opens_at": at(-1),
        "closes_at": at(1),
        "cancel_until": at(1),
        "starts_at": at(2),
        "ends_at": at(3),
        "required_level": "L1",
        "waiting_list": "true",
        "groups": "[{key: all, name: 所有人, capacity: 20}]",
    } | changes
    return "\n".join(f"{key}: {value}" for key, value in lines.items())


def test_an_activity_from_a_file_can_be_signed_up_for(
    run: Run, tmp_path: Path, client: FlaskClient, sign_in: SignIn
) -> None:
    file = tmp_path / "haircut.yaml"
    file.write_text(described())
    made = run("announce", file)
    assert made.exit_code == 0, made.output
    activity_id = made.output.strip()
    assert client.post(f"/api/v1/activities/{activity_id}/signups", headers=sign_in()).status_code == 201
    shown = client.get(f"/api/v1/activities/{activity_id}").json
    assert (shown["title"], shown["waiting_list"], shown["groups"][0]["seats_left"]) == ("免费理发", True, 19)
    assert "19 of 20 left  所有人" in run("list").output


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "haircut"}, "kind"),
        ({"district_code": "44"}, "district_code"),
        ({"groups": "[{key: all}]"}, "capacity"),
        ({"organiser": "GH9"}, "organiser"),
        ({"ends_at": "2020-01-01T00:00:00+08:00"}, "the times are not in order"),
    ],
)
def test_a_file_with_a_mistake_is_refused_by_name(run: Run, tmp_path: Path, change: dict[str, str], said: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(described(**change))
    refused = run("announce", file)
    assert refused.exit_code == 1
    assert said in refused.output


def test_an_activity_is_called_off_with_a_reason(run: Run, announce: Announce, client: FlaskClient) -> None:
    activity_id = announce()
    assert run("call-off", activity_id).exit_code == 2
    assert run("call-off", activity_id, "--reason", "台风").output == "called off, 0 told\n"
    assert client.get(f"/api/v1/activities/{activity_id}").json["status"] == "cancelled"
    assert "no such activity" in run("call-off", uuid.uuid4(), "--reason", "台风").output


def test_seats_are_added_by_who_has_the_activity_in_hand_and_never_taken_from_under_anybody(
    run: Run, announce: Announce, client: FlaskClient, sign_in: SignIn
) -> None:
    activity_id = announce(seats=1, waiting_list=True)
    for _ in range(3):
        client.post(f"/api/v1/activities/{activity_id}/signups", headers=sign_in())
    pool_id = db.session.scalar(sa.select(ActivityGroup.pool_id))
    assert run("seats", pool_id, 2).output == "2 seats, 1 promoted from the waiting list\n"
    refused = run("seats", pool_id, 1)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: 2 seats are taken, 1 would be too few. You can:\n- set it to 2")
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "seats.capacity")).one()
    assert (event.actor, event.detail) == ("staff:0042", {"before": 1, "wanted": 2})


def test_only_the_unions_own_staff_announce_call_off_and_remove(
    app: Flask, announce: Announce, client: FlaskClient, sign_in: SignIn, tmp_path: Path
) -> None:
    activity_id = announce()
    signup_id = client.post(f"/api/v1/activities/{activity_id}/signups", headers=sign_in()).json["id"]
    file = tmp_path / "haircut.yaml"
    file.write_text(described())
    make_staff("0043", "street_worker", union=make_union("GH2"))
    for command in (
        ["announce", file],
        ["call-off", activity_id, "--reason", "x"],
        ["remove", signup_id, "--reason", "x"],
    ):
        refused = app.test_cli_runner().invoke(args=["activities", *map(str, command), "--by", "0043"])
        assert (refused.exit_code, "这个工号办不了这件事" in refused.output) == (1, True)
    (shown,) = client.get("/api/v1/activities").json["items"]
    assert (shown["id"], shown["status"]) == (str(activity_id), "open")
