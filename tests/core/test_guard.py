"""Deny by default."""

import pytest
from flask.testing import FlaskClient


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_view_that_declares_nothing_is_closed(probe_client: FlaskClient) -> None:
    assert probe_client.get("/api/v1/probe/undeclared").status_code == 403


def test_without_a_token_a_level_is_401(probe_client: FlaskClient) -> None:
    answer = probe_client.get("/api/v1/probe/level-two")
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (401, "token_required")


def test_too_low_a_level_names_the_required_one(probe_client: FlaskClient) -> None:
    answer = probe_client.get("/api/v1/probe/level-two", headers=bearer("token-L1"))
    assert answer.status_code == 403
    assert answer.get_json(force=True)["code"] == "level_required"
    assert answer.get_json(force=True)["required_level"] == "L2"


@pytest.mark.parametrize("token", ["token-L2", "token-L3"])
def test_the_level_or_more_passes(probe_client: FlaskClient, token: str) -> None:
    assert probe_client.get("/api/v1/probe/level-two", headers=bearer(token)).status_code == 200


@pytest.mark.parametrize("header", ["Bearer unknown", "Bearer ", "Basic dTpw", "token-L2"])
def test_a_bad_token_is_401_even_where_none_is_needed(probe_client: FlaskClient, header: str) -> None:
    answer = probe_client.get("/api/v1/probe/who", headers={"Authorization": header})
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (401, "token_invalid")


def test_an_optional_token_is_used_when_given(probe_client: FlaskClient) -> None:
    assert probe_client.get("/api/v1/probe/who").get_json() == {"known": False}
    assert probe_client.get("/api/v1/probe/who", headers=bearer("token-L0")).get_json() == {"known": True}
