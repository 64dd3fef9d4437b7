"""Consents: versioned texts, each agreed to on its own."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from msgspec.structs import replace
from werkzeug.test import TestResponse

from server.core.audit import AuditEvent
from server.core.db import db
from server.core.errors import Problem
from server.identity import consents
from server.identity.consents import (
    GivenConsent,
    consent_texts,
    consents_of,
    in_force,
    record_consents,
    require_consents,
)
from server.identity.models import Consent, ConsentKey, DeskRequest, DeskState, Worker
from tests.me.test_verification import body_of
from tests.people import person
from tests.rosters import put_on_roster
from tests.sign_in import Headers, SignIn


def given(key: ConsentKey, version: str | None = None) -> GivenConsent:
    return GivenConsent(key, version or consent_texts()[key].version)


def test_the_texts_of_all_consents_are_served_in_plain_words(client: FlaskClient) -> None:
    answer = client.get("/api/v1/consents").get_json()
    keys = "terms identity face location health finance family sharing publication contact truth"
    assert [one["key"] for one in answer["items"]] == keys.split()
    assert answer["next_cursor"] is None
    for one in answer["items"]:
        assert one["version"]
        assert one["title"]
        assert len(one["text"]) > 30


def test_sensitive_data_have_a_tick_of_their_own(client: FlaskClient) -> None:
    separate = {one["key"] for one in client.get("/api/v1/consents").get_json()["items"] if one["separate"]}
    assert {"identity", "face", "location", "health", "finance"} <= separate
    assert "terms" not in separate


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Problem) as caught:
        require_consents([given(ConsentKey.TERMS)], needed={ConsentKey.TERMS, ConsentKey.HEALTH})
    assert caught.value.status == 422
    assert caught.value.code == "consent_required"
    assert list(caught.value.errors or ()) == ["consents.health"]


def test_a_tick_under_an_older_text_does_not_count() -> None:
    with pytest.raises(Problem) as caught:
        require_consents([given(ConsentKey.IDENTITY, "0")], needed={ConsentKey.IDENTITY})
    assert "已经更新" in (caught.value.errors or {})["consents.identity"][0]


def test_agreeing_twice_is_agreeing_once(sign_in: SignIn) -> None:
    headers = sign_in()
    for _ in range(2):
        record_consents(
            worker_id=headers.worker_id,
            given=[given(ConsentKey.TERMS), given(ConsentKey.IDENTITY), given(ConsentKey.TERMS)],
        )
    kept = consents_of(db.session(), headers.worker_id)
    assert {one.key for one in kept} == {ConsentKey.TERMS, ConsentKey.IDENTITY}
    assert len(kept) == 2


def test_each_consent_says_what_stops_when_it_is_taken_back_or_why_it_cannot_be(client: FlaskClient) -> None:
    for one in client.get("/api/v1/consents").get_json()["items"]:
        assert (one["stops"] is None) != (one["stays"] is None), one["key"]
    stay = [one["key"] for one in client.get("/api/v1/consents").get_json()["items"] if one["stays"]]
    assert stay == ["terms", "truth"]


def test_a_consent_is_given_by_itself_and_taken_back_by_itself(client: FlaskClient, sign_in: SignIn) -> None:
    headers = sign_in()
    assert _give(client, headers, ConsentKey.CONTACT).status_code == 200
    answer = _give(client, headers, ConsentKey.LOCATION)
    assert [one["key"] for one in answer.get_json()["items"]] == ["contact", "location"]
    answer = client.delete("/api/v1/me/consents/contact", headers=headers)
    assert [one["key"] for one in answer.get_json()["items"]] == ["location"]
    assert [one["key"] for one in client.get("/api/v1/me", headers=headers).get_json()["consents"]] == ["location"]
    assert not in_force(db.session(), worker_id=headers.worker_id, key=ConsentKey.CONTACT)
    assert in_force(db.session(), worker_id=headers.worker_id, key=ConsentKey.LOCATION)


def test_that_it_was_given_and_taken_back_stays_on_record(client: FlaskClient, sign_in: SignIn) -> None:
    headers = sign_in()
    _give(client, headers, ConsentKey.CONTACT)
    for _ in range(2):
        assert client.delete("/api/v1/me/consents/contact", headers=headers).status_code == 200
    (row,) = db.session.scalars(sa.select(Consent)).all()
    assert row.withdrawn_at is not None
    (event,) = db.session.scalars(sa.select(AuditEvent)).all()
    assert (event.action, event.detail) == ("consent.withdraw", {"key": "contact"})
    _give(client, headers, ConsentKey.CONTACT)
    assert len(db.session.scalars(sa.select(Consent)).all()) == 2


@pytest.mark.parametrize(("key", "word"), [("terms", "注销"), ("truth", "更正")])
def test_what_cannot_be_taken_back_says_what_to_do_instead(
    client: FlaskClient, sign_in: SignIn, key: str, word: str
) -> None:
    headers = sign_in()
    _give(client, headers, ConsentKey(key))
    answer = client.delete(f"/api/v1/me/consents/{key}", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_withdrawable")
    assert word in answer.get_json()["title"]
    assert in_force(db.session(), worker_id=headers.worker_id, key=ConsentKey(key))


def test_a_new_version_asks_again(client: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = sign_in()
    _give(client, headers, ConsentKey.CONTACT)
    old = consent_texts()
    newer = {**old, ConsentKey.CONTACT: replace(old[ConsentKey.CONTACT], version="99")}
    monkeypatch.setattr(consents, "consent_texts", lambda: newer)
    (shown,) = client.get("/api/v1/me", headers=headers).get_json()["consents"]
    assert shown["current"] is False
    assert not in_force(db.session(), worker_id=headers.worker_id, key=ConsentKey.CONTACT)
    stale = client.put("/api/v1/me/consents/contact", json={"version": "1"}, headers=headers)
    assert stale.status_code == 422
    answer = client.put("/api/v1/me/consents/contact", json={"version": "99"}, headers=headers)
    assert [(one["version"], one["current"]) for one in answer.get_json()["items"]] == [("99", True)]


def test_nobody_gives_or_takes_back_for_another(client: FlaskClient, sign_in: SignIn) -> None:
    mine, others = sign_in(), sign_in()
    _give(client, mine, ConsentKey.CONTACT)
    assert client.delete("/api/v1/me/consents/contact", headers=others).get_json()["items"] == []
    assert in_force(db.session(), worker_id=mine.worker_id, key=ConsentKey.CONTACT)
    assert client.delete("/api/v1/me/consents/contact").status_code == 401
    assert client.delete("/api/v1/me/consents/horoscope", headers=mine).status_code == 404


def test_without_the_consent_nobody_stays_verified_and_the_number_stays_theirs(
    client: FlaskClient, sign_in: SignIn
) -> None:
    put_on_roster(person(1), person(2))
    headers = sign_in()
    assert _verify(client, headers, 1) == {"level": "L2", "state": "matched"}
    client.delete("/api/v1/me/consents/identity", headers=headers)
    me = client.get("/api/v1/me", headers=headers).get_json()
    assert (me["level"], me["name_masked"], me["membership"], me["verification"]) == ("L1", None, None, None)
    db.session.expire_all()
    worker = db.session.get_one(Worker, headers.worker_id)
    assert (worker.name, worker.id_number) == (None, None)
    assert _verify(client, sign_in(), 1)["state"] == "manual", "nobody else takes the number meanwhile"
    assert _verify(client, headers, 2)["state"] == "manual", "and nobody else takes over the account"
    assert _verify(client, headers, 1)["state"] == "matched"


def test_what_waits_at_the_desk_goes_with_the_consent(client: FlaskClient, sign_in: SignIn) -> None:
    headers = sign_in()
    assert _verify(client, headers, 1)["state"] == "manual"
    client.delete("/api/v1/me/consents/identity", headers=headers)
    (request,) = db.session.scalars(sa.select(DeskRequest).execution_options(populate_existing=True)).all()
    assert (request.state, request.name, request.id_number) == (DeskState.REPLACED, None, None)


def _give(client: FlaskClient, headers: Headers, key: ConsentKey) -> TestResponse:
    return client.put(f"/api/v1/me/consents/{key}", json={"version": consent_texts()[key].version}, headers=headers)


def _verify(client: FlaskClient, headers: Headers, number: int) -> dict[str, str]:
    answer: dict[str, str] = client.post(
        "/api/v1/me/verification", json=body_of(person(number)), headers=headers
    ).get_json()
    return answer
