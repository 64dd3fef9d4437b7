"""Codes, links, messages and content checks, against the stand-in."""

from typing import Any

import pytest
from flask import Flask

from server.core.outside import Timeouts
from server.core.settings import EnvVersion
from server.wechat.errors import (
    Concurrent,
    MessageMalformed,
    NotSeenLately,
    NotSubscribed,
    QuotaUsedUp,
    RecipientUnknown,
    WeChatError,
    WeChatMisconfigured,
    WeChatUnavailable,
)
from server.wechat.events import Verdict
from server.wechat.rules import CheckScene
from server.wechat.service import check_media, check_text, code_image, exchange_code, send_message, url_link
from tests.standins import StandIn
from tests.wechat.conftest import MakeClient

pytestmark = pytest.mark.usefixtures("app")

CODE = "/wxa/getwxacodeunlimit"
LINK = "/wxa/generate_urllink"
SEND = "/cgi-bin/message/subscribe/send"
TEXT = "/wxa/msg_sec_check"
MEDIA = "/wxa/media_check_async"
TOKEN = "/cgi-bin/stable_token"
TEMPLATE = "demo_case_progress"
DATA = {"thing1": "你的事项有新进展", "time2": "2026年3月12日 18:00", "thing3": "请打开看"}
PAGE = "stations/detail/detail"
OPENID = "o" + "w" * 27


def send(openid: str = OPENID, **changed: Any) -> str | None:
    wanted: dict[str, Any] = {"template_id": TEMPLATE, "page": "account/inbox/inbox", "data": DATA}
    return send_message(openid=openid, **(wanted | changed))


@pytest.fixture
def seen(wechat_standin: StandIn) -> str:
    """Somebody who has just opened the mini-program."""
    made = wechat_standin.control("POST", "codes", {})
    exchange_code(made["code"])
    openid: str = made["openid"]
    return openid


class TestCodesAndLinks:
    def test_a_code_is_an_image(self, wechat_standin: StandIn) -> None:
        assert code_image(scene="s=FT0007", page=PAGE, width=860).startswith(b"\xff\xd8\xff")
        (call,) = wechat_standin.calls(CODE)
        assert call["body"] == {
            "scene": "s=FT0007",
            "page": PAGE,
            "env_version": "release",
            "check_path": True,
            "width": 860,
        }

    def test_a_trial_version_may_have_pages_that_are_not_released(
        self, make_client: MakeClient, wechat_standin: StandIn
    ) -> None:
        client = make_client(env_version=EnvVersion.TRIAL)
        assert client.code_image(scene="x", page="not/released", width=430)
        assert wechat_standin.calls(CODE)[0]["body"]["env_version"] == "trial"
        with pytest.raises(WeChatMisconfigured) as caught:
            code_image(scene="x", page="not/released")
        assert caught.value.errcode == 41030

    @pytest.mark.parametrize("scene", ["", "x" * 33, "a b", "站", "a%20b", 'a"b'])
    def test_a_scene_that_wechat_would_refuse_is_not_sent(self, wechat_standin: StandIn, scene: str) -> None:
        with pytest.raises(WeChatMisconfigured):
            code_image(scene=scene, page=PAGE)
        assert wechat_standin.calls() == []

    @pytest.mark.parametrize("body", [{"errcode": 0, "errmsg": "ok"}, "<html>", ""])
    def test_an_answer_that_is_no_image_is_not_taken_for_one(self, wechat_standin: StandIn, body: Any) -> None:
        wechat_standin.fault(CODE, body=body)
        with pytest.raises(WeChatUnavailable):
            code_image(scene="x", page=PAGE)

    def test_a_link_lives_thirty_days(self, wechat_standin: StandIn) -> None:
        assert url_link(path=PAGE, query="code=FT0007").startswith("https://wxaurl.cn/")
        body = wechat_standin.calls(LINK)[0]["body"]
        assert (body["expire_type"], body["expire_interval"], body["env_version"]) == (1, 30, "release")
        with pytest.raises(WeChatMisconfigured):
            url_link(path=PAGE, days=31)

    def test_the_minute_quota_is_told_apart(self, wechat_standin: StandIn) -> None:
        wechat_standin.fault(CODE, errcode=45009)
        with pytest.raises(QuotaUsedUp):
            code_image(scene="x", page=PAGE)


