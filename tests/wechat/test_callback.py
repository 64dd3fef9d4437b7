"""`/wechat/callback`: only WeChat, only now, and each event once."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from dev.standins.wechat_push import encrypt, signature
from server.core.db import transaction
from server.core.settings import Environment
from server.core.signals import wechat_event
from server.wechat.events import AuthorizationRevoked, Event, MediaChecked, Revoked
from server.wechat.models import WeChatPush
from server.wechat.tasks import forget_pushes
from tests.live import LiveServer, start_server, stop_server
from tests.pushing import AES_KEY, OPENID, TOKEN, URL, Pusher, event
from tests.standins import APP_ID, ROOT, running

OFFICIAL = {
    "key": "A" * 43,
    "app_id": "wxba5fad812f8e6fb9",
    "sealed": "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVza"
    "zhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32II"
    "jdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=",
}


@pytest.fixture
def heard(app: Flask) -> Iterator[list[Event]]:
    """What was sent upwards."""
    events: list[Event] = []

    def hear(_: str, *, event: Event) -> None:
        events.append(event)

    with wechat_event.connected_to(hear):
        yield events


def counted(kind: str, effect: str) -> float:
    return REGISTRY.get_sample_value("warmbee_wechat_pushes_total", {"event": kind, "effect": effect}) or 0


class TestTheOfficialExamples:
    """Of WeChat's page on message push."""

    def test_the_address_is_confirmed(self, client: FlaskClient, configured: Callable[..., None], freeze: Any) -> None:
        configured(wechat_callback_token="AAAAA")
        freeze(datetime.fromtimestamp(1714036504, UTC))
        query = {
            "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
            "timestamp": "1714036504",
            "nonce": "1514711492",
            "echostr": "4375120948345356249",
        }
        answer = client.get(URL, query_string=query)
        assert (answer.status_code, answer.text) == (200, "4375120948345356249")
        assert answer.mimetype == "text/plain"

    def test_a_plain_push_is_taken(self, client: FlaskClient, configured: Callable[..., None], freeze: Any) -> None:
        configured(wechat_callback_token="AAAAA")
        freeze(datetime.fromtimestamp(1714037059, UTC))
        query = {
            "signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78",
            "timestamp": "1714037059",
            "nonce": "486452656",
        }
        message = {
            "ToUserName": "gh_97417a04a28d",
            "FromUserName": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
            "CreateTime": 1714037059,
            "MsgType": "event",
            "Event": "debug_demo",
            "debug_str": "hello world",
        }
        answer = client.post(URL, query_string=query, json=message)
        assert (answer.status_code, answer.text) == (200, "success")

    def test_a_sealed_push_is_opened_and_checked_by_the_signature_over_it(
        self, client: FlaskClient, configured: Callable[..., None], freeze: Any
    ) -> None:
        configured(
            wechat_callback_token="AAAAA",
            wechat_callback_aes_key=OFFICIAL["key"],
            wechat_app_id=OFFICIAL["app_id"],
        )
        freeze(datetime.fromtimestamp(1714112445, UTC))
        query = {
            "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
            "timestamp": "1714112445",
            "nonce": "415670741",
            "openid": "o9AgO5Kd5ggOC-bXrbNODIiE3bGY",
            "encrypt_type": "aes",
            "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
        }
        body = {"ToUserName": "gh_97417a04a28d", "Encrypt": OFFICIAL["sealed"]}
        assert client.post(URL, query_string=query, json=body).text == "success"
        wrong = query | {"msg_signature": query["signature"]}
        assert client.post(URL, query_string=wrong, json=body).status_code == 403


