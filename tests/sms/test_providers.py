"""The cloud providers' HTTP: signed as they document it, and their refusals told apart."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from server.core.outside import Retry, Timeouts
from server.core.settings import SmsProvider
from server.sms.aliyun import signature
from server.sms.service import Refusal, SmsRejected, SmsSender, SmsUnavailable, Text, provider_of
from server.sms.tencent import authorization
from tests.standins import StandIn

PHONE = "19900000088"
CLOUDS = [SmsProvider.ALIYUN, SmsProvider.TENCENT]


@pytest.fixture
def make_sender(app: Flask, sms_standin: StandIn) -> Callable[..., SmsSender]:
    """A sender through one of the clouds; arguments change the settings."""

    def make(cloud: SmsProvider, *, timeouts: Timeouts | None = None, **changes: Any) -> SmsSender:
        cloudy = {
            "sms_provider": cloud,
            "sms_key_id": "an-id",
            "sms_app_id": "1400000000",
            "sms_sign_name": "暖蜂",
            "sms_templates": {text: text.value for text in Text},
        }
        settings = replace(app.config["WARMBEE"], **(cloudy | changes))
        return SmsSender(provider_of(settings), timeouts=timeouts, retry=Retry(more=1, pause=0.005))

    return make


def test_aliyuns_signature_is_that_of_its_documentation() -> None:
    fields = {
        "AccessKeyId": "testid",
        "Action": "DescribeRegions",
        "Format": "XML",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "SignatureVersion": "1.0",
        "Timestamp": "2016-02-23T12:46:24Z",
        "Version": "2014-05-26",
    }
    assert signature("GET", fields, secret="testsecret") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


def test_tencents_signature_is_that_of_its_documentation() -> None:
    body = b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    header = authorization(
        body,
        host="cvm.tencentcloudapi.com",
        service="cvm",
        at=datetime.fromtimestamp(1551113065, UTC),
        key_id="AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        secret="Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    )
    assert header.endswith("Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168")


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("phone", [PHONE, "+85261234567"])
def test_a_text_arrives_and_its_number_is_in_no_address(
    make_sender: Callable[..., SmsSender], sms_standin: StandIn, cloud: SmsProvider, phone: str
) -> None:
    make_sender(cloud).send(phone=phone, text=Text.NOTICE, gaps={"line": "你有一件事要补充"})
    last = sms_standin.messages()[-1]
    assert (last["phone"], last["template"]) == (phone, "notice")
    assert "你有一件事要补充" in last["text"]
    (call,) = sms_standin.calls("/")
    assert call["query"] == {}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_code_arrives_with_its_gaps_in_order(
    make_sender: Callable[..., SmsSender], sms_standin: StandIn, cloud: SmsProvider
) -> None:
    make_sender(cloud).send(phone=PHONE, text=Text.LOGIN_CODE, gaps={"minutes": "5", "code": "135790"})
    last = sms_standin.messages()[-1]
    assert (last["code"], last["params"]["minutes"]) == ("135790", "5")


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize(
    ("changes", "phone", "refusal"),
    [
        ({"sms_api_key": "wrong"}, PHONE, Refusal.OTHER),
        ({"sms_templates": dict.fromkeys(Text, "gone")}, PHONE, Refusal.OTHER),
        ({}, "12", Refusal.INVALID_NUMBER),
    ],
)
def test_refusals_are_told_apart(
    make_sender: Callable[..., SmsSender],
    sms_standin: StandIn,
    cloud: SmsProvider,
    changes: dict[str, Any],
    phone: str,
    refusal: Refusal,
) -> None:
    with pytest.raises(SmsRejected) as caught:
        make_sender(cloud, **changes).send(phone=phone, text=Text.NOTICE, gaps={"line": "你有新消息"})
    assert caught.value.refusal is refusal
    assert len(sms_standin.calls("/")) == 1


@pytest.mark.parametrize("cloud", CLOUDS)
def test_too_often_is_told_apart(
    make_sender: Callable[..., SmsSender], sms_standin: StandIn, cloud: SmsProvider
) -> None:
    busy = {
        SmsProvider.ALIYUN: {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "x"},
        SmsProvider.TENCENT: {"Response": {"SendStatusSet": [{"Code": "LimitExceeded.PhoneNumberDailyLimit"}]}},
    }
    sms_standin.fault("/", body=busy[cloud])
    with pytest.raises(SmsRejected) as caught:
        make_sender(cloud).send(phone=PHONE, text=Text.NOTICE, gaps={"line": "你有新消息"})
    assert caught.value.refusal is Refusal.RATE_LIMITED


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize(
    "fault", [{"status": 502}, {"delay_ms": 60_000}, {"body": "<html>"}, {"body": {}}, {"body": {"Response": []}}]
)
def test_trouble_may_have_sent_it_and_is_not_repeated(
    make_sender: Callable[..., SmsSender], sms_standin: StandIn, cloud: SmsProvider, fault: dict[str, Any]
) -> None:
    sms_standin.fault("/", **fault)
    sender = make_sender(cloud, timeouts=Timeouts(connect=0.5, read=0.3))
    with pytest.raises(SmsUnavailable) as caught:
        sender.send(phone=PHONE, text=Text.NOTICE, gaps={"line": "你有新消息"})
    assert caught.value.may_have_arrived
    assert len(sms_standin.calls("/")) == 1
    assert PHONE not in str(caught.value)


def test_an_address_where_nobody_listens_cannot_have_sent_it(make_sender: Callable[..., SmsSender]) -> None:
    with pytest.raises(SmsUnavailable) as caught:
        make_sender(SmsProvider.ALIYUN, sms_api_base="http://127.0.0.1:9").send(
            phone=PHONE, text=Text.NOTICE, gaps={"line": "你有新消息"}
        )
    assert not caught.value.may_have_arrived
