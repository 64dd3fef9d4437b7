"""What the other domains get from WeChat: identities, phone numbers, and errors they can tell apart."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from server.wechat.errors import (
    CodeInvalid,
    HighRiskUser,
    QuotaUsedUp,
    TooManyTries,
    WeChatError,
    WeChatMisconfigured,
    WeChatUnavailable,
)
from server.wechat.service import PhoneNumber, WeChatIdentity, exchange_code, exchange_phone_code
from tests.standins import APP_ID, StandIn

pytestmark = pytest.mark.usefixtures("app")

SESSION = "/sns/jscode2session"
PHONE = "/wxa/business/getuserphonenumber"
TOKEN = "/cgi-bin/stable_token"


def login_code(standin: StandIn, **wanted: Any) -> str:
    code: str = standin.control("POST", "codes", wanted)["code"]
    return code


def phone_code(standin: StandIn, phone: str = "19900000001", **wanted: Any) -> str:
    code: str = standin.control("POST", "phone-codes", {"phone": phone} | wanted)["code"]
    return code


def test_a_login_code_tells_who_it_is(wechat_standin: StandIn) -> None:
    code = login_code(wechat_standin, openid="o-worker-1")
    assert exchange_code(code) == WeChatIdentity(openid="o-worker-1", unionid=None)


def test_a_bound_mini_program_also_learns_the_unionid(wechat_standin: StandIn) -> None:
    code = login_code(wechat_standin, openid="o-worker-2", unionid="u-worker-2")
    assert exchange_code(code).unionid == "u-worker-2"


def test_a_code_works_once(wechat_standin: StandIn) -> None:
    code = login_code(wechat_standin)
    exchange_code(code)
    with pytest.raises(CodeInvalid) as caught:
        exchange_code(code)
    assert caught.value.errcode == 40163


def test_a_code_of_six_minutes_ago_is_invalid(wechat_standin: StandIn) -> None:
    code = login_code(wechat_standin)
    wechat_standin.control("POST", "clock", {"forward_s": 360})
    with pytest.raises(CodeInvalid) as caught:
        exchange_code(code)
    assert caught.value.errcode == 40029


@pytest.mark.parametrize("code", ["", " ", "a b", "码", "x" * 257, "0a&js_code=b"])
def test_what_cannot_be_a_code_is_not_sent(wechat_standin: StandIn, code: str) -> None:
    for exchange in (exchange_code, exchange_phone_code):
        with pytest.raises(CodeInvalid):
            exchange(code)
    assert wechat_standin.calls() == []


@pytest.mark.parametrize(
    ("given", "country_code", "number"),
    [
        ("19900000001", "86", "19900000001"),
        ("19900000001", 86, "19900000001"),
        ("61234567", "852", "+85261234567"),
        ("61234567", 852, "+85261234567"),
        ("2025550123", 1, "+12025550123"),
    ],
)
def test_a_phone_code_gives_the_number_in_our_form(
    wechat_standin: StandIn, given: str, country_code: str | int, number: str
) -> None:
    code = phone_code(wechat_standin, given, country_code=country_code)
    assert exchange_phone_code(code) == PhoneNumber(str(country_code), number)


def test_codes_for_signing_in_and_for_the_phone_are_not_the_same(wechat_standin: StandIn) -> None:
    with pytest.raises(CodeInvalid):
        exchange_phone_code(login_code(wechat_standin))
    with pytest.raises(CodeInvalid):
        exchange_code(phone_code(wechat_standin))


def test_a_number_with_the_watermark_of_another_mini_program_is_refused(wechat_standin: StandIn) -> None:
    info = {"purePhoneNumber": "19900000001", "countryCode": "86", "watermark": {"appid": "wx-somebody-else"}}
    wechat_standin.fault(PHONE, body={"errcode": 0, "errmsg": "ok", "phone_info": info})
    with pytest.raises(CodeInvalid):
        exchange_phone_code(phone_code(wechat_standin))


def test_a_phone_code_of_another_mini_program_is_refused(wechat_standin: StandIn) -> None:
    wechat_standin.fault(PHONE, errcode=40013)
    with pytest.raises(CodeInvalid):
        exchange_phone_code(phone_code(wechat_standin))


@pytest.mark.parametrize(
    ("errcode", "kind"),
    [
        (40029, CodeInvalid),
        (40163, CodeInvalid),
        (40226, HighRiskUser),
        (45011, TooManyTries),
        (40013, WeChatMisconfigured),
        (40125, WeChatMisconfigured),
        (41002, WeChatMisconfigured),
        (40164, WeChatMisconfigured),
        (-1, WeChatUnavailable),
        (45009, QuotaUsedUp),
        (99999, WeChatUnavailable),
        ("-1", WeChatUnavailable),
        ("40029", CodeInvalid),
    ],
)
def test_each_errcode_has_its_kind(wechat_standin: StandIn, errcode: int | str, kind: type[WeChatError]) -> None:
    wechat_standin.fault(SESSION, errcode=errcode)
    with pytest.raises(kind) as caught:
        exchange_code("demo-somebody")
    assert type(caught.value) is kind
    assert caught.value.errcode == int(errcode)
    assert caught.value.rid


def test_too_many_tries_say_when_to_come_back(wechat_standin: StandIn) -> None:
    wechat_standin.fault(SESSION, errcode=45011)
    with pytest.raises(TooManyTries) as caught:
        exchange_code("demo-somebody")
    assert caught.value.retry_after == 60


@pytest.mark.parametrize("errcode", [40001, 40125, 40164])
def test_a_refused_secret_is_for_the_operator(
    wechat_standin: StandIn, errcode: int, caplog: pytest.LogCaptureFixture
) -> None:
    wechat_standin.fault(TOKEN, errcode=errcode)
    with pytest.raises(WeChatMisconfigured):
        exchange_phone_code(phone_code(wechat_standin))
    assert f"WeChatMisconfigured: WeChat says no, errcode {errcode}" in caplog.text


def test_our_own_haste_for_tokens_is_not_blamed_on_the_worker(wechat_standin: StandIn) -> None:
    wechat_standin.fault(TOKEN, errcode=45011)
    with pytest.raises(WeChatUnavailable):
        exchange_phone_code(phone_code(wechat_standin))


NONSENSE: list[Any] = [
    "",
    "<html>网关错误</html>",
    "[]",
    "null",
    "3",
    '"ok"',
    {},
    {"openid": None},
    {"openid": 7},
    {"openid": ""},
    {"openid": "o" * 65},
    {"errcode": None},
    {"errcode": "many"},
    {"errcode": []},
    {"errcode": 0, "phone_info": None},
    {"errcode": 0, "phone_info": {"watermark": []}},
    {"phone_info": {"watermark": {"appid": APP_ID}}},
    {"phone_info": {"watermark": {"appid": APP_ID}, "countryCode": 86, "purePhoneNumber": 19900000001}},
    {"phone_info": {"watermark": {"appid": APP_ID}, "countryCode": [], "purePhoneNumber": "61234567"}},
    {"phone_info": {"watermark": {"appid": APP_ID}, "countryCode": "86", "purePhoneNumber": "0755-1"}},
    {"access_token": ""},
    {"access_token": "x", "expires_in": "soon"},
    {"access_token": "x", "expires_in": -5},
    {"access_token": "x", "expires_in": True},
    {"base_resp": 5},
]


@pytest.mark.parametrize(
    ("path", "exchange"), [(SESSION, exchange_code), (TOKEN, exchange_phone_code), (PHONE, exchange_phone_code)]
)
@pytest.mark.parametrize("body", NONSENSE, ids=str)
def test_nonsense_means_unavailable(
    wechat_standin: StandIn, body: Any, path: str, exchange: Callable[[str], object]
) -> None:
    wechat_standin.fault(path, body=body)
    with pytest.raises((WeChatUnavailable, CodeInvalid)) as caught:
        exchange("demo-somebody")
    foreign = path == PHONE and "watermark" in str(body) and APP_ID not in str(body)
    assert isinstance(caught.value, CodeInvalid if foreign else WeChatUnavailable)
    assert len(wechat_standin.calls(path)) == 1


@pytest.mark.parametrize("status", [302, 403, 404, 412, 500, 502, 503])
def test_an_http_status_that_wechat_does_not_use_means_unavailable(wechat_standin: StandIn, status: int) -> None:
    wechat_standin.fault(SESSION, status=status, body={"openid": "o-not-to-be-believed"})
    with pytest.raises(WeChatUnavailable):
        exchange_code("demo-somebody")


def test_the_answer_is_read_although_wechat_calls_it_text_without_charset(wechat_standin: StandIn) -> None:
    wechat_standin.fault(SESSION, body={"openid": "o-worker", "session_key": "x", "unionid": "工友"})
    assert exchange_code("demo-somebody").unionid == "工友"


def test_the_session_key_is_left_behind(wechat_standin: StandIn) -> None:
    key = base64.b64encode(b"sixteen bytes...").decode()
    wechat_standin.fault(SESSION, body={"openid": "o-worker", "session_key": key})
    identity = exchange_code("demo-somebody")
    assert key not in {getattr(identity, name) for name in identity.__slots__}


def test_the_client_is_made_once(app: Flask) -> None:
    first = app.extensions["wechat"]
    with app.app_context():
        assert app.extensions["wechat"] is first
