"""A stand-in for WeChat's servers (api.weixin.qq.com), for the calls that the service makes.

    python -m dev.standins.wechat --port 8100 --callback-url http://127.0.0.1:8000/api/v1/wechat/callback

    GET  /sns/jscode2session                  text/plain, as WeChat answers it
    POST /cgi-bin/stable_token
    GET  /cgi-bin/token
    POST /wxa/business/getuserphonenumber
    and codes, links, subscribe messages and content checks: see the modules beside this one

Errors come with HTTP 200. It knows one mini-program: WECHAT_APP_ID and WECHAT_APP_SECRET, with the demo values of the
service as defaults. Control side beyond that of `serving.py`:

    POST /_control/codes        {"openid"?, "unionid"?} → {"code", "openid"}, as wx.login would give
    POST /_control/phone-codes  {"phone", "country_code"?} → {"code"}, as getPhoneNumber would give; `country_code`
                                keeps its type, since WeChat writes both "86" and 86
    POST /_control/push         {"event": {…} or its name} → {"status", "body"} of the callback's answer, or {"error"};
                                signed with WECHAT_CALLBACK_TOKEN, encrypted when WECHAT_CALLBACK_AES_KEY is set

For trying things by hand, where no wx.login is at hand: the codes `demo-<name>` (1 to 40 letters, digits, - or _) need
no control call, never expire, can be used again and always give the same openid for the same name.
"""

import argparse
import base64
import hashlib
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from dev.standins.serving import Answer, Asked, BadControl, StandIn, control_body, run
from dev.standins.wechat_codes import code_unlimited, url_link
from dev.standins.wechat_content import SEEN_FOR, Checks
from dev.standins.wechat_messages import Subscriptions
from dev.standins.wechat_push import Pusher
from dev.standins.wechat_tokens import Count, Refused, Standing, Tokens

CODE_LIFE = 300.0
"""Seconds a code is valid."""
WECHAT_JSON = "application/json; encoding=utf-8"

PER_MINUTE = {
    "/wxa/getwxacodeunlimit": (5000, 45009),
    "/wxa/msg_sec_check": (4000, 44991),
    "/wxa/media_check_async": (2000, 44991),
}
"""Path → calls in a minute, and the errcode of one more."""

_OPENID = re.compile(r"o[\w-]{27}", re.ASCII)
_DEMO_CODE = re.compile(r"demo-([\w-]{1,40})", re.ASCII)
_TEXTS = {
    -1: "system error",
    -1008: "download failed",
    40001: "invalid credential, access_token is invalid or not latest, could get access_token by "
    "getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40029: "invalid code",
    40037: "invalid template_id",
    40066: "invalid url",
    40097: "invalid args",
    40125: "invalid appsecret",
    40129: "invalid scene",
    40163: "code been used",
    40164: "invalid ip 127.0.0.1, not in whitelist",
    40165: "invalid weapp pagepath",
    40169: "invalid length for scene, or the data is not json string",
    40212: "invalid query",
    40226: "high risk user, code blocked",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    41030: "invalid page",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43101: "user refuse to accept the msg",
    43107: "subscribe message ability is banned",
    43108: "Cannot make concurrent calls to the same OpenID, please try again",
    44002: "empty post data",
    44991: "reach max api minute quota limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    47001: "data format error",
    47003: "argument invalid! data.thing1.value invalid",
    61010: "code is expired",
    85401: "invalid expire_time",
    85402: "invalid env_version",
    87020: "media is being checked",
}


@dataclass
class LoginCode:
    """What wx.login gave."""

    openid: str
    unionid: str | None
    issued_at: float
    used: bool = False


@dataclass
class PhoneCode:
    """What getPhoneNumber gave."""

    phone: str
    country_code: str | int
    issued_at: float
    used: bool = False


