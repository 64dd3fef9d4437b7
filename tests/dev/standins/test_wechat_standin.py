"""The WeChat stand-in behaves as WeChat is documented to."""

import base64
import re
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
import requests
from wechatpy.crypto import WeChatCrypto

from dev.standins.wechat_push import encrypt, signature
from tests.standins import APP_ID, APP_SECRET, ROOT, StandIn, running

SESSION = "/sns/jscode2session"
STABLE = "/cgi-bin/stable_token"
TOKEN = "/cgi-bin/token"
PHONE = "/wxa/business/getuserphonenumber"
ACCOUNT = {"appid": APP_ID, "secret": APP_SECRET}
CREDENTIAL = ACCOUNT | {"grant_type": "client_credential"}
RID = re.compile(r" rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$")


@pytest.fixture(scope="module")
def process() -> Any:
    with running("wechat") as started:
        yield started


@pytest.fixture
def standin(process: StandIn) -> StandIn:
    """A stand-in of this file's own, because its tests move the clock and force tokens.

    Each test begins a day of its own, at its first hour: what is rationed by the day starts anew, and no test
    crosses midnight halfway, at whatever hour the suite is run.
    """
    process.begin()
    now = process.control("POST", "clock", {"forward_s": 0})["now"]
    process.control("POST", "clock", {"forward_s": 86_400 - now % 86_400 + 3600})
    return process


def get(standin: StandIn, path: str, **query: str) -> requests.Response:
    return requests.get(standin.base_url + path, params=query, timeout=10)


def post(standin: StandIn, path: str, body: Any = None, **query: str) -> Any:
    return requests.post(standin.base_url + path, json=body, params=query, timeout=10).json()


def sign_in(standin: StandIn, code: str, **other: str) -> Any:
    return get(standin, SESSION, **(ACCOUNT | {"js_code": code, "grant_type": "authorization_code"} | other)).json()


def stable(standin: StandIn, *, force: bool = False) -> Any:
    return post(standin, STABLE, CREDENTIAL | {"force_refresh": force})


def errcode_with(standin: StandIn, token: str) -> int:
    """What a call with this token is answered: 40029 means that the token was good."""
    answer: int = post(standin, PHONE, {"code": "none"}, access_token=token)["errcode"]
    return answer


class TestSigningIn:
    def test_success_has_no_errcode_and_is_called_text(self, standin: StandIn) -> None:
        code = standin.control("POST", "codes", {"openid": "o-1"})["code"]
        answer = get(standin, SESSION, **ACCOUNT, js_code=code, grant_type="authorization_code")
        assert answer.headers["Content-Type"] == "text/plain"
        assert answer.json().keys() == {"openid", "session_key"}
        assert len(base64.b64decode(answer.json()["session_key"])) == 16

    def test_errors_are_http_200_and_carry_a_rid(self, standin: StandIn) -> None:
        answer = get(standin, SESSION, **ACCOUNT, js_code="0unknown", grant_type="authorization_code")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain")
        assert answer.json()["errcode"] == 40029
        assert RID.search(answer.json()["errmsg"])

    def test_a_code_is_used_up_by_one_call_and_lives_five_minutes(self, standin: StandIn) -> None:
        used, late, fresh = (standin.control("POST", "codes")["code"] for _ in range(3))
        assert "openid" in sign_in(standin, used)
        assert sign_in(standin, used)["errcode"] == 40163
        standin.control("POST", "clock", {"forward_s": 299})
        assert "openid" in sign_in(standin, fresh)
        standin.control("POST", "clock", {"forward_s": 2})
        assert sign_in(standin, late)["errcode"] == 40029

    @pytest.mark.parametrize(
        ("wrong", "errcode"),
        [
            ({"appid": ""}, 41002),
            ({"appid": "wx-other"}, 40013),
            ({"secret": ""}, 41004),
            ({"secret": "guessed"}, 40125),
            ({"grant_type": "client_credential"}, 40002),
            ({"js_code": ""}, 41008),
        ],
    )
    def test_what_is_missing_or_wrong_is_named(self, standin: StandIn, wrong: dict[str, str], errcode: int) -> None:
        code = standin.control("POST", "codes")["code"]
        assert sign_in(standin, code, **wrong)["errcode"] == errcode
        assert "openid" in sign_in(standin, code), "a refused call must not use the code up"

    def test_demo_codes_need_no_preparation_and_always_mean_the_same_person(self, standin: StandIn) -> None:
        first, again, other = (sign_in(standin, code)["openid"] for code in ("demo-li", "demo-li", "demo-wang"))
        assert first == again != other
        assert re.fullmatch(r"o[\w-]{27}", first)


