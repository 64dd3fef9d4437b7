"""What bites in wechatpy does not bite here; its way of sharing tokens is in test_tokens.py."""

import inspect
import logging
import multiprocessing
import os
import threading
import time
from typing import Any

import pytest
from wechatpy.session import SessionStorage

from server.core.outside import Retry, Timeouts
from server.wechat.client import UnionWeChatClient, WeChat
from server.wechat.errors import CodeInvalid, WeChatUnavailable
from tests.standins import StandIn
from tests.wechat.conftest import MakeClient

SESSION = "/sns/jscode2session"
PHONE = "/wxa/business/getuserphonenumber"
TOKEN = "/cgi-bin/stable_token"
HASTY = Timeouts(connect=0.2, read=0.2)
LONG = 6.0
"""Seconds: far less than a call without timeout takes when the stand-in waits a minute."""


def library_client(client: WeChat) -> Any:
    return client._client


class TestAddresses:
    def test_every_call_goes_where_the_settings_say(self, make_client: MakeClient, wechat_standin: StandIn) -> None:
        """The suite refuses connections to anywhere but this machine, so a hard-coded address would fail here."""
        client = make_client()
        client.exchange_code("demo-li")
        with pytest.raises(CodeInvalid):
            client.exchange_phone_code("demo-phone")
        assert [call["path"] for call in wechat_standin.calls()] == [SESSION, TOKEN, PHONE]

    def test_two_clients_of_different_addresses_do_not_mix_them_up(
        self, make_client: MakeClient, wechat_standin: StandIn
    ) -> None:
        here = make_client()
        make_client(api_base="http://127.0.0.1:9")
        assert here.exchange_code("demo-li").openid


class TestTimeouts:
    @pytest.mark.parametrize("path", [TOKEN, PHONE])
    def test_a_hanging_call_ends(self, make_client: MakeClient, wechat_standin: StandIn, path: str) -> None:
        wechat_standin.fault(path, delay_ms=60_000)
        begun = time.monotonic()
        with pytest.raises(WeChatUnavailable) as caught:
            make_client(timeouts=HASTY).exchange_phone_code("demo-phone")
        assert str(caught.value) == "no answer in time"
        assert time.monotonic() - begun < LONG
        assert len(wechat_standin.calls(path)) == 1, "a call that timed out is not repeated"

    def test_a_hanging_sign_in_ends(self, make_client: MakeClient, wechat_standin: StandIn) -> None:
        wechat_standin.fault(SESSION, delay_ms=60_000)
        begun = time.monotonic()
        with pytest.raises(WeChatUnavailable):
            make_client(timeouts=HASTY).exchange_code("demo-li")
        assert time.monotonic() - begun < LONG

    def test_three_and_five_seconds_are_the_usual_ones(self) -> None:
        assert (Timeouts().connect, Timeouts().read) == (3.0, 5.0)


class TestTryingAgain:
    def test_a_busy_wechat_is_asked_twice_more(self, make_client: MakeClient, wechat_standin: StandIn) -> None:
        wechat_standin.fault(SESSION, errcode=-1, times=2)
        assert make_client().exchange_code("demo-li").openid
        assert len(wechat_standin.calls(SESSION)) == 3

    def test_and_then_not_any_more(self, make_client: MakeClient, wechat_standin: StandIn) -> None:
        wechat_standin.fault(SESSION, errcode=-1)
        with pytest.raises(WeChatUnavailable) as caught:
            make_client().exchange_code("demo-li")
        assert caught.value.errcode == -1
        assert len(wechat_standin.calls(SESSION)) == 3

    def test_a_busy_token_call_is_repeated_too(self, make_client: MakeClient, wechat_standin: StandIn) -> None:
        wechat_standin.fault(TOKEN, errcode=-1, times=1)
        with pytest.raises(CodeInvalid):
            make_client().exchange_phone_code("demo-phone")
        assert len(wechat_standin.calls(TOKEN)) == 2

    def test_a_no_is_not_repeated(self, make_client: MakeClient, wechat_standin: StandIn) -> None:
        wechat_standin.fault(SESSION, errcode=40029)
        with pytest.raises(CodeInvalid):
            make_client().exchange_code("demo-li")
        assert len(wechat_standin.calls(SESSION)) == 1

    def test_nobody_there_means_unavailable(self, make_client: MakeClient) -> None:
        with pytest.raises(WeChatUnavailable) as caught:
            make_client(api_base="http://127.0.0.1:9").exchange_code("demo-li")
        assert str(caught.value) == "no connection"


