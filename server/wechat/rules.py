"""Reading WeChat's answers, without asking for them."""

import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

from msgspec import Struct

from server.core.private import Private
from server.wechat.errors import (
    CodeInvalid,
    Concurrent,
    HighRiskUser,
    MessageMalformed,
    NotSeenLately,
    NotSubscribed,
    QuotaUsedUp,
    RecipientUnknown,
    TokenRefused,
    TooManyTries,
    WeChatError,
    WeChatMisconfigured,
    WeChatUnavailable,
)
from server.wechat.events import Verdict

BUSY = -1
"""WeChat's "system error": ask again."""
LONGEST_TOKEN_LIFE = 7200

_CODE = re.compile(r"[\w-]{1,256}", re.ASCII)
_RID = re.compile(r"rid: ?([0-9a-f]{8}(?:-[0-9a-f]{8}){2})")
_ERRORS: Mapping[int, Callable[..., WeChatError]] = {
    40029: CodeInvalid,
    40163: CodeInvalid,
    40226: HighRiskUser,
    45011: TooManyTries,
    40001: TokenRefused,
    40014: TokenRefused,
    42001: TokenRefused,
    43101: NotSubscribed,
    43108: Concurrent,
    61010: NotSeenLately,
    **dict.fromkeys((40003, 43104), RecipientUnknown),
    **dict.fromkeys((45168, 47003), MessageMalformed),
    **dict.fromkeys((44990, 44991, 44993, 45009, 85406), QuotaUsedUp),
    **dict.fromkeys(
        (
            *(40002, 40013, 40125, 40164, 40243, 41001, 41002, 41004, 43002, 44002, 47001, 48001, 89503, 89506, 89507),
            *(40037, 43107),  # templates
            *(40097, 40129, 40159, 40165, 40169, 40212, 41030, 85079, 85401, 85402, 85407, 85408),  # codes and links
        ),
        WeChatMisconfigured,
    ),
}
_FIELD = re.compile(r"data\.([a-z_]+\d+)", re.ASCII)
_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@._~-]{1,32}", re.ASCII)


class WeChatIdentity(Private, frozen=True):
    """Who a wx.login code belongs to. `unionid` only where the mini-program is bound to an Open Platform account."""

    openid: str
    unionid: str | None


class PhoneNumber(Private, frozen=True):
    """`number` as it is stored everywhere: 11 digits for the mainland, +<country><number> for others.

    `country_code` is digits only: "86", "852".
    """

    country_code: str
    number: str


class AccessToken(Private, frozen=True):
    """`expires_in` in seconds from its arrival."""

    value: str
    expires_in: int


class TextCheck(Struct, frozen=True):
    """What WeChat thinks of a text; `label` 100 is harmless, see WeChat's page for the others."""

    verdict: Verdict
    label: int


class CheckScene(IntEnum):
    """Where a text or picture is to be seen; WeChat's numbers."""

    PROFILE = 1
    COMMENT = 2
    FORUM = 3
    LOG = 4


def check_code(code: str) -> None:
    """Keep what cannot be a code from WeChat, whose answers to nonsense are many.

    Raises:
        CodeInvalid
    """
    if not _CODE.fullmatch(code):
        raise CodeInvalid("not the form of a code")


def read_answer(body: Any) -> dict[str, Any]:
    """The answer's fields. No errcode at all means success: jscode2session and the token calls send none.

    Raises:
        WeChatError: the subclass that fits the errcode.
    """
    if not isinstance(body, dict):
        raise WeChatUnavailable("answer not understood")
    errcode = body.get("errcode", 0)
    try:
        errcode = int(errcode)
    except (TypeError, ValueError):
        raise WeChatUnavailable("answer not understood") from None
    if errcode != 0:
        raise _error(errcode, body.get("errmsg"))
    return body


def _error(errcode: int, errmsg: Any) -> WeChatError:
    """The exception for an errcode. Of the text only rid and field name are kept: the rest may quote what was sent."""
    text = errmsg if isinstance(errmsg, str) else ""
    rid = _RID.search(text)
    kind = _ERRORS.get(errcode, WeChatUnavailable)
    more = {}
    if kind is MessageMalformed and (named := _FIELD.search(text)):
        more["field"] = named[1]
    return kind("WeChat says no", errcode=errcode, rid=rid and rid[1], **more)