class TestMessages:
    def test_what_is_sent_arrives_as_chinese(self, wechat_standin: StandIn) -> None:
        message_id = send()
        message = wechat_standin.messages()[-1]
        assert (message["id"], message["openid"], message["data"]) == (message_id, OPENID, DATA)
        (call,) = wechat_standin.calls(SEND)
        assert "你的事项有新进展" in call["raw"], "not in escapes"
        assert (call["body"]["miniprogram_state"], call["body"]["lang"]) == ("formal", "zh_CN")

    def test_who_does_not_allow_it_is_told_apart(self, wechat_standin: StandIn) -> None:
        refusing = "o" + "r" * 27
        for left in (1, 0):
            wechat_standin.control("POST", "subscriptions", {"openid": refusing, "template_id": TEMPLATE, "left": left})
            if left:
                send(refusing)
                with pytest.raises(NotSubscribed):
                    send(refusing)
        with pytest.raises(NotSubscribed):
            send(refusing)

    @pytest.mark.parametrize(
        ("changed", "kind"),
        [
            ({"openid": "nobody"}, RecipientUnknown),
            ({"template_id": "gone"}, WeChatMisconfigured),
            ({"data": {"thing1": "x"}}, MessageMalformed),
        ],
    )
    def test_other_refusals_are_told_apart(self, changed: dict[str, Any], kind: type[WeChatError]) -> None:
        with pytest.raises(kind):
            send(**changed)

    def test_a_malformed_field_is_named(self, wechat_standin: StandIn) -> None:
        with pytest.raises(MessageMalformed) as caught:
            send(data=DATA | {"time2": "明天"})
        assert caught.value.field == "time2"
        assert wechat_standin.calls(SEND) == [], "not even sent"
        with pytest.raises(MessageMalformed) as caught:
            send(data=DATA | {"phrase9": "好"})
        assert (caught.value.field, caught.value.errcode) == ("phrase9", 47003)

    def test_a_busy_person_is_tried_again(self, wechat_standin: StandIn) -> None:
        wechat_standin.fault(SEND, errcode=43108, times=2)
        send()
        assert len(wechat_standin.calls(SEND)) == 3
        wechat_standin.fault(SEND, errcode=43108)
        with pytest.raises(Concurrent):
            send()

    def test_a_stale_token_is_renewed_and_the_message_goes_once(self, wechat_standin: StandIn) -> None:
        wechat_standin.fault(SEND, errcode=40001, times=1)
        before = len(wechat_standin.messages())
        send()
        assert len(wechat_standin.messages()) == before + 1

    @pytest.mark.parametrize(
        ("fault", "may_have_arrived"),
        [
            ({"path": SEND, "errcode": -1}, False),
            ({"path": SEND, "errcode": 99999}, False),
            ({"path": SEND, "errcode": 40001}, False),
            ({"path": TOKEN, "delay_ms": 60_000}, False),
            ({"path": TOKEN, "status": 502}, False),
            ({"path": SEND, "status": 502}, True),
            ({"path": SEND, "delay_ms": 60_000}, True),
            ({"path": SEND, "body": "nonsense"}, True),
            ({"path": SEND, "body": {"errcode": "none"}}, True),
        ],
    )
    def test_whether_it_may_have_arrived_is_told(
        self, make_client: MakeClient, wechat_standin: StandIn, fault: dict[str, Any], may_have_arrived: bool
    ) -> None:
        wechat_standin.fault(**fault)
        client = make_client(timeouts=Timeouts(connect=0.5, read=0.3))
        with pytest.raises(WeChatUnavailable) as caught:
            client.send_message(openid=OPENID, template_id=TEMPLATE, page="", data=DATA)
        assert caught.value.may_have_arrived is may_have_arrived
        if may_have_arrived:
            assert len(wechat_standin.calls(SEND)) == 1, "nobody wants the same message twice"

    def test_a_refused_connection_cannot_have_arrived(self, make_client: MakeClient) -> None:
        client = make_client(api_base="http://127.0.0.1:9")
        with pytest.raises(WeChatUnavailable) as caught:
            client.send_message(openid=OPENID, template_id=TEMPLATE, page="", data=DATA)
        assert caught.value.may_have_arrived is False


class TestContentChecks:
    @pytest.mark.parametrize(
        ("text", "verdict"),
        [("驿站的水很热", Verdict.PASS), ("违规测试", Verdict.RISKY), ("待审测试", Verdict.REVIEW)],
    )
    def test_a_text_gets_a_verdict(self, seen: str, text: str, verdict: Verdict) -> None:
        assert check_text(text, openid=seen, scene=CheckScene.COMMENT).verdict is verdict

    def test_chinese_is_not_sent_in_escapes_which_wechat_lets_pass(self, wechat_standin: StandIn, seen: str) -> None:
        check_text("违规测试", openid=seen, scene=CheckScene.COMMENT)
        assert "违规测试" in wechat_standin.calls(TEXT)[0]["raw"]

    def test_who_was_away_for_two_hours_is_told_apart(self, wechat_standin: StandIn, seen: str) -> None:
        wechat_standin.control("POST", "clock", {"forward_s": 7300})
        with pytest.raises(NotSeenLately):
            check_text("你好", openid=seen, scene=CheckScene.COMMENT)

    def test_a_long_text_is_judged_by_its_beginning(self, seen: str) -> None:
        assert check_text("好" * 3000, openid=seen, scene=CheckScene.FORUM).verdict is Verdict.PASS

    def test_an_errcode_of_nought_alone_is_no_verdict(self, wechat_standin: StandIn, seen: str) -> None:
        wechat_standin.fault(TEXT, body={"errcode": 0, "errmsg": "ok"})
        with pytest.raises(WeChatUnavailable):
            check_text("你好", openid=seen, scene=CheckScene.COMMENT)

    def test_a_picture_gets_its_verdict_later(self, wechat_standin: StandIn, seen: str) -> None:
        trace_id = check_media("http://127.0.0.1/picture-1.jpg", openid=seen, scene=CheckScene.LOG)
        verdict = {"trace_id": trace_id, "suggest": "risky", "label": 20002}
        assert "error" in wechat_standin.control("POST", "media-results", verdict), "no service listens here"
        (call,) = wechat_standin.calls(MEDIA)
        assert (call["body"]["version"], call["body"]["media_type"]) == (2, 2)


def test_each_kind_of_call_rests_by_itself(make_client: MakeClient, wechat_standin: StandIn, app: Flask) -> None:
    client = make_client()
    wechat_standin.fault(SEND, status=502)
    for _ in range(5):
        with pytest.raises(WeChatUnavailable):
            client.send_message(openid=OPENID, template_id=TEMPLATE, page="", data=DATA)
    asked = len(wechat_standin.calls(SEND))
    with pytest.raises(WeChatUnavailable) as caught:
        client.send_message(openid=OPENID, template_id=TEMPLATE, page="", data=DATA)
    assert (len(wechat_standin.calls(SEND)), caught.value.may_have_arrived) == (asked, False)
    assert client.exchange_code("demo-li").openid
    assert client.code_image(scene="x", page=PAGE, width=430)