class TestWhoMayPush:
    def test_a_forged_signature_is_refused(self, push: Pusher, heard: list[Event]) -> None:
        forged = push(event("user_authorization_cancellation"), signature="0" * 40)
        assert forged.status_code == 403
        assert push(event("user_authorization_cancellation"), signature="").status_code == 403
        assert push(event("user_authorization_cancellation"), signature="签名").status_code == 403
        assert heard == []

    def test_without_a_token_nobody_may(self, client: FlaskClient, heard: list[Event]) -> None:
        stamp = str(int(time.time()))
        query = {"timestamp": stamp, "nonce": "1", "signature": signature("", stamp, "1")}
        assert client.post(URL, query_string=query, json=event("user_authorization_cancellation")).status_code == 403
        assert client.get(URL, query_string=query).status_code == 403
        assert client.get(URL).status_code == 403
        assert heard == []

    @pytest.mark.parametrize("off", [-601, 601])
    def test_what_was_signed_at_another_time_is_refused(self, push: Pusher, freeze: Any, off: int) -> None:
        freeze(datetime.fromtimestamp(1_772_000_000, UTC))
        assert push(event("debug"), timestamp=1_772_000_000 + off).status_code == 403
        nearly = 600 if off > 0 else -600
        assert push(event("debug"), timestamp=1_772_000_000 + nearly).status_code == 200

    @pytest.mark.parametrize("stamp", ["", "now", "-1", "１７７２", "9" * 400])
    def test_a_time_that_is_none_is_refused(self, client: FlaskClient, push: Pusher, stamp: str) -> None:
        query = {"timestamp": stamp, "nonce": "1", "signature": signature(TOKEN, stamp, "1")}
        assert client.post(URL, query_string=query, json=event("debug")).status_code == 403

    def test_with_a_key_a_plain_push_proves_nothing(self, sealed_push: Pusher, heard: list[Event]) -> None:
        query = sealed_push.query()
        body = event("user_authorization_cancellation")
        assert sealed_push.client.post(URL, query_string=query, json=body).status_code == 403
        assert heard == []

    def test_what_was_sealed_for_another_mini_program_is_refused(self, sealed_push: Pusher) -> None:
        for sealed in (
            encrypt(b"{}", aes_key=AES_KEY, app_id="wx-another"),
            encrypt(b"{}", aes_key=AES_KEY[::-1], app_id=APP_ID),
            "not base64",
            "",
            "QUJD",
        ):
            query = sealed_push.query()
            query["msg_signature"] = signature(TOKEN, query["timestamp"], query["nonce"], sealed)
            assert sealed_push.client.post(URL, query_string=query, json={"Encrypt": sealed}).status_code == 403

    def test_a_body_that_was_changed_on_the_way_is_refused(self, sealed_push: Pusher) -> None:
        query = sealed_push.query()
        sealed = encrypt(b"{}", aes_key=AES_KEY, app_id=APP_ID)
        query["msg_signature"] = signature(TOKEN, query["timestamp"], query["nonce"], sealed)
        other = encrypt(b"{}", aes_key=AES_KEY, app_id=APP_ID)
        assert sealed_push.client.post(URL, query_string=query, json={"Encrypt": other}).status_code == 403


