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
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import redis as redis_library
from wechatpy.client.api import WeChatWxa
from wechatpy.client.base import BaseWeChatClient
from wechatpy.exceptions import WeChatClientException
from wechatpy.session import SessionStorage

from server.core.outside import Breaker, Http, OutsideUnavailable, Retry, Timeouts, Trouble, bare
from server.core.settings import EnvVersion
from server.wechat.errors import (
    CodeInvalid,
    MessageMalformed,
    NotSubscribed,
    TokenRefused,
    TooManyTries,
    WeChatError,
    WeChatMisconfigured,
    WeChatUnavailable,
)
from server.wechat.fields import FieldInvalid, Value, fitted
from server.wechat.rules import (
    AccessToken,
    CheckScene,
    PhoneNumber,
    TextCheck,
    WeChatIdentity,
    check_code,
    check_scene,
    is_busy,
    is_down,
    read_answer,
    read_identity,
    read_image,
    read_link,
    read_message_id,
    read_phone,
    read_text_check,
    read_token,
    read_trace_id,
)
from server.wechat.tokens import AccessTokens

T = TypeVar("T")

log = logging.getLogger(__name__)

NO_TOKEN = {"access_token": None}
"""As a parameter: the call takes no token, so that none is fetched for it, nor sent."""
STATES = {EnvVersion.RELEASE: "formal", EnvVersion.TRIAL: "trial", EnvVersion.DEVELOP: "developer"}
"""How subscribe messages call the versions."""
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

    def code_unlimited(self, *, scene: str, page: str, env_version: str, check_path: bool, width: int) -> Any:
        """The library's knows neither `env_version` nor `check_path`."""
        wanted = {
            "scene": scene,
            "page": page,
            "env_version": env_version,
            "check_path": check_path,
            "width": width,
        }
        return self._post("wxa/getwxacodeunlimit", data=wanted)

    def url_link(self, *, path: str, query: str, env_version: str, days: int) -> Any:
        """The library's sends fields that WeChat took away, and no `env_version`."""
        wanted = {
            "path": path,
            "query": query,
            "env_version": env_version,
            "expire_type": 1,
            "expire_interval": days,
        }
        return self._post("wxa/generate_urllink", data=wanted)

    def subscribe_send(self, *, openid: str, template_id: str, page: str, data: Any, state: str) -> Any:
        """The library's knows neither `miniprogram_state` nor `lang`.

        Not tried again after a lost connection: nobody wants the same message twice.
        """
        wanted = {
            "touser": openid,
            "template_id": template_id,
            "page": page,
            "data": data,
            "miniprogram_state": state,
            "lang": "zh_CN",
        }
        return self._post("cgi-bin/message/subscribe/send", data=wanted, again=_try_sending_again)

    def text_check(self, *, content: str, openid: str, scene: int) -> Any:
        """Version 2; the library's is version 1."""
        wanted = {"version": 2, "openid": openid, "scene": scene, "content": content}
        return self._post("wxa/msg_sec_check", data=wanted)

    def media_check(self, *, url: str, openid: str, scene: int) -> Any:
        """Version 2 for pictures; the library's is version 1."""
        wanted = {"version": 2, "openid": openid, "scene": scene, "media_url": url, "media_type": 2}
        return self._post("wxa/media_check_async", data=wanted)


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
            return read_token(_object(self.post("stable_token", params=NO_TOKEN, data=wanted)))
        except TokenRefused as error:
            # Where no token was sent it is the secret that WeChat refuses.
            failure: WeChatError = WeChatMisconfigured("WeChat says no", errcode=error.errcode, rid=error.rid)
        except TooManyTries as error:
            # Our own haste, not that of the worker who waits.
            failure = WeChatUnavailable("WeChat says no", errcode=error.errcode, rid=error.rid)
        except OutsideUnavailable as error:
            # What the token was wanted for has not been asked yet.
            failure = WeChatUnavailable(error.trouble.value, may_have_arrived=False)
        raise failure

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """One call: tried again while WeChat is busy or not reached, and twice more with a new token."""
        params = {**kwargs.pop("params", {})}
        again = kwargs.pop("again", _try_again)
        if isinstance(kwargs.get("data"), dict):
            kwargs["headers"] = {"Content-Type": "application/json"}

        def ask() -> Any:
            # A copy, because the library writes into what it gets.
            return super(UnionWeChatClient, self)._request(method, url_or_endpoint, params={**params}, **kwargs)

        if "access_token" in params:
            return self._retry.run(ask, again=again)
        params["access_token"] = token = self.access_token
        for new_token in (self.tokens.renewed, self.tokens.forced):
            try:
                return self._retry.run(ask, again=again)
            except TokenRefused:
                params["access_token"] = token = new_token(token)
        return self._retry.run(ask, again=again)

    def _handle_result(self, res: Any, *_: Any, **__: Any) -> dict[str, Any] | bytes:
        """Never the raw answer, as in the library when it is not JSON, and never a second request."""
        if res.headers.get("Content-Type", "").startswith("image/"):
            image: bytes = res.content
            return image
        return read_answer(self._decode_result(res))


