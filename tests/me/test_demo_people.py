"""Demo people sign in by name, everywhere but in production."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dev.demo import people, unions
from server.app import create_app
from server.core.access import Level
from server.core.clock import today
from server.core.settings import settings
from server.identity.demo import demo_people
from server.identity.papers import IdType, read_id_number

IDENTITIES = "/api/v1/dev/identities"
SESSIONS = "/api/v1/sessions"


@pytest.fixture
def loaded(app: Flask) -> None:
    unions.load()
    people.load()


def test_everybody_of_the_file_is_offered_and_can_sign_in(client: FlaskClient, loaded: None) -> None:
    offered = client.get(IDENTITIES).get_json()["items"]
    assert [one["key"] for one in offered] == [person.key for person in demo_people()]
    for one in offered:
        answer = client.post(SESSIONS, json={"code": one["code"]})
        assert answer.status_code == 201
        assert answer.get_json()["worker"]["level"] == one["level"]


def test_there_are_people_of_every_level_and_several_who_can_verify(client: FlaskClient, loaded: None) -> None:
    offered = client.get(IDENTITIES).get_json()["items"]
    assert {one["level"] for one in offered} == {level.name for level in Level}
    assert len([one for one in offered if one["level"] == "L1" and one["on_roster"]]) >= 2


def test_verified_people_of_a_roster_are_members_with_a_card(client: FlaskClient, loaded: None) -> None:
    listed = {person.key for person in demo_people() if person.union is not None}
    for one in client.get(IDENTITIES).get_json()["items"]:
        session = client.post(SESSIONS, json={"code": one["code"]}).get_json()
        card = client.get("/api/v1/me/card", headers={"Authorization": f"Bearer {session['token']}"})
        verified = one["level"] in {"L2", "L3"} and one["key"] in listed
        assert (session["worker"]["membership"] is not None) is verified
        assert card.status_code == (200 if verified else 409)


def test_the_numbers_are_synthetic_and_right(app: Flask) -> None:
    for person in demo_people():
        assert person.id_number.startswith("990304")
        read_id_number(IdType.RESIDENT_ID, person.id_number, today=today(), allow_synthetic=True)


def test_loading_twice_adds_nobody(client: FlaskClient, loaded: None) -> None:
    before = client.get(IDENTITIES).get_json()
    unions.load()
    assert "0 of them new" in people.load()
    assert client.get(IDENTITIES).get_json() == before


def test_a_demo_code_of_nobody_is_a_bad_code(client: FlaskClient, loaded: None) -> None:
    answer = client.post(SESSIONS, json={"code": "demo:nobody"})
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "wechat_code_invalid"


def test_production_knows_no_demo_people(app: Flask, environment: dict[str, str], wechat_standin: object) -> None:
    unions.load()
    people.load()
    production = create_app(replace(settings(), environment=type(settings().environment).PRODUCTION))
    client = production.test_client()
    assert client.get(IDENTITIES).status_code == 404
    assert "/api/v1/dev/identities" not in production.extensions["warmbee_api"].spec.to_dict()["paths"]
    answer = client.post(SESSIONS, json={"code": "demo:zhaomin"})
    assert answer.status_code == 401
