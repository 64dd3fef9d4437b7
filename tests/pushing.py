"""WeChat's pushes, signed and sealed as WeChat does it, sent to the service by a test."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dev.standins.wechat_push import ACCOUNT, encrypt, signature
from server.core.db import transaction
from server.identity.service import sign_in_by_openid
from tests.standins import APP_ID

URL = "/api/v1/wechat/callback"
TOKEN = "AAAAA"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OPENID = "o-990304-the-openid-of-tests"
"""In WeChat's form: 28 characters that begin with o."""


def event(name: str, *, at: int | None = None, **fields: Any) -> dict[str, Any]:
    """One event about the test's person; `at` in Unix seconds."""
    usual = {"ToUserName": ACCOUNT, "FromUserName": OPENID, "CreateTime": at or int(time.time()), "MsgType": "event"}
    return usual | {"Event": name} | fields


def answered(
    template_id: str, answer: str = "accept", *, where: str = "popup", at: int | None = None
) -> dict[str, Any]:
    """What the person said about one template, in the shape that WeChat has for a single one."""
    said = {"TemplateId": template_id, "SubscribeStatusString": answer, "PopupScene": "0"}
    return event(f"subscribe_msg_{where}_event", at=at, List=said)


@dataclass
class Pusher:
    """WeChat. `sealed` sends the safe form."""

    client: FlaskClient
    sealed: bool = False
    _sent: int = field(default=0)

    def query(self, *, timestamp: int | None = None, nonce: str | None = None) -> dict[str, str]:
        """Signed anew each time, as WeChat does it for repeats too."""
        self._sent += 1
        stamp, once = str(timestamp or int(time.time())), nonce or str(self._sent)
        return {"timestamp": stamp, "nonce": once, "signature": signature(TOKEN, stamp, once)}

    def __call__(self, message: dict[str, Any] | str, *, timestamp: int | None = None, **changed: str) -> TestResponse:
        body = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
        query = self.query(timestamp=timestamp)
        if self.sealed:
            sealed = encrypt(body.encode(), aes_key=AES_KEY, app_id=APP_ID)
            query["msg_signature"] = signature(TOKEN, query["timestamp"], query["nonce"], sealed)
            body = json.dumps({"ToUserName": ACCOUNT, "Encrypt": sealed})
        return self.client.post(URL, query_string=query | changed, data=body.encode())


@pytest.fixture
def push(client: FlaskClient, configured: Callable[..., None]) -> Pusher:
    """Pushes in the plain form."""
    configured(wechat_callback_token=TOKEN)
    return Pusher(client)


@pytest.fixture
def sealed_push(client: FlaskClient, configured: Callable[..., None]) -> Pusher:
    """Pushes in the safe form."""
    configured(wechat_callback_token=TOKEN, wechat_callback_aes_key=AES_KEY)
    return Pusher(client, sealed=True)


@pytest.fixture
def wechat_worker(app: Flask) -> Any:
    """The worker behind the WeChat account that events are about, and headers of theirs."""
    with transaction():
        return sign_in_by_openid(openid=OPENID)
