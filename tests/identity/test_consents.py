"""Consents: versioned texts, each agreed to on its own."""

import pytest
from flask.testing import FlaskClient

from server.core.db import db
from server.core.errors import Problem
from server.identity.consents import GivenConsent, consent_texts, consents_of, record_consents, require_consents
from server.identity.models import ConsentKey
from tests.sign_in import SignIn


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
