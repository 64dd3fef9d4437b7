"""A consent that is taken back while a case is under way."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases.models import Case
from server.core.access import Level
from server.core.db import db
from tests.cases.conftest import Desk, Follow, Submit, consents
from tests.sign_in import SignIn

PLACE = {"lat": 22.541234, "lng": 114.057868}


def test_places_go_with_the_consent_and_staff_are_told(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow, desk: Desk
) -> None:
    headers, other = sign_in(), sign_in()
    for who in (headers, other):
        case = submit("grievance", who, place=PLACE, consents=consents("terms", "location"))
    mine = client.get("/api/v1/me/cases", headers=headers).get_json()["items"][0]
    assert client.delete("/api/v1/me/consents/location", headers=headers).status_code == 200
    read = follow(mine, headers).read()
    assert "place" not in read
    assert [message["text"] for message in read["messages"]] == ["我不再同意《使用你现在的位置》。"]
    assert "不再同意" in desk.run("show", mine["no"]).output
    assert "place" in follow(case, other).read()


def test_only_cases_that_rest_on_it_are_told(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow
) -> None:
    headers = sign_in(Level.L2)
    plain = submit("grievance", headers)
    placed = submit("grievance", headers, place=PLACE, consents=consents("terms", "location"))
    withdrawn = submit("grievance", headers, place=PLACE, consents=consents("terms", "location"))
    assert follow(withdrawn, headers).post("withdrawal", {}).status_code == 200
    client.delete("/api/v1/me/consents/location", headers=headers)
    told = [len(follow(case, headers).read()["messages"]) for case in (plain, placed, withdrawn)]
    assert told == [0, 1, 0]


@pytest.mark.parametrize("key", ["contact", "identity"])
def test_what_concerns_no_case_leaves_cases_alone(
    client: FlaskClient, sign_in: SignIn, submit: Submit, key: str
) -> None:
    headers = sign_in()
    submit("grievance", headers)
    before = db.session.scalar(sa.select(Case.version))
    client.put(f"/api/v1/me/consents/{key}", json={"version": consents(key)[0]["version"]}, headers=headers)
    assert client.delete(f"/api/v1/me/consents/{key}", headers=headers).status_code == 200
    assert db.session.scalar(sa.select(Case.version)) == before
