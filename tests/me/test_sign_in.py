"""Signing in through WeChat, and confirming a phone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.core.access import Level
from server.core.db import db
from server.identity import service
from server.identity.models import WeChatLogin, Worker
from tests.people import person
from tests.sign_in import SignIn
from tests.standins import StandIn

SESSIONS = "/api/v1/sessions"
ME = "/api/v1/me"
PHONE = "/api/v1/me/phone"
CODE2SESSION = "/sns/jscode2session"
PHONE_NUMBER = "/wxa/business/getuserphonenumber"


def fresh_code(wechat: StandIn, openid: str | None = None) -> str:
    code: str = wechat.control("POST", "codes", {"openid": openid} if openid else {})["code"]
    return code


def bearer(answer: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.get_json()['token']}"}


def test_a_new_wechat_user_is_a_guest_with_a_token(client: FlaskClient, wechat_standin: StandIn) -> None:
    answer = client.post(SESSIONS, json={"code": fresh_code(wechat_standin)})
    assert answer.status_code == 201
    worker = answer.get_json()["worker"]
    assert worker["level"] == "L0"
    assert worker["phone_masked"] is worker["name_masked"] is worker["membership"] is None
    me = client.get(ME, headers=bearer(answer))
    assert me.status_code == 200
    assert me.get_json()["id"] == worker["id"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_same_wechat_user_comes_back_to_the_same_account(client: FlaskClient, wechat_standin: StandIn) -> None:
    ids = {
        client.post(SESSIONS, json={"code": fresh_code(wechat_standin, "openid-of-one")}).get_json()["worker"]["id"]
        for _ in range(2)
    }
    assert len(ids) == 1


def test_a_code_works_once(client: FlaskClient, wechat_standin: StandIn) -> None:
    code = fresh_code(wechat_standin)
    client.post(SESSIONS, json={"code": code})
    answer = client.post(SESSIONS, json={"code": code})
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "wechat_code_invalid"


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"errcode": 40029}, 401),
        ({"errcode": 40226}, 403),
        ({"errcode": 45011}, 429),
        ({"errcode": 40125}, 503),
        ({"status": 502, "times": 9}, 503),
    ],
)
def test_what_wechat_refuses_is_told_as_the_contract_has_it(
    client: FlaskClient, wechat_standin: StandIn, fault: dict[str, int], status: int
) -> None:
    code = fresh_code(wechat_standin)
    wechat_standin.fault(CODE2SESSION, **fault)
    answer = client.post(SESSIONS, json={"code": code})
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert (status in {429, 503}) is ("Retry-After" in answer.headers)


def test_a_token_that_ran_out_does_not_keep_one_from_signing_in(client: FlaskClient, wechat_standin: StandIn) -> None:
    answer = client.post(SESSIONS, json={"code": fresh_code(wechat_standin)}, headers={"Authorization": "Bearer gone"})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"phone": "19900000001"},
        {"sms_code": "123456"},
        {"code": "x", "phone": "19900000001"},
        {"code": ""},
        {"code": 5},
        {"code": "x", "openid": "mine"},
        {"phone": "12", "sms_code": "123456"},
    ],
)
def test_a_body_that_is_neither_is_refused(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post(SESSIONS, json=body).status_code == 422


def test_signing_in_again_takes_few_queries(
    client: FlaskClient, wechat_standin: StandIn, count_queries: list[str]
) -> None:
    client.post(SESSIONS, json={"code": fresh_code(wechat_standin, "openid-of-one")})
    code = fresh_code(wechat_standin, "openid-of-one")
    count_queries.clear()
    client.post(SESSIONS, json={"code": code})
    assert len(count_queries) == 3, "the accounts behind it, the new session, and when it was used"


def test_first_sign_ins_at_the_same_moment_make_one_account(app: Flask) -> None:
    def sign_in_first(_: int) -> object:
        with app.app_context():
            return service.sign_in_by_openid(openid="openid-of-one").worker.id

    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(sign_in_first, range(6)))
    assert len(ids) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Worker)) == 1


def test_the_openid_is_sealed(client: FlaskClient, wechat_standin: StandIn) -> None:
    client.post(SESSIONS, json={"code": fresh_code(wechat_standin, "openid-of-one")})
    row = db.session.execute(sa.text("SELECT openid, openid_hmac FROM wechat_login")).one()
    assert b"openid-of-one" not in row.openid + row.openid_hmac
    assert "openid-of-one" not in repr(db.session.scalars(sa.select(WeChatLogin)).one())


def test_signing_out_ends_the_session(client: FlaskClient, sign_in: SignIn) -> None:
    headers = sign_in()
    client.get(ME, headers=headers)
    assert client.delete("/api/v1/sessions/current", headers=headers).status_code == 204
    assert client.get(ME, headers=headers).status_code == 401
    assert client.delete("/api/v1/sessions/current", headers=headers).status_code == 401


def test_signing_out_leaves_other_devices_signed_in(client: FlaskClient, sign_in: SignIn) -> None:
    headers = sign_in()
    other = service.open_session(worker_id=headers.worker_id, way=service.SignInWay.SMS)
    client.delete("/api/v1/sessions/current", headers=headers)
    assert client.get(ME, headers={"Authorization": f"Bearer {other.token}"}).status_code == 200


def test_a_phone_from_wechat_raises_to_l1(client: FlaskClient, sign_in: SignIn, wechat_standin: StandIn) -> None:
    headers = sign_in(Level.L0)
    code = wechat_standin.control("POST", "phone-codes", {"phone": person(1).phone})["code"]
    answer = client.put(PHONE, json={"code": code}, headers=headers)
    assert answer.status_code == 200
    assert (answer.get_json()["level"], answer.get_json()["phone_masked"]) == ("L1", f"199****{person(1).phone[-4:]}")
    assert client.get(ME, headers=headers).get_json()["level"] == "L1"


def test_a_hong_kong_phone_is_a_phone(client: FlaskClient, sign_in: SignIn, wechat_standin: StandIn) -> None:
    code = wechat_standin.control("POST", "phone-codes", {"phone": "91234567", "country_code": "852"})["code"]
    answer = client.put(PHONE, json={"code": code}, headers=sign_in(Level.L0))
    assert answer.get_json()["phone_masked"] == "+852 ****4567"


def test_a_phone_of_elsewhere_is_refused_in_words(
    client: FlaskClient, sign_in: SignIn, wechat_standin: StandIn
) -> None:
    headers = sign_in(Level.L0)
    code = wechat_standin.control("POST", "phone-codes", {"phone": "2025550123", "country_code": "1"})["code"]
    answer = client.put(PHONE, json={"code": code}, headers=headers)
    assert answer.status_code == 422
    assert client.get(ME, headers=headers).get_json()["level"] == "L0"


def test_a_bad_phone_code_is_bad_input_and_not_a_bad_token(
    client: FlaskClient, sign_in: SignIn, wechat_standin: StandIn
) -> None:
    answer = client.put(PHONE, json={"code": "made-up"}, headers=sign_in(Level.L0))
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "wechat_code_invalid"


def test_wechat_being_down_is_told_and_nothing_changes(
    client: FlaskClient, sign_in: SignIn, wechat_standin: StandIn
) -> None:
    headers = sign_in(Level.L0)
    code = wechat_standin.control("POST", "phone-codes", {"phone": person(1).phone})["code"]
    wechat_standin.fault(PHONE_NUMBER, status=502, times=9)
    assert client.put(PHONE, json={"code": code}, headers=headers).status_code == 503
    assert client.get(ME, headers=headers).get_json()["level"] == "L0"


def test_a_phone_that_another_holds_is_shared_and_the_accounts_stay_apart(
    client: FlaskClient, sign_in: SignIn, wechat_standin: StandIn
) -> None:
    one = sign_in(Level.L2, who=person(1))
    two = sign_in(Level.L0)
    code = wechat_standin.control("POST", "phone-codes", {"phone": person(1).phone})["code"]
    answer = client.put(PHONE, json={"code": code}, headers=two)
    assert (answer.status_code, answer.get_json()["id"]) == (200, str(two.worker_id))
    assert answer.get_json()["name_masked"] is None
    assert client.get(ME, headers=one).get_json()["level"] == "L2"


def test_the_profile_takes_at_most_four_queries(client: FlaskClient, sign_in: SignIn, count_queries: list[str]) -> None:
    for level in Level:
        headers = sign_in(level)
        client.get(ME, headers=headers)
        count_queries.clear()
        assert client.get(ME, headers=headers).status_code == 200
        assert len(count_queries) <= 4, level


def test_nobody_reads_a_profile_without_a_token(client: FlaskClient) -> None:
    for path in (ME, "/api/v1/me/card"):
        assert client.get(path).status_code == 401
