"""The WeChat stand-in's codes, links, messages and checks, as WeChat documents them."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.standins import APP_ID, APP_SECRET, StandIn, running

ACCOUNT = {"grant_type": "client_credential", "appid": APP_ID, "secret": APP_SECRET}
CODE = "/wxa/getwxacodeunlimit"
SEND = "/cgi-bin/message/subscribe/send"
TEXT = "/wxa/msg_sec_check"
OPENID = "o" + "w" * 27
MESSAGE = {
    "touser": OPENID,
    "template_id": "demo_case_progress",
    "data": {"thing1": {"value": "新进展"}, "time2": {"value": "18:00"}, "thing3": {"value": "请打开看"}},
}


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with running("wechat") as started:
        yield started


def call(standin: StandIn, path: str, body: Any) -> requests.Response:
    token = requests.post(f"{standin.base_url}/cgi-bin/stable_token", json=ACCOUNT, timeout=5).json()["access_token"]
    return requests.post(standin.base_url + path, params={"access_token": token}, json=body, timeout=5)


def errcode(standin: StandIn, path: str, body: Any) -> int:
    found: int = call(standin, path, body).json()["errcode"]
    return found


def test_a_code_is_an_image_and_its_errors_are_json(standin: StandIn) -> None:
    good = call(standin, CODE, {"scene": "x", "page": "pages/home/home"})
    assert (good.status_code, good.headers["Content-Type"]) == (200, "image/jpeg")
    clear = call(standin, CODE, {"scene": "x", "is_hyaline": True})
    assert clear.content.startswith(b"\x89PNG")
    for wrong, expected in (
        ({"scene": ""}, 40169),
        ({"scene": "x" * 33}, 40169),
        ({"scene": "站"}, 40129),
        ({"scene": "x", "page": "/pages/home/home"}, 41030),
        ({"scene": "x", "page": "not/there"}, 41030),
        ({"scene": "x", "width": 100}, 40097),
    ):
        answer = call(standin, CODE, wrong)
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.json()["errcode"] == expected, wrong


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, 0),
        ({"touser": "nobody"}, 40003),
        ({"template_id": "gone"}, 40037),
        ({"data": {}}, 47003),
        ({"data": MESSAGE["data"] | {"phrase4": {"value": "好"}}}, 47003),
        ({"data": MESSAGE["data"] | {"thing1": {"value": "长" * 21}}}, 47003),
        ({"data": MESSAGE["data"] | {"thing1": {"value": ""}}}, 47003),
        ({"data": MESSAGE["data"] | {"time2": {"value": "明天"}}}, 47003),
        ({"miniprogram_state": "release"}, 40097),
    ],
)
def test_a_message_is_checked_from_the_person_to_the_fields(
    standin: StandIn, changed: dict[str, Any], expected: int
) -> None:
    assert errcode(standin, SEND, MESSAGE | changed) == expected


def test_a_wrong_field_is_named(standin: StandIn) -> None:
    wrong = MESSAGE | {"data": MESSAGE["data"] | {"time2": {"value": "明天"}}}
    text = call(standin, SEND, wrong).json()["errmsg"]
    assert text.startswith("argument invalid! data.time2.value invalid rid: ")


def test_messages_are_counted_off_once_the_control_side_says_how_many(standin: StandIn) -> None:
    someone = "o" + "c" * 27
    standin.control("POST", "subscriptions", {"openid": someone, "template_id": MESSAGE["template_id"], "left": 1})
    assert [errcode(standin, SEND, MESSAGE | {"touser": someone}) for _ in range(2)] == [0, 43101]


def test_texts_are_judged_for_two_hours_after_a_sign_in(standin: StandIn) -> None:
    made = standin.control("POST", "codes", {})
    query = {"appid": APP_ID, "secret": APP_SECRET, "js_code": made["code"], "grant_type": "authorization_code"}
    requests.get(f"{standin.base_url}/sns/jscode2session", params=query, timeout=5)
    body = {"version": 2, "scene": 2, "openid": made["openid"], "content": "违规测试"}
    # `requests` writes Chinese in escapes, which WeChat does not recognise.
    assert call(standin, TEXT, body).json()["result"]["suggest"] == "pass"
    assert errcode(standin, TEXT, body | {"version": 1}) == 40129
    assert errcode(standin, TEXT, body | {"openid": "somebody"}) == 61010
    standin.control("POST", "clock", {"forward_s": 7201})
    assert errcode(standin, TEXT, body) == 61010
