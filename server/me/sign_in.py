"""What a worker may sign in with, and what they are told when it does not work."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from msgspec.structs import replace

from server.core.db import db
from server.core.errors import Problem, too_many, unavailable, unprocessable
from server.identity import demo
from server.identity.codes import read_phone, sign_in_with_code
from server.identity.profiles import count_by_number
from server.identity.rules import Invalid, normalise_phone
from server.identity.service import SignedIn, sign_in_by_openid
from server.me.closing import call_off
from server.me.profile import summary_of
from server.wechat.errors import CodeInvalid, HighRiskUser, TooManyTries, WeChatError
from server.wechat.service import exchange_code, exchange_phone_code

log = structlog.get_logger(__name__)


def by_code(code: str) -> SignedIn:
    """Sign in with a code of wx.login.

    Raises:
        Problem: 401, 403, 429 or 503, as the contract has them.
    """
    if demo.is_demo_code(code):
        found = demo.sign_in_as_demo(code)
        if found is None:
            raise _bad_code()
        return found
    with _told_to_workers(bad_code=_bad_code()):
        openid = exchange_code(code).openid
    return sign_in_by_openid(openid=openid)


def by_sms_code(*, phone: str, code: str) -> SignedIn:
    """Sign in with a code that was sent to a phone. Whoever was closing the account keeps it.

    Raises:
        Problem: 422 for what cannot be a phone, 401 for any other reason.
    """
    found = sign_in_with_code(phone=read_phone(phone), code=code)
    if found is None:
        raise Problem(401, "sms_code_invalid", "验证码不对或已经过期，请重新获取")
    # Typing a code is done on purpose; WeChat signs in by itself whenever the mini-program opens.
    call_off(worker_id=found.worker.id)
    return replace(found, profiles=count_by_number(db.session(), worker=found.worker))


def session_of(signed_in: SignedIn) -> dict[str, Any]:
    """What a device is told that was signed in."""
    return {
        "token": signed_in.session.token,
        "expires_at": signed_in.session.expires_at,
        "worker": summary_of(db.session(), signed_in.worker),
        "profiles": signed_in.profiles,
    }


def phone_behind(code: str) -> str:
    """The number behind a code of getPhoneNumber.

    Raises:
        Problem: 422 for a bad code or a number of another country; 403, 429, 503 likewise.
    """
    expired = unprocessable(
        {"code": ["手机号没有取到，请再点一次按钮"]}, code="wechat_code_invalid", title="手机号没有取到，请再点一次按钮"
    )
    with _told_to_workers(bad_code=expired):
        found = exchange_phone_code(code)
    try:
        return normalise_phone(found.number)
    except Invalid as error:
        raise unprocessable({"code": [error.said]}) from None


def _bad_code() -> Problem:
    return Problem(401, "wechat_code_invalid", "登录没有成功，请再试一次")


@contextmanager
def _told_to_workers(*, bad_code: Problem) -> Iterator[None]:
    try:
        yield
    except CodeInvalid:
        raise bad_code from None
    except HighRiskUser:
        raise Problem(403, "wechat_user_blocked", "微信认为这个账号有风险，暂时不能登录。请打工会电话办理") from None
    except TooManyTries as error:
        raise too_many(retry_after=error.retry_after) from None
    except WeChatError as error:
        log.warning("wechat_unavailable", kind=type(error).__name__)
        raise unavailable(
            title="暂时连不上微信，请稍后再试", detail="找驿站、看活动、匿名反映问题不用登录，现在就可以用。"
        ) from None
