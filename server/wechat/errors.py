"""What can go wrong with WeChat.

None of these holds or chains what wechatpy or requests raised: those carry the client, addresses and answers, and with
them the app secret, tokens and openids. An errcode and a rid, by which WeChat finds a call again, are safe to log.
"""


class WeChatError(Exception):
    """WeChat did not do what it was asked; `errcode` and `rid` are its own, where there was an answer."""

    def __init__(self, reason: str, *, errcode: int | None = None, rid: str | None = None) -> None:
        self.errcode = errcode
        self.rid = rid
        parts = [reason]
        if errcode is not None:
            parts.append(f"errcode {errcode}")
        if rid is not None:
            parts.append(f"rid {rid}")
        super().__init__(", ".join(parts))


class CodeInvalid(WeChatError):
    """The code is wrong, too old, used, or of another mini-program: the worker's device has to get a new one."""


class HighRiskUser(WeChatError):
    """WeChat blocks this user as a risk."""


class TooManyTries(WeChatError):
    """WeChat wants fewer calls; `retry_after` in seconds."""

    retry_after = 60


class WeChatUnavailable(WeChatError):
    """No usable answer: network, timeouts, 5xx, "busy", nonsense, an errcode we do not know, or a breaker at rest."""


class WeChatMisconfigured(WeChatError):
    """WeChat knows neither us nor our address: app id, secret or the list of allowed addresses is wrong."""


class TokenRefused(WeChatError):
    """The access token is not valid (any more). Stays within `server.wechat`."""