class TestTokens:
    def test_a_stable_token_stays_the_same_until_its_last_five_minutes(self, standin: StandIn) -> None:
        first = stable(standin)
        assert first.keys() == {"access_token", "expires_in"}
        assert first["expires_in"] == 7200
        standin.control("POST", "clock", {"forward_s": 6800})
        again = stable(standin)
        assert again["access_token"] == first["access_token"]
        assert 395 <= again["expires_in"] <= 400

    def test_a_renewed_token_leaves_the_old_one_five_minutes(self, standin: StandIn) -> None:
        old = stable(standin)["access_token"]
        standin.control("POST", "clock", {"forward_s": 6950})
        new = stable(standin)
        assert new["access_token"] != old
        assert new["expires_in"] == 7200
        assert errcode_with(standin, old) == errcode_with(standin, new["access_token"]) == 40029
        standin.control("POST", "clock", {"forward_s": 301})
        assert errcode_with(standin, old) == 40001
        assert errcode_with(standin, new["access_token"]) == 40029

    def test_force_ends_the_old_one_at_once_and_is_rationed(self, standin: StandIn) -> None:
        old = stable(standin)["access_token"]
        assert stable(standin, force=True)["access_token"] != old
        assert errcode_with(standin, old) == 40001
        assert stable(standin, force=True)["errcode"] == 45011
        for _ in range(19):
            standin.control("POST", "clock", {"forward_s": 30})
            assert "access_token" in stable(standin, force=True)
        standin.control("POST", "clock", {"forward_s": 30})
        assert stable(standin, force=True)["errcode"] == 45009

    def test_the_old_call_always_gives_a_new_one_with_grace_for_the_former(self, standin: StandIn) -> None:
        kept = stable(standin)["access_token"]
        first, second = (get(standin, TOKEN, **CREDENTIAL).json()["access_token"] for _ in range(2))
        assert first != second
        assert errcode_with(standin, first) == errcode_with(standin, second) == 40029
        standin.control("POST", "clock", {"forward_s": 301})
        assert errcode_with(standin, first) == 40001
        assert errcode_with(standin, second) == 40029
        assert errcode_with(standin, kept) == 40029, "the two kinds do not touch each other"

    def test_each_way_a_token_can_be_wrong_has_its_errcode(self, standin: StandIn) -> None:
        token = stable(standin)["access_token"]
        assert post(standin, PHONE, {"code": "x"})["errcode"] == 41001
        assert errcode_with(standin, "not-a-token") == 40014
        assert errcode_with(standin, token[:-4] + "0000") == 40001
        standin.control("POST", "clock", {"forward_s": 7200})
        assert errcode_with(standin, token) == 42001

    @pytest.mark.parametrize(
        ("wrong", "errcode"),
        [
            ({"appid": ""}, 41002),
            ({"appid": "wx-other"}, 40013),
            ({"secret": ""}, 41004),
            ({"secret": "guessed"}, 40125),
            ({"grant_type": "x"}, 40002),
        ],
    )
    def test_account_errors_are_the_same_for_both_calls(
        self, standin: StandIn, wrong: dict[str, str], errcode: int
    ) -> None:
        assert post(standin, STABLE, CREDENTIAL | wrong)["errcode"] == errcode
        assert get(standin, TOKEN, **(CREDENTIAL | wrong)).json()["errcode"] == errcode

    def test_stable_token_takes_posted_json_only(self, standin: StandIn) -> None:
        address = standin.base_url + STABLE
        assert requests.get(address, timeout=10).json()["errcode"] == 43002
        assert requests.post(address, timeout=10).json()["errcode"] == 44002
        assert requests.post(address, data="grant_type=client_credential", timeout=10).json()["errcode"] == 47001
        assert requests.post(address, data="[]", timeout=10).json()["errcode"] == 47001


