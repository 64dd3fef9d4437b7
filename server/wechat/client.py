"""wechatpy, tamed: its client and its mini-program calls, with what bites in them closed.

What is different from the library, and why:

- Addresses come from the settings for every call, the token's included, which the library has hard-coded.
- Timeouts hold for every call; the library never passes one when it fetches a token.
- A refused token is renewed a bounded number of times; the library does it without end.
- Tokens live in `AccessTokens`; the library's storage has no lock, two keys that drift apart, and an indexing that
  returns nothing.
- Errors are our own; the library's hold client, request and answer.
- Connections belong to one thread and process; the library shares one session.
"""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import redis as redis_library
from wechatpy.client.api import WeChatWxa
from wechatpy.client.base import BaseWeChatClient
from wechatpy.exceptions import WeChatClientException
from wechatpy.session import SessionStorage

from server.core.outside import Breaker, Http, OutsideUnavailable, Retry, Timeouts, Trouble, bare
from server.wechat.errors import (
    CodeInvalid,
    TokenRefused,
    TooManyTries,
    WeChatError,
    WeChatMisconfigured,
    WeChatUnavailable,
)
from server.wechat.rules import (
    AccessToken,
    PhoneNumber,
    WeChatIdentity,
    check_code,
    is_busy,
    is_down,
    read_answer,
    read_identity,
    read_phone,
    read_token,
)
from server.wechat.tokens import AccessTokens

T = TypeVar("T")

log = logging.getLogger(__name__)

NO_TOKEN = {"access_token": None}
"""As a parameter: the call takes no token, so that none is fetched for it, nor sent."""
WRONG_APP = 40013
"""What getuserphonenumber answers for a code of another mini-program; elsewhere it means that our app id is wrong."""


class UnionWxa(WeChatWxa):
    """The mini-program calls."""

    def code_to_session(self, js_code: str) -> Any:
        """Without an access token, which WeChat does not ask for and the library sends along."""
        params = {
            "appid": self.appid,
            "secret": self.secret,
            "js_code": js_code,
            "grant_type": "authorization_code",
        }
        return self._get("sns/jscode2session", params=params | NO_TOKEN)


class UnionWeChatClient(BaseWeChatClient):
    """One mini-program at WeChat. Raises `WeChatError`, `OutsideUnavailable` and `WeChatClientException`."""

    wxa = UnionWxa()

    def __init__(
        self,
        *,
        api_base: str,
        app_id: str,
        app_secret: str,
        redis: redis_library.Redis,
        timeouts: Timeouts,
        retry: Retry,
    ) -> None:
        # The bare SessionStorage refuses to store: whatever the library would still put there is a mistake.
        super().__init__(app_id, session=SessionStorage(), auto_retry=False)
        self.secret = app_secret
        self.API_BASE_URL = f"{api_base}/cgi-bin/"
        self.wxa.API_BASE_URL = f"{api_base}/"
        self._http = Http(timeouts)
        self._retry = retry
        self.tokens = AccessTokens(
            redis, app_id=app_id, fetch=self._stable_token, lock_seconds=retry.within + timeouts.longest + 1
        )

    @property
    def access_token(self) -> str:
        """The token of all processes, fetched when there is none."""
        return self.tokens.current()

    def _stable_token(self, force: bool) -> AccessToken:
        wanted = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self.secret,
            "force_refresh": force,
        }
        try:
            return read_token(self.post("stable_token", params=NO_TOKEN, data=wanted))
        except TokenRefused as error:
            # Where no token was sent it is the secret that WeChat refuses.
            failure: WeChatError = WeChatMisconfigured("WeChat says no", errcode=error.errcode, rid=error.rid)
        except TooManyTries as error:
            # Our own haste, not that of the worker who waits.
            failure = WeChatUnavailable("WeChat says no", errcode=error.errcode, rid=error.rid)
        raise failure

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """One call: tried again while WeChat is busy or not reached, and twice more with a new token."""
        params = {**kwargs.pop("params", {})}
        if isinstance(kwargs.get("data"), dict):
            kwargs["headers"] = {"Content-Type": "application/json"}

        def ask() -> Any:
            # A copy, because the library writes into what it gets.
            return super(UnionWeChatClient, self)._request(method, url_or_endpoint, params={**params}, **kwargs)

        if "access_token" in params:
            return self._retry.run(ask, again=_try_again)
        params["access_token"] = token = self.access_token
        for new_token in (self.tokens.renewed, self.tokens.forced):
            try:
                return self._retry.run(ask, again=_try_again)
            except TokenRefused:
                params["access_token"] = token = new_token(token)
        return self._retry.run(ask, again=_try_again)

    def _handle_result(self, res: Any, *_: Any, **__: Any) -> dict[str, Any]:
        """Never the raw answer, as in the library when it is not JSON, and never a second request."""
        return read_answer(self._decode_result(res))


def _try_again(error: Exception) -> bool:
    """Busy, or a connection that failed: at worst a code turns out to be used, and the device gets another one."""
    if isinstance(error, OutsideUnavailable):
        return error.trouble in {Trouble.UNREACHED, Trouble.BROKEN}
    return is_busy(error)


class WeChat:
    """What the service asks WeChat for. Made once an application; threads and forked processes may share it."""

    def __init__(
        self,
        *,
        api_base: str,
        app_id: str,
        app_secret: str,
        redis: redis_library.Redis,
        timeouts: Timeouts | None = None,
        retry: Retry | None = None,
    ) -> None:
        self._app_id = app_id
        self._client = UnionWeChatClient(
            api_base=api_base,
            app_id=app_id,
            app_secret=app_secret,
            redis=redis,
            timeouts=timeouts or Timeouts(),
            retry=retry or Retry(),
        )
        # One each: signing in needs no access token and goes on when those cannot be had.
        self._sign_in = Breaker("WeChat (jscode2session)")
        self._phone = Breaker("WeChat (getuserphonenumber)")

    def exchange_code(self, code: str) -> WeChatIdentity:
        """Who a wx.login code belongs to; see `service.exchange_code`."""
        check_code(code)
        return _plainly(self._sign_in, lambda: read_identity(self._client.wxa.code_to_session(code)))

    def exchange_phone_code(self, code: str) -> PhoneNumber:
        """The number of a getPhoneNumber code; see `service.exchange_phone_code`."""
        check_code(code)
        return _plainly(self._phone, lambda: self._read_phone(code))

    def _read_phone(self, code: str) -> PhoneNumber:
        try:
            return read_phone(self._client.wxa.get_phone_number(code), app_id=self._app_id)
        except WeChatMisconfigured as error:
            if error.errcode != WRONG_APP:
                raise
            failure = CodeInvalid("a code given to another mini-program", errcode=error.errcode, rid=error.rid)
        raise failure


def _plainly(breaker: Breaker, call: Callable[[], T]) -> T:
    """The result, or an error without a trace of the request."""
    try:
        with breaker.guard(failure=_is_down):
            return call()
    except TokenRefused as error:
        failure: WeChatError = WeChatUnavailable("access token refused", errcode=error.errcode, rid=error.rid)
    except WeChatError as error:
        failure = error
    except OutsideUnavailable as error:
        failure = WeChatUnavailable(error.trouble.value)
    except WeChatClientException:
        failure = WeChatUnavailable("refused with an HTTP status")
    if isinstance(failure, WeChatMisconfigured | WeChatUnavailable):
        log.warning("%s: %s", type(failure).__name__, failure)
    raise bare(failure)


def _is_down(error: Exception) -> bool:
    return is_down(error) or isinstance(error, OutsideUnavailable | WeChatClientException)
