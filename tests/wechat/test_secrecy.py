"""No secret and no personal data in logs, errors, or what an error tracker would see of an error."""

import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest
import redis as redis_library

from server.core.outside import Timeouts
from server.wechat.client import WeChat
from server.wechat.errors import WeChatError
from tests.standins import APP_ID, APP_SECRET, StandIn
from tests.wechat.conftest import MakeClient

SESSION = "/sns/jscode2session"
PHONE = "/wxa/business/getuserphonenumber"
TOKEN = "/cgi-bin/stable_token"
OPENID, NUMBER = "o-only-for-this-file", "19900000077"
LOUD = ("", "urllib3", "urllib3.connectionpool", "urllib3.connection", "requests", "wechatpy", "server")

Faults = list[dict[str, Any]]
EVERYTHING_THAT_FAILS: dict[str, Faults] = {
    "used code": [{"path": SESSION, "errcode": 40163}, {"path": PHONE, "errcode": 40029}],
    "risk": [{"path": SESSION, "errcode": 40226}, {"path": PHONE, "errcode": 40226}],
    "too often": [{"path": SESSION, "errcode": 45011}, {"path": PHONE, "errcode": 45011}],
    "busy": [{"path": SESSION, "errcode": -1}, {"path": PHONE, "errcode": -1}],
    "bad secret": [{"path": SESSION, "errcode": 40125}, {"path": TOKEN, "errcode": 40125}],
    "bad token": [{"path": SESSION, "errcode": 40001}, {"path": PHONE, "errcode": 40001}],
    "bad gateway": [{"path": SESSION, "status": 502}, {"path": PHONE, "status": 502}],
    "bad gateway for tokens": [{"path": SESSION, "status": 502}, {"path": TOKEN, "status": 502}],
    "forbidden": [{"path": SESSION, "status": 403}, {"path": PHONE, "status": 403}],
    "hanging": [{"path": SESSION, "delay_ms": 60_000}, {"path": PHONE, "delay_ms": 60_000}],
    "hanging tokens": [{"path": SESSION, "delay_ms": 60_000}, {"path": TOKEN, "delay_ms": 60_000}],
    "not JSON": [{"path": SESSION, "body": f"{OPENID} {NUMBER}"}, {"path": PHONE, "body": f"{OPENID} {NUMBER}"}],
    "talkative": [
        {"path": SESSION, "body": {"errcode": 40029, "errmsg": f"invalid code {OPENID} {APP_SECRET}"}},
        {"path": PHONE, "body": {"errcode": 40029, "errmsg": f"invalid code {NUMBER} {APP_SECRET}"}},
    ],
    "other mini-program": [
        {"path": SESSION, "body": {"openid": [OPENID]}},
        {"path": PHONE, "body": {"phone_info": {"purePhoneNumber": NUMBER, "watermark": {"appid": "wx-other"}}}},
    ],
}


@pytest.fixture
def loud(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Every logger at DEBUG, those included that the service keeps quiet."""
    for name in LOUD:
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.fixture
def secrets(redis: redis_library.Redis) -> Callable[[], set[str]]:
    """What must not be seen, the present access token included."""

    def collect() -> set[str]:
        token = redis.get(f"wechat:token:{APP_ID}")
        return {APP_SECRET, OPENID, NUMBER} | ({token.decode()} if token else set())

    return collect


def logged(loud: pytest.LogCaptureFixture) -> str:
    return loud.text + str([vars(record) for record in loud.records])


def everything_about(error: BaseException) -> str:
    """Its texts, its fields, its chain, and the local variables of our frames, as a tracker would collect them."""
    whole = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [
        f"{name}={value}"
        for frame in whole.stack
        if "/server/" in frame.filename
        for name, value in (frame.locals or {}).items()
    ]
    assert error.__cause__ is None
    assert error.__context__ is None
    return " ".join([repr(error), str(error), repr(vars(error)), repr(error.args), *frames])


def test_success_is_silent_about_people_and_secrets(
    make_client: MakeClient,
    wechat_standin: StandIn,
    loud: pytest.LogCaptureFixture,
    secrets: Callable[[], set[str]],
) -> None:
    client = make_client()
    code = wechat_standin.control("POST", "codes", {"openid": OPENID})["code"]
    phone_code = wechat_standin.control("POST", "phone-codes", {"phone": NUMBER})["code"]
    loud.clear()
    identity, number = client.exchange_code(code), client.exchange_phone_code(phone_code)
    assert (identity.openid, number.number) == (OPENID, NUMBER)
    assert "urllib3.connectionpool" in {record.name for record in loud.records}, "else this test sees nothing"
    assert len(secrets()) == 4
    for secret in {*secrets(), code, phone_code}:
        assert secret not in logged(loud)
        assert secret not in repr((identity, number, client, vars(client)))


@pytest.mark.parametrize("faults", EVERYTHING_THAT_FAILS.values(), ids=EVERYTHING_THAT_FAILS.keys())
@pytest.mark.parametrize("exchange", [WeChat.exchange_code, WeChat.exchange_phone_code])
def test_failure_is_silent_about_people_and_secrets(
    make_client: MakeClient,
    wechat_standin: StandIn,
    loud: pytest.LogCaptureFixture,
    secrets: Callable[[], set[str]],
    faults: Faults,
    exchange: Callable[[WeChat, str], object],
) -> None:
    client = make_client(timeouts=Timeouts(connect=1, read=0.5))
    for fault in faults:
        wechat_standin.fault(**fault)
    loud.clear()
    with pytest.raises(WeChatError) as caught:
        exchange(client, "demo-li")
    seen = everything_about(caught.value)
    assert vars(caught.value).keys() <= {"errcode", "rid", "may_have_arrived"}
    for secret in secrets():
        assert secret not in seen
        assert secret not in logged(loud)


def test_an_error_says_what_an_operator_needs(make_client: MakeClient, wechat_standin: StandIn) -> None:
    wechat_standin.fault(SESSION, errcode=40125)
    with pytest.raises(WeChatError) as caught:
        make_client().exchange_code("demo-li")
    assert str(caught.value) == f"WeChat says no, errcode 40125, rid {caught.value.rid}"


@pytest.mark.parametrize(
    "fault",
    [
        {"errcode": -1},
        {"errcode": 43101},
        {"status": 502},
        {"body": f"{OPENID} {NUMBER}"},
        {"body": {"errcode": 47003, "errmsg": f"argument invalid! data.thing1.value {OPENID} invalid rid: 1"}},
        {"delay_ms": 60_000},
    ],
)
def test_a_message_that_fails_is_silent_about_whom_it_was_for(
    make_client: MakeClient,
    wechat_standin: StandIn,
    loud: pytest.LogCaptureFixture,
    secrets: Callable[[], set[str]],
    fault: dict[str, Any],
) -> None:
    client = make_client(timeouts=Timeouts(connect=1, read=0.5))
    wechat_standin.fault("/cgi-bin/message/subscribe/send", **fault)
    loud.clear()
    with pytest.raises(WeChatError) as caught:
        client.send_message(openid=OPENID, template_id="demo_case_progress", page="", data={"thing1": NUMBER})
    seen = f"{caught.value!r} {caught.value} {vars(caught.value)}"
    for secret in secrets():
        assert secret not in seen
        assert secret not in logged(loud)