class TestPhoneNumbers:
    def ask(self, standin: StandIn, code: str) -> Any:
        return post(standin, PHONE, {"code": code}, access_token=stable(standin)["access_token"])

    def test_success_says_ok_and_carries_the_watermark(self, standin: StandIn) -> None:
        code = standin.control("POST", "phone-codes", {"phone": "19900000001"})["code"]
        answer = self.ask(standin, code)
        assert (answer["errcode"], answer["errmsg"]) == (0, "ok")
        assert answer["phone_info"]["purePhoneNumber"] == "19900000001"
        assert answer["phone_info"]["countryCode"] == "86"
        assert answer["phone_info"]["watermark"]["appid"] == APP_ID

    def test_the_country_keeps_the_type_it_was_asked_with(self, standin: StandIn) -> None:
        code = standin.control("POST", "phone-codes", {"phone": "61234567", "country_code": 852})["code"]
        info = self.ask(standin, code)["phone_info"]
        assert info["countryCode"] == 852
        assert info["phoneNumber"] == "85261234567"

    def test_a_code_works_once_for_five_minutes_and_only_here(self, standin: StandIn) -> None:
        used, late = (standin.control("POST", "phone-codes", {"phone": "19900000001"})["code"] for _ in range(2))
        assert self.ask(standin, used)["errcode"] == 0
        assert self.ask(standin, used)["errcode"] == 40029
        assert sign_in(standin, late)["errcode"] == 40029
        assert self.ask(standin, standin.control("POST", "codes")["code"])["errcode"] == 40029
        standin.control("POST", "clock", {"forward_s": 301})
        assert self.ask(standin, late)["errcode"] == 40029

    def test_a_body_needs_no_content_type_but_must_be_json(self, standin: StandIn) -> None:
        address = f"{standin.base_url}{PHONE}?access_token={stable(standin)['access_token']}"
        code = standin.control("POST", "phone-codes", {"phone": "19900000001"})["code"]
        assert requests.get(address, timeout=10).json()["errcode"] == 43002
        assert requests.post(address, timeout=10).json()["errcode"] == 44002
        assert requests.post(address, data=b"code=1", timeout=10).json()["errcode"] == 47001
        answer = requests.post(address, data=f'{{"code": "{code}"}}'.encode(), timeout=10)
        assert answer.request.headers.get("Content-Type") is None
        assert answer.json()["errcode"] == 0


class TestControl:
    def test_a_fault_holds_for_as_many_calls_as_it_says(self, standin: StandIn) -> None:
        standin.fault(SESSION, errcode=-1, times=2)
        assert [sign_in(standin, "demo-li").get("errcode") for _ in range(3)] == [-1, -1, None]

    def test_a_fault_without_times_holds_until_it_is_taken_back(self, standin: StandIn) -> None:
        standin.fault(SESSION, status=502, body="<html>")
        answers = [get(standin, SESSION) for _ in range(5)]
        assert {(answer.status_code, answer.text) for answer in answers} == {(502, "<html>")}
        standin.control("DELETE", "faults")
        assert "openid" in sign_in(standin, "demo-li")

    def test_a_delay_alone_is_an_ordinary_answer_later(self, standin: StandIn) -> None:
        standin.fault(SESSION, delay_ms=120, times=1)
        begun = time.monotonic()
        assert "openid" in sign_in(standin, "demo-li")
        assert time.monotonic() - begun >= 0.12

    def test_faults_of_one_path_leave_the_others_alone(self, standin: StandIn) -> None:
        standin.fault(STABLE, status=500)
        assert "openid" in sign_in(standin, "demo-li")

    def test_calls_are_listed_without_secrets(self, standin: StandIn) -> None:
        token = stable(standin)["access_token"]
        errcode_with(standin, token)
        sign_in(standin, "demo-li")
        listed = standin.calls()
        assert [call["path"] for call in listed] == [STABLE, PHONE, SESSION]
        assert listed[0]["body"] == {
            "appid": APP_ID,
            "secret": "***",
            "grant_type": "client_credential",
            "force_refresh": False,
        }
        text = str(listed)
        assert APP_SECRET not in text
        assert token not in text

    def test_a_senseless_request_is_told_so(self, standin: StandIn) -> None:
        for name, body in (("faults", {"errcode": 1}), ("faults", {"path": "/", "times": 0}), ("phone-codes", {})):
            assert requests.post(f"{standin.base_url}/_control/{name}", json=body, timeout=10).status_code == 400

    def test_it_says_that_it_is_ready(self, standin: StandIn) -> None:
        assert standin.control("GET", "health") == {"status": "ok"}

    def test_it_has_accepted_no_messages(self, standin: StandIn) -> None:
        assert standin.messages() == []

    def test_it_listens_on_this_machine_only(self, standin: StandIn) -> None:
        assert standin.base_url.startswith("http://127.0.0.1:")