class TestTakingEvents:
    def test_both_forms_reach_those_above(self, push: Pusher, heard: list[Event]) -> None:
        assert push(event("user_authorization_revoke", RevokeInfo="8")).text == "success"
        (found,) = heard
        assert isinstance(found, AuthorizationRevoked)
        assert (found.openid, found.revoked) == (OPENID, {Revoked.PHONE})

    def test_sealed_too(self, sealed_push: Pusher, heard: list[Event]) -> None:
        checked = event(
            "wxa_media_check", appid=APP_ID, trace_id="1-2-3", errcode=0, result={"suggest": "risky", "label": "20002"}
        )
        assert sealed_push(checked).text == "success"
        assert [type(one) for one in heard] == [MediaChecked]

    def test_a_repeat_is_answered_alike_and_has_no_effect(self, push: Pusher, heard: list[Event]) -> None:
        message = event("user_authorization_cancellation")
        assert [push(message).text for _ in range(3)] == ["success"] * 3, "each signed anew"
        assert len(heard) == 1
        push(message | {"CreateTime": message["CreateTime"] + 1})
        assert len(heard) == 2, "another second, another event"

    def test_a_sealed_repeat_is_sealed_anew_and_still_a_repeat(self, sealed_push: Pusher, heard: list[Event]) -> None:
        message = event("user_authorization_cancellation")
        assert [sealed_push(message).text for _ in range(2)] == ["success"] * 2
        assert len(heard) == 1

    def test_an_event_that_nobody_needs_is_answered_and_counted(self, push: Pusher, heard: list[Event]) -> None:
        before = counted("other", "ignored")
        assert push(event("wxa_punish_event")).text == "success"
        assert push("<xml><MsgType>text</MsgType><Content>你好</Content></xml>").text == "success"
        assert counted("other", "ignored") == before + 2
        assert heard == []

    def test_nonsense_with_a_good_signature_is_told_so(self, push: Pusher, heard: list[Event]) -> None:
        assert push("neither JSON nor XML").status_code == 400
        assert push(event("user_authorization_revoke")).status_code == 400
        assert heard == []

    def test_a_push_whose_effect_failed_is_taken_when_it_comes_again(self, push: Pusher, heard: list[Event]) -> None:
        def fail(_: str, *, event: Event) -> None:
            raise RuntimeError("a receiver fails")

        message = event("user_authorization_cancellation")
        with wechat_event.connected_to(fail):
            push.client.application.testing = False
            assert push(message).status_code == 500
        heard.clear()
        assert push(message).text == "success"
        assert len(heard) == 1

    def test_the_same_push_at_the_same_moment_has_one_effect(self, app: Flask, push: Pusher) -> None:
        effects: list[Event] = []
        both = Barrier(2)

        def hear(_: str, *, event: Event) -> None:
            effects.append(event)

        message = event("user_authorization_cancellation")
        answers: list[str] = []

        def send(number: str) -> None:
            other = Pusher(app.test_client())
            both.wait()
            answers.append(other(message, ignored=number).text)

        with wechat_event.connected_to(hear):
            threads = [Thread(target=send, args=(str(number),)) for number in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert answers == ["success"] * 2
        assert len(effects) == 1

    def test_the_memory_of_pushes_is_not_kept(self, push: Pusher, heard: list[Event], freeze: Any) -> None:
        push(event("user_authorization_cancellation"))
        forget_pushes()
        assert remembered() == 1
        freeze(datetime.fromtimestamp(time.time() + 3 * 86_400, UTC))
        forget_pushes()
        assert remembered() == 0


def remembered() -> int:
    with transaction() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(WeChatPush)) or 0


@pytest.mark.parametrize("aes_key", ["", AES_KEY])
def test_the_stand_in_pushes_to_a_running_service(app: Flask, environment: dict[str, str], aes_key: str) -> None:
    secrets = {"WECHAT_CALLBACK_TOKEN": TOKEN, "WECHAT_CALLBACK_AES_KEY": aes_key}
    live: LiveServer = start_server(environment | secrets, log=ROOT / "var/test-output/callback.log", workers=1)
    try:
        with running("wechat", "--callback-url", live.url(URL), environment=secrets) as wechat:
            pushed = {"Event": "user_authorization_revoke", "FromUserName": OPENID, "RevokeInfo": "8"}
            assert wechat.control("POST", "push", {"event": pushed}) == {"status": 200, "body": "success"}
        with running(
            "wechat", "--callback-url", live.url(URL), environment=secrets | {"WECHAT_CALLBACK_TOKEN": "x"}
        ) as other:
            assert other.control("POST", "push", {"event": pushed})["status"] == 403
        assert requests.get(live.url(URL), timeout=5).status_code == 403
    finally:
        stop_server(live)
    assert remembered() == 1


def test_plain_mode_is_warned_of_where_it_matters(client: FlaskClient, configured: Callable[..., None]) -> None:
    def warned() -> bool:
        return any("明文模式" in sentence for sentence in client.get("/status").get_json()["warnings"])

    configured(environment=Environment.PRODUCTION, wechat_callback_token=TOKEN, wechat_callback_aes_key="")
    assert warned()
    configured(environment=Environment.PRODUCTION, wechat_callback_token=TOKEN, wechat_callback_aes_key=AES_KEY)
    assert not warned()
    configured(environment=Environment.PRODUCTION, wechat_callback_token="")
    assert not warned()
    configured(environment=Environment.DEVELOPMENT, wechat_callback_token=TOKEN, wechat_callback_aes_key="")
    assert not warned()
