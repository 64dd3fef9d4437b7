"""Codes go out by SMS once, or it is said that they did not; nothing is told about to whom."""

import logging
import time
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from server.core.outside import Retry, Timeouts
from server.sms.gateway import Gateway
from server.sms.service import Refusal, SmsRejected, SmsSender, SmsUnavailable, Text, send_code
from tests.standins import SMS_KEY, StandIn

MESSAGES = "/v1/messages"
PHONE, CODE = "19900000088", "135790"
MESSAGE: dict[str, Any] = {"phone": PHONE, "text": Text.LOGIN_CODE, "gaps": {"code": CODE, "minutes": "5"}}


@pytest.fixture
def make_sender(sms_standin: StandIn) -> Callable[..., SmsSender]:
    """A sender with short pauses; arguments overrule."""

    def make(**options: Any) -> SmsSender:
        provider = Gateway(base=options.pop("api_base", sms_standin.base_url), key=options.pop("api_key", SMS_KEY))
        return SmsSender(provider, **({"retry": Retry(more=1, pause=0.005)} | options))

    return make


def test_a_code_arrives(app: Flask, sms_standin: StandIn) -> None:
    send_code(phone=PHONE, code=CODE, minutes=10)
    last = sms_standin.messages()[-1]
    assert (last["phone"], last["code"]) == (PHONE, CODE)
    assert "10 分钟" in last["text"]


@pytest.mark.parametrize(
    ("errcode", "refusal"),
    [
        ("invalid_number", Refusal.INVALID_NUMBER),
        ("rate_limited", Refusal.RATE_LIMITED),
        ("no_balance", Refusal.NO_BALANCE),
        ("bad_key", Refusal.OTHER),
        ("something_new", Refusal.OTHER),
        (7, Refusal.OTHER),
    ],
)
def test_a_refusal_is_told_apart_and_not_repeated(
    make_sender: Callable[..., SmsSender], sms_standin: StandIn, errcode: str | int, refusal: Refusal
) -> None:
    sms_standin.fault(MESSAGES, errcode=errcode)
    with pytest.raises(SmsRejected) as caught:
        make_sender().send(**MESSAGE)
    assert caught.value.refusal is refusal
    assert len(sms_standin.calls(MESSAGES)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 502, "body": "<html>"},
        {"status": 404},
        {"status": 302},
        {"body": "fine"},
        {"body": []},
        {"body": {}},
        {"body": {"message_id": ""}},
        {"status": 400, "body": {"error": "no"}},
        {"status": 400, "body": {"message_id": "x"}},
        {"delay_ms": 60_000},
    ],
    ids=str,
)
def test_no_usable_answer_means_unavailable_and_is_not_repeated(
    make_sender: Callable[..., SmsSender], sms_standin: StandIn, fault: dict[str, Any]
) -> None:
    sms_standin.fault(MESSAGES, **fault)
    begun = time.monotonic()
    with pytest.raises(SmsUnavailable):
        make_sender(timeouts=Timeouts(connect=1, read=0.5)).send(**MESSAGE)
    assert time.monotonic() - begun < 10
    assert len(sms_standin.calls(MESSAGES)) == 1, "it may have gone out: no second one"


def test_nobody_there_means_unavailable(make_sender: Callable[..., SmsSender]) -> None:
    with pytest.raises(SmsUnavailable):
        make_sender(api_base="http://127.0.0.1:9").send(**MESSAGE)


def test_a_provider_that_is_down_is_left_alone_for_a_while(
    make_sender: Callable[..., SmsSender], sms_standin: StandIn
) -> None:
    sms_standin.fault(MESSAGES, status=500)
    sender = make_sender()
    for _ in range(10):
        with pytest.raises(SmsUnavailable):
            sender.send(**MESSAGE)
    assert len(sms_standin.calls(MESSAGES)) == 5


def test_refusals_do_not_count_as_being_down(make_sender: Callable[..., SmsSender], sms_standin: StandIn) -> None:
    sms_standin.fault(MESSAGES, errcode="invalid_number", times=10)
    sender = make_sender()
    for _ in range(10):
        with pytest.raises(SmsRejected):
            sender.send(**MESSAGE)
    sender.send(**MESSAGE)


@pytest.mark.parametrize("fault", [{}, {"errcode": "invalid_number"}, {"errcode": "no_balance"}, {"status": 500}])
def test_number_code_and_key_are_told_to_nobody(
    make_sender: Callable[..., SmsSender],
    sms_standin: StandIn,
    caplog: pytest.LogCaptureFixture,
    fault: dict[str, Any],
) -> None:
    for name in ("", "urllib3", "urllib3.connectionpool", "requests", "server"):
        caplog.set_level(logging.DEBUG, logger=name)
    sms_standin.fault(MESSAGES, **({"delay_ms": 1} | fault))
    sender = make_sender()
    caplog.clear()
    told, error = repr(sender), None
    try:
        sender.send(**MESSAGE)
    except (SmsRejected, SmsUnavailable) as caught:
        error = caught
    if error:
        told += "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
        assert error.__cause__ is error.__context__ is None
        # Deeper frames hold the request, and with it the key.
        assert [frame.name for frame in traceback.extract_tb(error.__traceback__)][1:] == ["send"]
    told += caplog.text + str([vars(record) for record in caplog.records])
    assert "urllib3.connectionpool" in told, "else this test sees nothing"
    for secret in (PHONE, CODE, SMS_KEY):
        assert secret not in told