class WeChatStandIn(StandIn):
    """WeChat."""

    masked = frozenset({"secret", "access_token", "session_key"})

    def __init__(self, *, app_id: str, app_secret: str, pusher: Pusher) -> None:
        super().__init__()
        self._app_id, self._app_secret, self._pusher = app_id, app_secret, pusher
        self._tokens = Tokens(self.now)
        self._login_codes: dict[str, LoginCode] = {}
        self._phone_codes: dict[str, PhoneCode] = {}
        self.routes = {
            "/sns/jscode2session": self._jscode2session,
            "/cgi-bin/stable_token": self._stable_token,
            "/cgi-bin/token": self._token,
            "/wxa/business/getuserphonenumber": self._getuserphonenumber,
            "/wxa/getwxacodeunlimit": self._code,
            "/wxa/generate_urllink": lambda asked: self._answered(asked, url_link),
            "/cgi-bin/message/subscribe/send": self._subscribe_send,
            "/wxa/msg_sec_check": self._text_check,
            "/wxa/media_check_async": self._media_check,
        }
        self._subscriptions, self._checks = Subscriptions(), Checks()
        self._last_seen: dict[str, float] = {}
        self._minutes = {path: Count(60, limit, errcode) for path, (limit, errcode) in PER_MINUTE.items()}
        self.control |= {
            ("POST", "/_control/codes"): self._make_code,
            ("POST", "/_control/phone-codes"): self._make_phone_code,
            ("POST", "/_control/subscriptions"): self._allow,
            ("POST", "/_control/media-results"): self._push_verdict,
            ("POST", "/_control/push"): self._push,
        }

    def error(self, errcode: int | str, text: str = "") -> Answer:
        """`{"errcode", "errmsg": "… rid: …"}` with HTTP 200; a rid is three times eight hexadecimal digits."""
        rid = f"{int(self.now()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
        text = text or (_TEXTS.get(errcode, "error") if isinstance(errcode, int) else "error")
        return Answer.json({"errcode": errcode, "errmsg": f"{text} rid: {rid}"}, content_type=WECHAT_JSON)

    def unknown(self, asked: Asked) -> Answer:
        """404 in HTML, as a web server does it."""
        return Answer(b"<html><body>404 Not Found</body></html>", "text/html", 404)

    def shaped(self, path: str, answer: Answer) -> Answer:
        """The one call whose JSON WeChat calls text."""
        return replace(answer, content_type="text/plain") if path == "/sns/jscode2session" else answer

    def _jscode2session(self, asked: Asked) -> Answer:
        if asked.method != "GET":
            return self.error(43001)
        wrong = self._wrong_account(asked.query)
        if wrong is None and asked.query.get("grant_type") != "authorization_code":
            wrong = 40002
        code = asked.query.get("js_code", "")
        if wrong is None and not code:
            wrong = 41008
        if wrong is not None:
            return self.error(wrong)
        login = self._login_codes.get(code) or self._demo_login(code)
        if login is None or self.now() > login.issued_at + CODE_LIFE:
            return self.error(40029)
        if login.used:
            return self.error(40163)
        login.used = True
        self._last_seen[login.openid] = self.now()
        session = {"session_key": base64.b64encode(secrets.token_bytes(16)).decode(), "openid": login.openid}
        if login.unionid:
            session["unionid"] = login.unionid
        return Answer.json(session, content_type=WECHAT_JSON)

    def _stable_token(self, asked: Asked) -> Answer:
        body = self._posted(asked)
        if isinstance(body, Answer):
            return body
        wrong = self._wrong_account(body)
        if wrong is None and body.get("grant_type") != "client_credential":
            wrong = 40002
        if wrong is not None:
            return self.error(wrong)
        try:
            token, expires_in = self._tokens.stable(force=body.get("force_refresh") is True)
        except Refused as refused:
            return self.error(refused.errcode)
        return Answer.json({"access_token": token, "expires_in": expires_in}, content_type=WECHAT_JSON)

    def _token(self, asked: Asked) -> Answer:
        wrong = self._wrong_account(asked.query)
        if wrong is None and asked.query.get("grant_type") != "client_credential":
            wrong = 40002
        if wrong is not None:
            return self.error(wrong)
        token, expires_in = self._tokens.old_call()
        return Answer.json({"access_token": token, "expires_in": expires_in}, content_type=WECHAT_JSON)

    def _getuserphonenumber(self, asked: Asked) -> Answer:
        body = self._called(asked)
        if isinstance(body, Answer):
            return body
        given = self._phone_codes.get(str(body.get("code")))
        if given is None or given.used or self.now() > given.issued_at + CODE_LIFE:
            return self.error(40029)
        given.used = True
        domestic = str(given.country_code) == "86"
        info = {
            "phoneNumber": given.phone if domestic else f"{given.country_code}{given.phone}",
            "purePhoneNumber": given.phone,
            "countryCode": given.country_code,
            "watermark": {"timestamp": int(self.now()), "appid": self._app_id},
        }
        return Answer.json({"errcode": 0, "errmsg": "ok", "phone_info": info}, content_type=WECHAT_JSON)

    def _code(self, asked: Asked) -> Answer:
        body = self._called(asked)
        if isinstance(body, Answer):
            return body
        made = code_unlimited(body)
        return made if isinstance(made, Answer) else self.error(made)

    def _subscribe_send(self, asked: Asked) -> Answer:
        body = self._called(asked)
        if isinstance(body, Answer):
            return body
        openid = str(body.get("touser"))
        sent = self._subscriptions.send(body, known=openid in self._last_seen or bool(_OPENID.fullmatch(openid)))
        if isinstance(sent, tuple):
            return self.error(*sent)
        self.messages.append(sent | {"at": self.local_time()})
        return _ok({"msgid": int(sent["id"])})

    def _text_check(self, asked: Asked) -> Answer:
        return self._answered(
            asked, lambda body: self._checks.text(body, raw=asked.body, seen=self._seen_lately(body.get("openid")))
        )

    def _media_check(self, asked: Asked) -> Answer:
        return self._answered(asked, lambda body: self._checks.media(body, seen=self._seen_lately(body.get("openid"))))

    def _seen_lately(self, openid: Any) -> bool:
        return self.now() - self._last_seen.get(str(openid), float("-inf")) < SEEN_FOR

    def _answered(self, asked: Asked, make: Callable[[dict[str, Any]], dict[str, Any] | int]) -> Answer:
        """What `make` makes of the body: the fields of a good answer, or an errcode."""
        body = self._called(asked)
        if isinstance(body, Answer):
            return body
        made = make(body)
        return self.error(made) if isinstance(made, int) else _ok(made)

    def _called(self, asked: Asked) -> dict[str, Any] | Answer:
        """The body of a call with a good token that is not made too often, or the error instead."""
        refused = self._refused_token(asked)
        if refused is not None:
            return refused
        try:
            if asked.path in self._minutes:
                self._minutes[asked.path].add(self.now())
        except Refused as over:
            return self.error(over.errcode)
        return self._posted(asked)

    def _wrong_account(self, given: Any) -> int | None:
        """The errcode for app id and secret, None when they are right."""
        if not given.get("appid"):
            return 41002
        if given["appid"] != self._app_id:
            return 40013
        if not given.get("secret"):
            return 41004
        return None if given["secret"] == self._app_secret else 40125

    def _refused_token(self, asked: Asked) -> Answer | None:
        token = asked.query.get("access_token", "")
        if not token:
            return self.error(41001)
        errcodes = {Standing.MALFORMED: 40014, Standing.UNKNOWN: 40001, Standing.EXPIRED: 42001}
        errcode = errcodes.get(self._tokens.judge(token))
        return None if errcode is None else self.error(errcode)

    def _posted(self, asked: Asked) -> dict[str, Any] | Answer:
        """The JSON object that was posted, with or without a Content-Type, or the error instead."""
        if asked.method != "POST":
            return self.error(43002)
        if not asked.body:
            return self.error(44002)
        try:
            body = asked.json()
        except ValueError:
            return self.error(47001)
        return body if isinstance(body, dict) else self.error(47001)

    def _demo_login(self, code: str) -> LoginCode | None:
        found = _DEMO_CODE.fullmatch(code)
        return found and LoginCode(_openid(found[1].encode()), None, self.now())

    def _make_code(self, asked: Asked) -> Answer:
        body = control_body(asked)
        openid = body.get("openid") or _openid(secrets.token_bytes(16))
        code = "0" + secrets.token_hex(16)[1:]
        self._login_codes[code] = LoginCode(openid, body.get("unionid"), self.now())
        return Answer.json({"code": code, "openid": openid})

    def _make_phone_code(self, asked: Asked) -> Answer:
        body = control_body(asked)
        phone, country_code = body.get("phone"), body.get("country_code", "86")
        if not isinstance(phone, str) or not phone.isdigit():
            raise BadControl("phone is a string of digits, without the country's code")
        code = secrets.token_hex(32)
        self._phone_codes[code] = PhoneCode(phone, country_code, self.now())
        return Answer.json({"code": code})

    def _allow(self, asked: Asked) -> Answer:
        body = control_body(asked)
        left = body.get("left")
        if isinstance(left, bool) or not isinstance(left, int) or left < 0:
            raise BadControl("left is how many messages are allowed")
        self._subscriptions.allow(str(body.get("openid")), str(body.get("template_id")), left)
        return Answer.json({"left": left})

    def _push_verdict(self, asked: Asked) -> Answer:
        body = control_body(asked)
        wanted: dict[str, Any] = {"suggest": "pass", "label": 100, "errcode": 0} | {
            key: value for key, value in body.items() if key != "trace_id"
        }
        try:
            event = self._checks.verdict(str(body.get("trace_id")), app_id=self._app_id, **wanted)
        except (KeyError, TypeError):
            raise BadControl("no picture waits under this trace_id") from None
        return Answer.json(self._pusher.push(event, now=int(self.now())))

    def _push(self, asked: Asked) -> Answer:
        event = control_body(asked).get("event")
        if isinstance(event, str):
            event = {"Event": event}
        if not isinstance(event, dict):
            raise BadControl("event is the name of an event, or its fields")
        return Answer.json(self._pusher.push(event, now=int(self.now())))


def _ok(fields: dict[str, Any]) -> Answer:
    return Answer.json({"errcode": 0, "errmsg": "ok"} | fields, content_type=WECHAT_JSON)


def _openid(seed: bytes) -> str:
    """28 characters that begin with o."""
    return "o" + base64.urlsafe_b64encode(hashlib.sha256(seed).digest()).decode()[:27]


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m dev.standins.wechat", description="Stand-in for WeChat.")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--callback-url", default="http://127.0.0.1:8000/api/v1/wechat/callback")

    def make(arguments: argparse.Namespace) -> WeChatStandIn:
        app_id = os.environ.get("WECHAT_APP_ID") or "wxdemo0000000000ab"
        return WeChatStandIn(
            app_id=app_id,
            app_secret=os.environ.get("WECHAT_APP_SECRET") or "demo-app-secret",
            pusher=Pusher(
                callback_url=arguments.callback_url,
                app_id=app_id,
                token=os.environ.get("WECHAT_CALLBACK_TOKEN", ""),
                aes_key=os.environ.get("WECHAT_CALLBACK_AES_KEY", ""),
            ),
        )

    run(make, parser, name="WeChat stand-in")


if __name__ == "__main__":
    main()
