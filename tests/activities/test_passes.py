"""The code at the door and the calendar entry: for who has a seat, and nobody else."""

import base64
import struct
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import Result
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from flask.testing import FlaskClient

from server.activities.planning import call_off
from server.core.clock import now
from server.core.settings import settings
from server.core.signing import Signer
from tests.activities.conftest import Announce
from tests.sign_in import Headers, SignIn

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *arguments: app.test_cli_runner().invoke(args=["activities", *map(str, arguments)])


def sign_up(client: FlaskClient, activity_id: uuid.UUID, who: Headers) -> str:
    answer = client.post(f"/api/v1/activities/{activity_id}/signups", json={}, headers=who)
    assert answer.status_code == 201
    return str(answer.json["id"])


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_scanner_without_a_network_checks_the_code_with_the_public_key(
    announce: Announce, client: FlaskClient, sign_in: SignIn
) -> None:
    activity_id, who = announce(), sign_in()
    signup_id = sign_up(client, activity_id, who)
    shown = client.get(f"/api/v1/signups/{signup_id}/pass", headers=who).json
    key = client.get("/api/v1/pass-keys").json["items"][0]

    version, payload, signature = shown["code"].split(".")
    public = Ed25519PublicKey.from_public_bytes(unpadded(key["public_key"]))
    public.verify(unpadded(signature), f"{version}.{payload}".encode())
    kid, activity, signup, seat_no, _, until = struct.unpack(">4s16s16sIII", unpadded(payload))

    assert (version, kid.hex()) == ("WBP1", key["kid"])
    assert (uuid.UUID(bytes=activity), str(uuid.UUID(bytes=signup)), seat_no) == (activity_id, signup_id, 1)
    ends = client.get(f"/api/v1/activities/{activity_id}").json["ends_at"]
    assert shown["expires_at"] == ends
    assert abs(until - (now() + timedelta(days=3, hours=2)).timestamp()) < 60
    with pytest.raises(InvalidSignature):
        public.verify(unpadded(signature), f"{version}.{payload[:-1]}A".encode())


def test_the_pass_says_where_to_go(announce: Announce, client: FlaskClient, sign_in: SignIn) -> None:
    who = sign_in()
    shown = client.get(f"/api/v1/signups/{sign_up(client, announce(), who)}/pass", headers=who).json
    assert (shown["title"], shown["place"], shown["group_name"], shown["seat_no"]) == (
        "免费体检",
        "福田区福民路 12 号",
        "所有人",
        1,
    )


@pytest.mark.parametrize("what", ["pass", "calendar.ics"])
def test_somebody_elses_sign_up_does_not_exist_for_me(
    announce: Announce, client: FlaskClient, sign_in: SignIn, what: str
) -> None:
    signup_id = sign_up(client, announce(), sign_in())
    for wanted in (signup_id, uuid.uuid4()):
        assert client.get(f"/api/v1/signups/{wanted}/{what}", headers=sign_in()).status_code == 404
    assert client.get(f"/api/v1/signups/{signup_id}/{what}").status_code == 401


@pytest.mark.parametrize("what", ["pass", "calendar.ics"])
def test_without_a_seat_there_is_no_way_in(announce: Announce, client: FlaskClient, sign_in: SignIn, what: str) -> None:
    activity_id, first, second = announce(seats=1, waiting_list=True), sign_in(), sign_in()
    held = sign_up(client, activity_id, first)
    waiting = sign_up(client, activity_id, second)
    refused = client.get(f"/api/v1/signups/{waiting}/{what}", headers=second)
    assert (refused.status_code, refused.get_json(force=True)["code"]) == (409, "no_seat")
    assert "第 1 位" in refused.get_json(force=True)["title"]

    client.delete(f"/api/v1/activities/{activity_id}/signups/mine", headers=first)
    assert client.get(f"/api/v1/signups/{held}/{what}", headers=first).status_code == 409
    assert client.get(f"/api/v1/signups/{waiting}/{what}", headers=second).status_code == 200


def test_what_is_over_or_called_off_has_no_pass(
    announce: Announce, client: FlaskClient, sign_in: SignIn, freeze: Callable[..., None]
) -> None:
    who, called, over = sign_in(), announce(), announce()
    tickets = [sign_up(client, activity_id, who) for activity_id in (called, over)]
    call_off(activity_id=called, reason="台风", actor="system")
    answer = client.get(f"/api/v1/signups/{tickets[0]}/pass", headers=who)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (409, "called_off")
    freeze(now() + timedelta(days=4))
    answer = client.get(f"/api/v1/signups/{tickets[1]}/pass", headers=who)
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (409, "over")


def test_the_calendar_entry_is_a_file_of_its_own(announce: Announce, client: FlaskClient, sign_in: SignIn) -> None:
    who = sign_in()
    signup_id = sign_up(client, announce(), who)
    answer = client.get(f"/api/v1/signups/{signup_id}/calendar.ics", headers=who)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert f"UID:{signup_id}@warmbee\r\n" in answer.get_data(as_text=True)
    assert "SUMMARY:免费体检\r\n" in answer.get_data(as_text=True)


def test_the_door_can_ask_whether_the_seat_still_stands(
    announce: Announce, client: FlaskClient, sign_in: SignIn, run: Run, freeze: Callable[..., None]
) -> None:
    who, activity_id = sign_in(), announce()
    signup_id = sign_up(client, activity_id, who)
    code = client.get(f"/api/v1/signups/{signup_id}/pass", headers=who).json["code"]
    assert run("pass", code).output == "免费体检  所有人  seat 1\n"
    assert "not a pass" in run("pass", code[:-8] + "AAAAAAAA").output
    assert "not a pass" in run("pass", "WBP1.什么.都不是").output
    client.delete(f"/api/v1/activities/{activity_id}/signups/mine", headers=who)
    assert "given up" in run("pass", code).output
    freeze(now() + timedelta(days=4))
    assert run("pass", code).exit_code == 1


def test_a_membership_card_does_not_pass_for_a_code(
    announce: Announce, client: FlaskClient, sign_in: SignIn, run: Run
) -> None:
    foreign = Signer(settings().signing_key, purpose="membership card").sign("WBP1", bytes(48))
    assert "not a pass" in run("pass", foreign).output
