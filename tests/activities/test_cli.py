"""What the staff can do on the command line."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from server.core.clock import SHANGHAI, now
from server.unions.models import TradeUnion
from tests.activities.conftest import Announce
from tests.sign_in import SignIn

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, union: TradeUnion) -> Run:
    return lambda *arguments: app.test_cli_runner().invoke(args=["activities", *map(str, arguments)])


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
