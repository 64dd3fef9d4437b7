"""Reading WeChat's pushes: every shape that WeChat has for the same event."""

from datetime import UTC, datetime

import pytest

from server.wechat.events import (
    AccountCancelled,
    AskedWhere,
    AuthorizationRevoked,
    MediaChecked,
    MessageResults,
    NotUnderstood,
    Revoked,
    SubscriptionAnswered,
    Verdict,
    read_event,
    read_message,
)
from tests.pushing import OPENID, event
from tests.standins import APP_ID

AT = 1_772_000_000


def xml(name: str, inner: str) -> str:
    return (
        f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{OPENID}]]></FromUserName>"
        f"<CreateTime>{AT}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{name}]]></Event>{inner}</xml>"
    )


def read(message: dict[str, object]) -> object:
    return read_event(message, app_id=APP_ID)


def test_a_list_of_one_comes_as_a_bare_object_and_means_the_same() -> None:
    said = {"TemplateId": "t-1", "SubscribeStatusString": "accept", "PopupScene": "0"}
    bare = event("subscribe_msg_popup_event", at=AT, List=said)
    listed = event("subscribe_msg_popup_event", at=AT, List=[said])
    meant = SubscriptionAnswered(OPENID, datetime.fromtimestamp(AT, UTC), AskedWhere.DIALOG, {"t-1": True})
    assert read(bare) == read(listed) == meant


def test_xml_means_the_same_as_json() -> None:
    two = "".join(
        f"<List><TemplateId><![CDATA[{template}]]></TemplateId>"
        f"<SubscribeStatusString><![CDATA[{said}]]></SubscribeStatusString></List>"
        for template, said in (("t-1", "accept"), ("t-2", "reject"))
    )
    text = xml("subscribe_msg_popup_event", f"<SubscribeMsgPopupEvent>{two}</SubscribeMsgPopupEvent>")
    found = read(dict(read_message(text)))
    assert found == SubscriptionAnswered(
        OPENID, datetime.fromtimestamp(AT, UTC), AskedWhere.DIALOG, {"t-1": True, "t-2": False}
    )


def test_the_fate_of_a_message_is_read_with_numbers_as_text() -> None:
    one = {"TemplateId": "t-1", "MsgID": "1700827132819554304", "ErrorCode": "0", "ErrorStatus": "success"}
    found = read(event("subscribe_msg_sent_event", at=AT, List=one))
    assert isinstance(found, MessageResults)
    (result,) = found.results
    assert (result.message_id, result.template_id, result.errcode) == ("1700827132819554304", "t-1", 0)


def test_a_revocation_names_the_person_and_what_is_taken_back() -> None:
    found = read(event("user_authorization_revoke", OpenID="o-other", AppID=APP_ID, RevokeInfo="8,13,99"))
    assert isinstance(found, AuthorizationRevoked)
    assert found.openid == "o-other", "not the sender"
    assert found.revoked == {Revoked.PHONE, Revoked.LOCATION}


def test_a_closed_account_names_the_person() -> None:
    found = read(event("user_authorization_cancellation"))
    assert isinstance(found, AccountCancelled)
    assert found.openid == OPENID


@pytest.mark.parametrize("label", [100, "100"])
def test_a_media_check_is_read_with_its_label_as_text(label: object) -> None:
    result = {"suggest": "pass", "label": label}
    found = read(event("wxa_media_check", appid=APP_ID, trace_id="1-2-3", errcode=0, version=2, result=result))
    assert found == MediaChecked("1-2-3", Verdict.PASS, 100)


def test_a_media_check_that_could_not_be_made_says_so() -> None:
    found = read(event("wxa_media_check", appid=APP_ID, trace_id="1-2-3", errcode=-1008, version=2))
    assert found == MediaChecked("1-2-3", Verdict.FAILED, 0)


@pytest.mark.parametrize(
    "message",
    [
        {},
        event("debug_demo"),
        event("user_info_modified"),
        {"MsgType": "text", "Content": "你好", "FromUserName": OPENID, "CreateTime": AT},
        event("user_authorization_cancellation", AppID="wx-another"),
        event("wxa_media_check", appid="wx-another"),
    ],
)
def test_what_nobody_needs_is_nothing(message: dict[str, object]) -> None:
    assert read(message) is None


@pytest.mark.parametrize(
    "message",
    [
        event("subscribe_msg_popup_event"),
        event("subscribe_msg_popup_event", List="none"),
        event("subscribe_msg_popup_event", List=[{"TemplateId": "t\x00", "SubscribeStatusString": "accept"}]),
        event("subscribe_msg_sent_event", List=[{"TemplateId": "t-1", "MsgID": 1, "ErrorCode": "many"}]),
        event("user_authorization_revoke"),
        event("user_authorization_cancellation") | {"FromUserName": ""},
        event("user_authorization_cancellation") | {"CreateTime": "1" * 400},
        event("wxa_media_check", appid=APP_ID, trace_id="1-2-3", result={"suggest": "maybe", "label": 1}),
    ],
)
def test_what_is_needed_and_cannot_be_read_is_not_guessed(message: dict[str, object]) -> None:
    with pytest.raises(NotUnderstood):
        read(message)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "1",
        "{",
        "<xml>",
        "<xml/>",
        "[" * 100_000,
        '<!DOCTYPE x [<!ENTITY a "b">]><xml><Event>&a;</Event></xml>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Event>&a;</Event></xml>',
    ],
)
def test_a_body_that_is_no_message_is_refused(body: str) -> None:
    with pytest.raises(NotUnderstood):
        read_message(body)