class TestResting:
    def test_a_wechat_that_is_down_is_left_alone_for_a_while(
        self, make_client: MakeClient, wechat_standin: StandIn
    ) -> None:
        wechat_standin.fault(SESSION, status=502)
        client = make_client()
        for _ in range(20):
            with pytest.raises(WeChatUnavailable):
                client.exchange_code("demo-li")
        assert len(wechat_standin.calls(SESSION)) == 5

    def test_invalid_codes_do_not_count_however_many(self, make_client: MakeClient, wechat_standin: StandIn) -> None:
        client = make_client()
        for _ in range(20):
            with pytest.raises(CodeInvalid):
                client.exchange_code("0wrong")
        assert len(wechat_standin.calls(SESSION)) == 20

    @pytest.mark.parametrize("errcode", [40013, 45009, 50002, 99999])
    def test_an_answer_about_one_caller_does_not_stop_the_others(
        self, make_client: MakeClient, wechat_standin: StandIn, errcode: int
    ) -> None:
        wechat_standin.fault(SESSION, errcode=errcode, times=10)
        client = make_client()
        for _ in range(10):
            with pytest.raises(Exception, match=f"errcode {errcode}"):
                client.exchange_code("demo-li")
        assert client.exchange_code("demo-li").openid

    def test_signing_in_goes_on_when_tokens_cannot_be_had(
        self, make_client: MakeClient, wechat_standin: StandIn
    ) -> None:
        wechat_standin.fault(TOKEN, status=500)
        client = make_client()
        for _ in range(10):
            with pytest.raises(WeChatUnavailable):
                client.exchange_phone_code("demo-phone")
        assert len(wechat_standin.calls(TOKEN)) == 5
        assert client.exchange_code("demo-li").openid


class TestBodies:
    def test_chinese_is_sent_raw_and_declared_as_json(self, make_client: MakeClient, wechat_standin: StandIn) -> None:
        with pytest.raises(CodeInvalid):
            library_client(make_client()).wxa.get_phone_number("工友")
        (call,) = wechat_standin.calls(PHONE)
        assert call["content_type"] == "application/json"
        assert call["raw"] == '{"code": "工友"}', "not as \\u escapes, which WeChat's text check does not recognise"

    def test_signing_in_sends_no_token_and_fetches_none(self, make_client: MakeClient, wechat_standin: StandIn) -> None:
        make_client().exchange_code("demo-li")
        (call,) = wechat_standin.calls()
        assert call["query"].keys() == {"appid", "secret", "js_code", "grant_type"}


class TestConstruction:
    def test_the_library_looks_at_every_property_before_there_is_anything_to_see(self) -> None:
        """It does so in `__new__`, and survives an AttributeError only."""
        bare_client = object.__new__(UnionWeChatClient)
        properties = inspect.getmembers(UnionWeChatClient, lambda member: isinstance(member, property))
        assert "access_token" in dict(properties)
        for name, _ in properties:
            with pytest.raises(AttributeError):
                getattr(bare_client, name)

    def test_making_a_client_asks_nobody_for_anything(self, make_client: MakeClient, wechat_standin: StandIn) -> None:
        make_client()
        assert wechat_standin.calls() == []

    def test_the_libraries_own_token_storage_cannot_be_used_by_mistake(self, make_client: MakeClient) -> None:
        storage = library_client(make_client()).session
        assert type(storage) is SessionStorage
        with pytest.raises(NotImplementedError):
            storage["anything"]
        with pytest.raises(NotImplementedError):
            storage.set("anything", 1)
        with pytest.raises(NotImplementedError):
            library_client(make_client()).fetch_access_token()

    def test_the_library_retries_nothing_by_itself(self, make_client: MakeClient) -> None:
        assert library_client(make_client()).auto_retry is False


class TestThreadsAndForks:
    def test_threads_share_the_client_but_no_connections(
        self, make_client: MakeClient, wechat_standin: StandIn
    ) -> None:
        client = make_client()
        openids: list[str] = []

        def sign_in(number: int) -> None:
            openids.extend(client.exchange_code(f"demo-{number}").openid for _ in range(10))

        threads = [threading.Thread(target=sign_in, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(openids) == 80
        assert len(set(openids)) == 8, "nobody got another one's answer"

    def test_a_client_made_before_a_fork_works_in_parent_and_children(self, make_client: MakeClient) -> None:
        client = make_client()
        own = client.exchange_code("demo-li").openid
        context = multiprocessing.get_context("fork")

        def sign_in() -> None:
            os._exit(0 if client.exchange_code("demo-li").openid == own else 1)

        children = [context.Process(target=sign_in) for _ in range(3)]
        for child in children:
            child.start()
        assert client.exchange_code("demo-li").openid == own
        for child in children:
            child.join(30)
        assert {child.exitcode for child in children} == {0}


def test_the_library_logs_nothing_about_answers_it_cannot_read(
    make_client: MakeClient, wechat_standin: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wechat_standin.fault(SESSION, body="o-personal-openid, but not JSON")
    with pytest.raises(WeChatUnavailable):
        make_client(retry=Retry(more=0)).exchange_code("demo-li")
    assert "o-personal-openid" not in caplog.text