def is_down(error: Exception) -> bool:
    """Whether WeChat itself is in trouble, as against an answer that says no to this one caller."""
    if isinstance(error, TokenRefused):
        return True
    return isinstance(error, WeChatUnavailable) and error.errcode in {None, BUSY}


def is_busy(error: Exception) -> bool:
    """Whether WeChat asks for a second try."""
    return isinstance(error, Concurrent) or (isinstance(error, WeChatError) and error.errcode == BUSY)


def check_scene(scene: str) -> None:
    """What a mini-program code may carry: 32 visible characters without % and Chinese ones.

    Raises:
        WeChatMisconfigured
    """
    if not _SCENE.fullmatch(scene):
        raise WeChatMisconfigured("not the form of a scene")


def read_image(body: object) -> bytes:
    """From getwxacodeunlimit: an image and nothing around it.

    Raises:
        WeChatUnavailable
    """
    if not isinstance(body, bytes) or not body.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n")):
        raise WeChatUnavailable("answer not understood")
    return body


def read_link(answer: Mapping[str, Any]) -> str:
    """From generate_urllink.

    Raises:
        WeChatUnavailable
    """
    link = answer.get("url_link")
    if not isinstance(link, str) or not link.startswith("https://"):
        raise WeChatUnavailable("answer not understood")
    return link


def read_message_id(answer: Mapping[str, Any]) -> str | None:
    """From subscribe/send, which may or may not tell it."""
    message_id = answer.get("msgid")
    return None if message_id in {None, ""} else str(message_id)


def read_text_check(answer: Mapping[str, Any]) -> TextCheck:
    """From msg_sec_check: its `result` decides, not its errcode.

    Raises:
        WeChatUnavailable
    """
    try:
        result = answer["result"]
        return TextCheck(Verdict(result["suggest"]), int(result["label"]))
    except (KeyError, TypeError, ValueError):
        raise WeChatUnavailable("answer not understood") from None


def read_trace_id(answer: Mapping[str, Any]) -> str:
    """From media_check_async.

    Raises:
        WeChatUnavailable
    """
    trace_id = answer.get("trace_id")
    if not isinstance(trace_id, str) or not 1 <= len(trace_id) <= 128:
        raise WeChatUnavailable("answer not understood")
    return trace_id


def read_identity(answer: Mapping[str, Any]) -> WeChatIdentity:
    """From jscode2session. The session_key is left behind: nothing here needs it.

    Raises:
        WeChatUnavailable: there is no openid in it.
    """
    openid, unionid = answer.get("openid"), answer.get("unionid")
    if not isinstance(openid, str) or not 1 <= len(openid) <= 64:
        raise WeChatUnavailable("answer not understood")
    return WeChatIdentity(openid=openid, unionid=unionid if isinstance(unionid, str) and unionid else None)


def read_token(answer: Mapping[str, Any]) -> AccessToken:
    """From stable_token.

    Raises:
        WeChatUnavailable: token or lifetime make no sense.
    """
    value, expires_in = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(value, str) or not value or type(expires_in) is not int or expires_in <= 0:
        raise WeChatUnavailable("answer not understood")
    return AccessToken(value=value, expires_in=min(expires_in, LONGEST_TOKEN_LIFE))


def read_phone(answer: Mapping[str, Any], *, app_id: str) -> PhoneNumber:
    """From getuserphonenumber; the country's code comes as a string or as a number.

    Raises:
        CodeInvalid: the number was given to another mini-program.
        WeChatUnavailable: no number in it.
    """
    info = answer.get("phone_info")
    if not isinstance(info, dict):
        raise WeChatUnavailable("answer not understood")
    watermark = info.get("watermark")
    if not isinstance(watermark, dict) or watermark.get("appid") != app_id:
        raise CodeInvalid("a number given to another mini-program")
    country_code = str(info.get("countryCode")).removeprefix("+")
    number = info.get("purePhoneNumber")
    if not isinstance(number, str) or not _plausible(country_code, number):
        raise WeChatUnavailable("answer not understood")
    return PhoneNumber(country_code, number if country_code == "86" else f"+{country_code}{number}")


def _plausible(country_code: str, number: str) -> bool:
    if country_code == "86":
        return re.fullmatch(r"1\d{10}", number, re.ASCII) is not None
    return re.fullmatch(r"[1-9]\d{0,2} \d{4,14}", f"{country_code} {number}", re.ASCII) is not None
