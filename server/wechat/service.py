"""What the other domains ask WeChat for."""

from collections.abc import Mapping
from typing import cast

from flask import Flask, current_app

from server.core.outside import Timeouts
from server.core.redis import redis_client
from server.core.settings import Settings
from server.wechat.client import WeChat
from server.wechat.fields import Value
from server.wechat.rules import CheckScene, PhoneNumber, TextCheck, WeChatIdentity

__all__ = [
    "CheckScene",
    "PhoneNumber",
    "TextCheck",
    "WeChatIdentity",
    "check_media",
    "check_text",
    "code_image",
    "exchange_code",
    "exchange_phone_code",
    "init_wechat",
    "send_message",
    "url_link",
]

LONGEST_LINK = 30
"""Days."""
LONGEST_TEXT = 2500
"""Characters that WeChat judges at once."""


def init_wechat(app: Flask, settings: Settings) -> None:
    """Attach the one client of the application, which has its Redis already."""
    with app.app_context():
        redis = redis_client()
    app.extensions["wechat"] = WeChat(
        api_base=settings.wechat_api_base,
        app_id=settings.wechat_app_id,
        app_secret=settings.wechat_app_secret,
        redis=redis,
        env_version=settings.wechat_env_version,
        timeouts=Timeouts(connect=settings.outside_connect_seconds, read=settings.outside_read_seconds),
    )


def exchange_code(code: str) -> WeChatIdentity:
    """Who a code of wx.login belongs to. A code lives five minutes and works once.

    Raises:
        CodeInvalid: wrong, too old or used.
        HighRiskUser: WeChat blocks this user.
        TooManyTries: ask again after `retry_after` seconds.
        WeChatUnavailable: no usable answer; try later.
        WeChatMisconfigured: an operator has to act.
    """
    return _wechat().exchange_code(code)


def exchange_phone_code(code: str) -> PhoneNumber:
    """The number behind a code of getPhoneNumber (not the code of wx.login). Raises what `exchange_code` raises."""
    return _wechat().exchange_phone_code(code)


def code_image(*, scene: str, page: str, width: int = 430) -> bytes:
    """The round code that opens a page of the mini-program, JPEG, `width` pixels (280–1280).

    Args:
        scene: up to 32 visible characters; the page finds them in its parameter `scene`.
        page: without a leading slash.

    Raises what `exchange_code` raises, except about codes; QuotaUsedUp.
    """
    return _wechat().code_image(scene=scene, page=page, width=width)


def url_link(*, path: str, query: str = "", days: int = LONGEST_LINK) -> str:
    """An https address that opens a page of the mini-program from outside of WeChat, for up to 30 days.

    Raises what `code_image` raises.
    """
    return _wechat().url_link(path=path, query=query, days=days)


def send_message(*, openid: str, template_id: str, page: str, data: Mapping[str, Value]) -> str | None:
    """Send a subscribe message, and return WeChat's number for it where it tells one.

    Raises:
        NotSubscribed: the person does not allow it.
        RecipientUnknown: not a person of this mini-program.
        MessageMalformed: a field that WeChat does not take; an operator has to act.
        Concurrent, QuotaUsedUp: not sent, try later.
        WeChatUnavailable: not sent, try later, unless it `may_have_arrived`.
        WeChatMisconfigured: an operator has to act.
    """
    return _wechat().send_message(openid=openid, template_id=template_id, page=page, data=data)


def check_text(content: str, *, openid: str, scene: CheckScene) -> TextCheck:
    """What WeChat thinks of a text that other workers will read; nothing else may be sent to it.

    To be asked at once, not later in a job: WeChat only judges those who were there within two hours.

    Raises:
        NotSeenLately, RecipientUnknown, QuotaUsedUp, WeChatUnavailable, WeChatMisconfigured
    """
    return _wechat().check_text(content[:LONGEST_TEXT], openid=openid, scene=scene)


def check_media(url: str, *, openid: str, scene: CheckScene) -> str:
    """Have a picture looked at that other workers will see; `url` must be public for half an hour.

    The result is pushed within 30 minutes, as a `MediaChecked` with the trace id that is returned. Raises what
    `check_text` raises.
    """
    return _wechat().check_media(url, openid=openid, scene=scene)


def _wechat() -> WeChat:
    return cast(WeChat, current_app.extensions["wechat"])
