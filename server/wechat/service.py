"""What the other domains ask WeChat for."""

from typing import cast

from flask import Flask, current_app

from server.core.outside import Timeouts
from server.core.redis import redis_client
from server.core.settings import Settings
from server.wechat.client import WeChat
from server.wechat.rules import PhoneNumber, WeChatIdentity

__all__ = ["PhoneNumber", "WeChatIdentity", "exchange_code", "exchange_phone_code", "init_wechat"]


def init_wechat(app: Flask, settings: Settings) -> None:
    """Attach the one client of the application, which has its Redis already."""
    with app.app_context():
        redis = redis_client()
    app.extensions["wechat"] = WeChat(
        api_base=settings.wechat_api_base,
        app_id=settings.wechat_app_id,
        app_secret=settings.wechat_app_secret,
        redis=redis,
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


def _wechat() -> WeChat:
    return cast(WeChat, current_app.extensions["wechat"])
