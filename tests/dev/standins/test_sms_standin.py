"""The SMS stand-in: takes messages, refuses like a provider, and lets testers read the texts."""

from typing import Any

import pytest
import requests

from tests.standins import SMS_KEY, StandIn

MESSAGES = "/v1/messages"


def send(standin: StandIn, *, key: str = SMS_KEY, **fields: Any) -> requests.Response:
    message = {"to": "19900000001", "template": "login_code", "params": {"code": "246810", "minutes": "5"}}
    return requests.post(
        standin.base_url + MESSAGES, json=message | fields, headers={"Authorization": f"Bearer {key}"}, timeout=10
    )


def test_an_accepted_message_can_be_read(sms_standin: StandIn) -> None:
    answer = send(sms_standin)
    assert answer.status_code == 200
    last = sms_standin.messages()[-1]
    assert last["id"] == answer.json()["message_id"]
    assert (last["phone"], last["template"], last["code"]) == ("19900000001", "login_code", "246810")
    assert last["text"] == "【暖蜂】验证码 246810，5 分钟内有效。请勿告诉他人。"


def test_numbers_abroad_are_taken_with_their_country(sms_standin: StandIn) -> None:
    assert send(sms_standin, to="+85261234567").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"key": "guessed"}, 401, "bad_key"),
        ({"to": "12345"}, 422, "invalid_number"),
        ({"to": "29900000001"}, 422, "invalid_number"),
        ({"to": 19900000001}, 422, "invalid_number"),
        ({"template": "advert"}, 422, "unknown_template"),
        ({"params": {}}, 400, "bad_request"),
        ({"params": None}, 400, "bad_request"),
    ],
)
def test_a_refusal_says_why_and_sends_nothing(
    sms_standin: StandIn, wrong: dict[str, Any], status: int, code: str
) -> None:
    before = len(sms_standin.messages())
    answer = send(sms_standin, **wrong)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert len(sms_standin.messages()) == before


def test_one_number_gets_only_so_many_texts_a_minute(sms_standin: StandIn) -> None:
    answers = [send(sms_standin, to="19900000002") for _ in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[-1].headers["Retry-After"] == "60"
    sms_standin.control("POST", "clock", {"forward_s": 60})
    assert send(sms_standin, to="19900000002").status_code == 200


def test_faults_can_be_any_refusal(sms_standin: StandIn) -> None:
    sms_standin.fault(MESSAGES, errcode="no_balance", times=1)
    assert send(sms_standin).json()["error"]["code"] == "no_balance"
    assert send(sms_standin).status_code == 200


def test_the_key_is_not_listed(sms_standin: StandIn) -> None:
    send(sms_standin)
    assert SMS_KEY not in str(sms_standin.calls())