def _try_again(error: Exception) -> bool:
    """Busy, or a connection that failed: at worst a code turns out to be used, and the device gets another one."""
    if isinstance(error, OutsideUnavailable):
        return error.trouble in {Trouble.UNREACHED, Trouble.BROKEN}
    return is_busy(error)


def _try_sending_again(error: Exception) -> bool:
    """Only what cannot have arrived."""
    if isinstance(error, OutsideUnavailable):
        return error.trouble is Trouble.UNREACHED
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
        env_version: EnvVersion = EnvVersion.RELEASE,
        timeouts: Timeouts | None = None,
        retry: Retry | None = None,
    ) -> None:
        self._app_id = app_id
        self._env_version = env_version
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
        self._send = Breaker("WeChat (subscribe/send)")
        self._check = Breaker("WeChat (content checks)")
        self._codes = Breaker("WeChat (codes and links)")

    def exchange_code(self, code: str) -> WeChatIdentity:
        """Who a wx.login code belongs to; see `service.exchange_code`."""
        check_code(code)
        return _plainly(self._sign_in, lambda: read_identity(_object(self._client.wxa.code_to_session(code))))

    def exchange_phone_code(self, code: str) -> PhoneNumber:
        """The number of a getPhoneNumber code; see `service.exchange_phone_code`."""
        check_code(code)
        return _plainly(self._phone, lambda: self._read_phone(code))

    def code_image(self, *, scene: str, page: str, width: int) -> bytes:
        """The round code of a page; see `service.code_image`."""
        check_scene(scene)
        call = partial(
            self._client.wxa.code_unlimited,
            scene=scene,
            page=page,
            env_version=self._env_version,
            # Only the released version has to have the page already.
            check_path=self._env_version is EnvVersion.RELEASE,
            width=width,
        )
        return _plainly(self._codes, lambda: read_image(call()))

    def url_link(self, *, path: str, query: str, days: int) -> str:
        """An address that opens a page from anywhere; see `service.url_link`."""
        call = partial(self._client.wxa.url_link, path=path, query=query, env_version=self._env_version, days=days)
        return _plainly(self._codes, lambda: read_link(_object(call())))

    def send_message(self, *, openid: str, template_id: str, page: str, data: Mapping[str, Value]) -> str | None:
        """Send a subscribe message; see `service.send_message`."""
        try:
            fields = fitted(data)
        except FieldInvalid as error:
            raise MessageMalformed("a value that WeChat would refuse", field=error.key) from None
        call = partial(
            self._client.wxa.subscribe_send,
            openid=openid,
            template_id=template_id,
            page=page,
            data=fields,
            state=STATES[self._env_version],
        )
        return _plainly(self._send, lambda: read_message_id(_object(call())))

    def check_text(self, content: str, *, openid: str, scene: CheckScene) -> TextCheck:
        """What WeChat thinks of a text; see `service.check_text`."""
        call = partial(self._client.wxa.text_check, content=content, openid=openid, scene=scene)
        return _plainly(self._check, lambda: read_text_check(_object(call())))

    def check_media(self, url: str, *, openid: str, scene: CheckScene) -> str:
        """Have a picture looked at; see `service.check_media`."""
        call = partial(self._client.wxa.media_check, url=url, openid=openid, scene=scene)
        return _plainly(self._check, lambda: read_trace_id(_object(call())))

    def _read_phone(self, code: str) -> PhoneNumber:
        try:
            return read_phone(_object(self._client.wxa.get_phone_number(code)), app_id=self._app_id)
        except WeChatMisconfigured as error:
            if error.errcode != WRONG_APP:
                raise
            failure = CodeInvalid("a code given to another mini-program", errcode=error.errcode, rid=error.rid)
        raise failure


def _object(answer: Any) -> Mapping[str, Any]:
    """An image where fields were expected is nonsense."""
    if not isinstance(answer, dict):
        raise WeChatUnavailable("answer not understood")
    return answer


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
        arrived = error.trouble not in {Trouble.UNREACHED, Trouble.RESTING}
        failure = WeChatUnavailable(error.trouble.value, may_have_arrived=arrived)
    except WeChatClientException:
        failure = WeChatUnavailable("refused with an HTTP status")
    if isinstance(failure, WeChatMisconfigured | WeChatUnavailable) and not isinstance(failure, NotSubscribed):
        log.warning("%s: %s", type(failure).__name__, failure)
    raise bare(failure)


def _is_down(error: Exception) -> bool:
    return is_down(error) or isinstance(error, OutsideUnavailable | WeChatClientException)