class TestPushing:
    TOKEN = "AAAAA"
    AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

    def test_signatures_are_those_of_the_documentation(self) -> None:
        assert signature("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
        assert signature("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"

    def test_encryption_is_what_a_receiver_expects(self) -> None:
        sealed = encrypt('{"事件": 1}'.encode(), aes_key=self.AES_KEY, app_id=APP_ID)
        signed = signature("AAAAA", "1", "2", sealed)
        receiver = WeChatCrypto("AAAAA", self.AES_KEY, APP_ID)
        assert receiver.decrypt_message({"Encrypt": sealed}, signed, "1", "2") == '{"事件": 1}'

    @pytest.mark.parametrize("aes_key", ["", AES_KEY])
    def test_an_event_reaches_the_callback_signed(self, aes_key: str) -> None:
        # Any server that lists what it is asked will do as the callback.
        secrets = {"WECHAT_CALLBACK_TOKEN": self.TOKEN, "WECHAT_CALLBACK_AES_KEY": aes_key}
        with (
            running("sms") as callback,
            running("wechat", "--callback-url", f"{callback.base_url}/callback", environment=secrets) as pusher,
        ):
            event = {"Event": "user_authorization_revoke", "FromUserName": "o-1", "RevokeInfo": "8"}
            answer = pusher.control("POST", "push", {"event": event})
            assert answer["status"] == 404, "what the callback answered comes back as it was"
            (call,) = callback.calls("/callback")
            query, body = call["query"], call["body"]
        assert query["openid"] == "o-1"
        assert query["signature"] == signature(self.TOKEN, query["timestamp"], query["nonce"])
        if aes_key:
            receiver = WeChatCrypto(self.TOKEN, aes_key, APP_ID)
            text = receiver.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
            assert '"RevokeInfo": "8"' in text
        else:
            assert body["Event"] == "user_authorization_revoke"
            assert body["MsgType"] == "event"

    def test_a_callback_that_is_not_there_is_reported(self) -> None:
        with running("wechat", "--callback-url", "http://127.0.0.1:9/callback") as pusher:
            assert pusher.control("POST", "push", {"event": "anything"}) == {"error": "ConnectionError"}


class TestTheProcess:
    @pytest.mark.parametrize("module", ["wechat", "sms"])
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_it_ends_cleanly_even_while_an_answer_is_delayed(self, module: str, number: signal.Signals) -> None:
        with running(module) as standin:
            standin.fault("/slow", delay_ms=60_000)
            with pytest.raises(requests.ReadTimeout):
                requests.get(f"{standin.base_url}/slow", timeout=0.1)
            standin.process.send_signal(number)
            assert standin.process.wait(timeout=5) == 0

    def test_a_port_in_use_is_said_in_one_sentence(self, standin: StandIn) -> None:
        port = standin.base_url.rpartition(":")[2]
        done = subprocess.run(
            [sys.executable, "-m", "dev.standins.wechat", "--port", port],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert done.stderr == f"WeChat stand-in cannot listen on 127.0.0.1:{port}: Address already in use\n"
