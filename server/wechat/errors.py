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
    """No usable answer: network, timeouts, 5xx, "busy", nonsense, an errcode we do not know, or a breaker at rest.

    `may_have_arrived`: WeChat may have done what it was asked all the same.
    """

    def __init__(
        self, reason: str, *, errcode: int | None = None, rid: str | None = None, may_have_arrived: bool = True
    ) -> None:
        super().__init__(reason, errcode=errcode, rid=rid)
        self.may_have_arrived = may_have_arrived and errcode is None


class Refused(WeChatUnavailable):
    """WeChat says no to this one call, and did not do what it was asked. The kinds are for those who send or check."""


class NotSubscribed(Refused):
    """The person does not allow this message (any more)."""


class RecipientUnknown(Refused):
    """WeChat has no such person in this mini-program."""


class Concurrent(Refused):
    """WeChat is busy sending to the same person: nothing was sent, try again in a moment."""


class QuotaUsedUp(Refused):
    """The mini-program has asked too often, this minute or today."""


class MessageMalformed(Refused):
    """WeChat does not take the fields of a message; `field` is the first one, where it says so."""

    def __init__(self, reason: str, *, errcode: int | None = None, rid: str | None = None, field: str = "") -> None:
        super().__init__(f"{reason} ({field})" if field else reason, errcode=errcode, rid=rid, may_have_arrived=False)
        self.field = field


class NotSeenLately(Refused):
    """The person has not opened the mini-program within two hours, so WeChat does not judge what they wrote."""


class WeChatMisconfigured(WeChatError):
    """WeChat knows neither us nor our address: app id, secret or the list of allowed addresses is wrong."""


class TokenRefused(WeChatError):
    """The access token is not valid (any more). Stays within `server.wechat`."""
