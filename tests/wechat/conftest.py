"""Clients of the stand-in that a test can break without harm to others."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis as redis_library

from dev import data_dir, embedded_redis
from server.core.outside import Retry
from server.wechat.client import WeChat
from tests.standins import APP_ID, APP_SECRET, StandIn

MakeClient = Callable[..., WeChat]


@pytest.fixture
def make_client(wechat_standin: StandIn, redis: redis_library.Redis) -> MakeClient:
    """A client with short pauses; arguments overrule."""

    def make(**options: Any) -> WeChat:
        usual = {
            "api_base": wechat_standin.base_url,
            "app_id": APP_ID,
            "app_secret": APP_SECRET,
            "redis": redis,
            "retry": Retry(pause=0.005),
        }
        return WeChat(**(usual | options))

    return make


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[embedded_redis.Redis]:
    """A Redis that a test may stop."""
    server = embedded_redis.start(data_dir.prepare(tmp_path / "data"), databases=1)
    yield server
    server.stop()


@pytest.fixture
def make_phone_code(wechat_standin: StandIn) -> Callable[[], str]:
    """As getPhoneNumber would give."""

    def make() -> str:
        code: str = wechat_standin.control("POST", "phone-codes", {"phone": "19900000001"})["code"]
        return code

    return make
