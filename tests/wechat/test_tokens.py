"""The access token: fetched once for all, renewed within bounds, and still to be had without Redis."""

import contextlib
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis as redis_library

from dev import embedded_redis
from server.wechat.client import WeChat
from server.wechat.errors import WeChatUnavailable
from server.wechat.tokens import AccessTokens
from tests.standins import APP_ID, StandIn
from tests.wechat.conftest import MakeClient

PHONE = "/wxa/business/getuserphonenumber"
TOKEN = "/cgi-bin/stable_token"
KEY = f"wechat:token:{APP_ID}"

MakeCode = Callable[[], str]


def tokens_of(client: WeChat) -> AccessTokens:
    tokens: AccessTokens = client._client.tokens
    return tokens


def forced(standin: StandIn) -> list[Any]:
    return [call for call in standin.calls(TOKEN) if call["body"]["force_refresh"]]


class WithoutLock(AccessTokens):
    """What happens when nobody waits for anybody."""

    @contextlib.contextmanager
    def _claim(self) -> Iterator[bool]:
        yield True


def in_processes(number: int, ask: Callable[[], str]) -> list[str]:
    """What `ask` gives in each of so many forked processes that all ask at the same moment."""
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(number), context.SimpleQueue()

    def run() -> None:
        barrier.wait(20)
        results.put(ask())

    children = [context.Process(target=run) for _ in range(number)]
    for child in children:
        child.start()
    for child in children:
        child.join(30)
    assert {child.exitcode for child in children} == {0}
    return [results.get() for _ in children]


@pytest.fixture(autouse=True)
def _a_new_day(wechat_standin: StandIn) -> None:
    """The stand-in rations forced tokens, too."""
    wechat_standin.control("POST", "clock", {"forward_s": 86_400})


class TestFetching:
    def test_twenty_processes_that_start_together_fetch_one_token(
        self, make_client: MakeClient, wechat_standin: StandIn
    ) -> None:
        wechat_standin.fault(TOKEN, delay_ms=150)
        client = make_client()
        got = in_processes(20, tokens_of(client).current)
        assert len(got) == 20
        assert len(set(got)) == 1
        assert len(wechat_standin.calls(TOKEN)) == 1

    def test_without_the_lock_they_fetch_more_than_one(self, make_client: MakeClient, wechat_standin: StandIn) -> None:
        wechat_standin.fault(TOKEN, delay_ms=150)
        client = make_client()
        tokens_of(client).__class__ = WithoutLock
        in_processes(20, tokens_of(client).current)
        assert len(wechat_standin.calls(TOKEN)) > 1

    def test_threads_of_one_process_fetch_one_token_even_without_redis(
        self, make_client: MakeClient, wechat_standin: StandIn
    ) -> None:
        wechat_standin.fault(TOKEN, delay_ms=100)
        client = make_client(redis=redis_library.Redis.from_url("redis://127.0.0.1:9"))
        threads = [threading.Thread(target=lambda: tokens_of(client).current()) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(wechat_standin.calls(TOKEN)) == 1

    def test_the_stable_call_is_used_not_the_one_that_ends_the_former_token(
        self, make_client: MakeClient, wechat_standin: StandIn
    ) -> None:
        tokens_of(make_client()).current()
        assert [call["path"] for call in wechat_standin.calls()] == [TOKEN]
        assert wechat_standin.calls()[0]["body"]["force_refresh"] is False

    def test_one_key_with_an_end_is_all_that_redis_keeps(
        self, make_client: MakeClient, redis: redis_library.Redis
    ) -> None:
        token = tokens_of(make_client()).current()
        assert redis.keys("*wechat*") == [KEY.encode()]
        assert redis.get(KEY) == token.encode()
        assert 7100 <= redis.ttl(KEY) <= 7140, "a minute less than WeChat says"

    def test_other_processes_take_what_is_there(self, make_client: MakeClient, wechat_standin: StandIn) -> None:
        first = tokens_of(make_client()).current()
        assert tokens_of(make_client()).current() == first
        assert len(wechat_standin.calls(TOKEN)) == 1

    def test_a_token_that_ran_out_is_fetched_anew(
        self, make_client: MakeClient, wechat_standin: StandIn, redis: redis_library.Redis
    ) -> None:
        client = make_client()
        tokens_of(client).current()
        redis.delete(KEY)  # as its end does
        tokens_of(client).current()
        assert len(wechat_standin.calls(TOKEN)) == 2

    @pytest.mark.parametrize("expires_in", [1, 30, 60, 61])
    def test_a_token_of_short_life_is_kept_for_a_moment_only(
        self, make_client: MakeClient, wechat_standin: StandIn, redis: redis_library.Redis, expires_in: int
    ) -> None:
        wechat_standin.fault(TOKEN, body={"access_token": "10_short", "expires_in": expires_in})
        assert tokens_of(make_client()).current() == "10_short"
        assert 0 < redis.pttl(KEY) <= 1000

    def test_who_waits_too_long_for_another_process_gives_up(
        self, make_client: MakeClient, redis: redis_library.Redis, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("server.wechat.tokens.PATIENCE", 0.1)
        with redis.lock(f"{KEY}:lock", timeout=5), pytest.raises(WeChatUnavailable):
            tokens_of(make_client()).current()

    def test_who_waits_takes_over_when_the_other_process_died(
        self, make_client: MakeClient, redis: redis_library.Redis, wechat_standin: StandIn
    ) -> None:
        redis.set(f"{KEY}:lock", "of a process that was killed", px=150)
        tokens_of(make_client()).current()
        assert len(wechat_standin.calls(TOKEN)) == 1

    def test_a_failed_fetch_leaves_no_lock_behind(
        self, make_client: MakeClient, redis: redis_library.Redis, wechat_standin: StandIn
    ) -> None:
        wechat_standin.fault(TOKEN, status=500, times=1)
        client = make_client()
        with pytest.raises(WeChatUnavailable):
            tokens_of(client).current()
        assert redis.keys("*") == []
        assert tokens_of(client).current()

    def test_a_lock_held_in_the_parent_does_not_bind_a_forked_process(self, make_client: MakeClient) -> None:
        client = make_client()
        with tokens_of(client)._one_thread:
            assert len(in_processes(1, tokens_of(client).current)) == 1


class TestRefusedTokens:
    @pytest.mark.parametrize("errcode", [40001, 40014, 42001])
    def test_a_refused_token_is_renewed_and_the_call_repeated(
        self, make_client: MakeClient, wechat_standin: StandIn, make_phone_code: MakeCode, errcode: int
    ) -> None:
        client = make_client()
        wechat_standin.fault(PHONE, errcode=errcode, times=1)
        assert client.exchange_phone_code(make_phone_code()).number == "19900000001"
        assert len(wechat_standin.calls(PHONE)) == 2
        assert len(wechat_standin.calls(TOKEN)) == 2
        assert forced(wechat_standin) == []

    def test_a_stale_token_in_redis_is_replaced_for_all(
        self,
        make_client: MakeClient,
        wechat_standin: StandIn,
        make_phone_code: MakeCode,
        redis: redis_library.Redis,
    ) -> None:
        stale = "10_" + "x" * 128
        redis.set(KEY, stale, ex=7000)
        assert make_client().exchange_phone_code(make_phone_code()).number == "19900000001"
        assert redis.get(KEY) != stale.encode()
        assert forced(wechat_standin) == []

    def test_a_token_that_stable_token_insists_on_is_forced_once(
        self, make_client: MakeClient, wechat_standin: StandIn, make_phone_code: MakeCode
    ) -> None:
        wechat_standin.fault(PHONE, errcode=40001, times=2)
        assert make_client().exchange_phone_code(make_phone_code()).number == "19900000001"
        assert len(wechat_standin.calls(PHONE)) == 3
        assert len(forced(wechat_standin)) == 1

    def test_a_server_that_always_refuses_ends_in_an_error_after_six_calls(
        self, make_client: MakeClient, wechat_standin: StandIn
    ) -> None:
        wechat_standin.fault(PHONE, errcode=40001)
        with pytest.raises(WeChatUnavailable) as caught:
            make_client().exchange_phone_code("demo-phone")
        assert caught.value.errcode == 40001
        assert [call["path"] for call in wechat_standin.calls()] == [TOKEN, PHONE, TOKEN, PHONE, TOKEN, PHONE]

    def test_a_server_that_always_refuses_is_soon_not_asked_any_more(
        self, make_client: MakeClient, wechat_standin: StandIn
    ) -> None:
        wechat_standin.fault(PHONE, errcode=40001)
        client = make_client()
        for _ in range(50):
            with pytest.raises(WeChatUnavailable):
                client.exchange_phone_code("demo-phone")
        assert len(wechat_standin.calls(PHONE)) == 3 + 4 * 2, "forced once, then refused in renewing; then at rest"
        assert len(forced(wechat_standin)) == 1

    def test_a_second_force_waits_half_a_minute(
        self, make_client: MakeClient, wechat_standin: StandIn, redis: redis_library.Redis
    ) -> None:
        wechat_standin.fault(PHONE, errcode=40001)
        for expected in (1, 1):
            with pytest.raises(WeChatUnavailable):
                make_client().exchange_phone_code("demo-phone")
            assert len(forced(wechat_standin)) == expected
        assert 30 <= redis.ttl(f"{KEY}:forced") <= 35
        redis.delete(f"{KEY}:forced")  # as its end does
        with pytest.raises(WeChatUnavailable):
            make_client().exchange_phone_code("demo-phone")
        assert len(forced(wechat_standin)) == 2

    def test_twenty_forces_are_enough_for_a_day(
        self,
        make_client: MakeClient,
        wechat_standin: StandIn,
        redis: redis_library.Redis,
        freeze: Callable[[datetime], None],
    ) -> None:
        wechat_standin.fault(TOKEN, body={"access_token": "10_any", "expires_in": 7200})
        tokens = tokens_of(make_client())
        evening = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)  # one minute to midnight in Shanghai
        freeze(evening)
        for _ in range(20):
            tokens.forced("10_any")
            redis.delete(f"{KEY}:forced")
        with pytest.raises(WeChatUnavailable):
            tokens.forced("10_any")
        assert len(forced(wechat_standin)) == 20
        redis.delete(f"{KEY}:forced")
        freeze(evening + timedelta(minutes=1))
        assert tokens.forced("10_any")

    def test_processes_that_are_refused_together_force_once(
        self, make_client: MakeClient, wechat_standin: StandIn
    ) -> None:
        client = make_client()
        old = tokens_of(client).current()
        got = set(in_processes(8, lambda: tokens_of(client).forced(old)))
        assert len(got) == 1
        assert old not in got
        assert len(forced(wechat_standin)) == 1


class TestWithoutRedis:
    @pytest.fixture
    def away(self) -> redis_library.Redis:
        return redis_library.Redis.from_url("redis://127.0.0.1:9")

    def test_each_process_keeps_its_own_token(
        self, make_client: MakeClient, wechat_standin: StandIn, make_phone_code: MakeCode, away: redis_library.Redis
    ) -> None:
        client = make_client(redis=away)
        for _ in range(3):
            assert client.exchange_phone_code(make_phone_code()).number == "19900000001"
        assert len(wechat_standin.calls(TOKEN)) == 1

    def test_its_own_token_ends_too(
        self, make_client: MakeClient, wechat_standin: StandIn, away: redis_library.Redis
    ) -> None:
        wechat_standin.fault(TOKEN, body={"access_token": "10_short", "expires_in": 61})
        tokens = tokens_of(make_client(redis=away))
        tokens.current()
        token, ends = tokens._own or ("", 0.0)
        assert ends - time.monotonic() <= 1
        tokens._own = (token, time.monotonic())  # as its end does
        tokens.current()
        assert len(wechat_standin.calls(TOKEN)) == 2

    def test_signing_in_notices_nothing(self, make_client: MakeClient, away: redis_library.Redis) -> None:
        assert make_client(redis=away).exchange_code("demo-li").openid

    def test_a_refused_token_is_renewed_but_never_forced(
        self, make_client: MakeClient, wechat_standin: StandIn, away: redis_library.Redis
    ) -> None:
        wechat_standin.fault(PHONE, errcode=40001)
        with pytest.raises(WeChatUnavailable):
            make_client(redis=away).exchange_phone_code("demo-phone")
        assert forced(wechat_standin) == [], "what counts the forces is away"
        assert len(wechat_standin.calls()) == 4

    def test_a_redis_that_goes_away_takes_no_token_along(
        self,
        make_client: MakeClient,
        wechat_standin: StandIn,
        make_phone_code: MakeCode,
        own_redis: embedded_redis.Redis,
    ) -> None:
        client = make_client(redis=redis_library.Redis.from_url(own_redis.url()))
        client.exchange_phone_code(make_phone_code())
        own_redis.stop()
        client.exchange_phone_code(make_phone_code())
        assert len(wechat_standin.calls(TOKEN)) == 1

    def test_a_redis_that_hangs_delays_but_does_not_stop(
        self,
        make_client: MakeClient,
        wechat_standin: StandIn,
        make_phone_code: MakeCode,
        own_redis: embedded_redis.Redis,
    ) -> None:
        hasty = redis_library.Redis.from_url(own_redis.url(), socket_timeout=0.05)
        own_redis.process.suspend()
        try:
            assert make_client(redis=hasty).exchange_phone_code(make_phone_code()).number == "19900000001"
        finally:
            own_redis.process.resume()

    def test_threads_do_not_queue_for_a_redis_that_hangs(
        self,
        make_client: MakeClient,
        wechat_standin: StandIn,
        own_redis: embedded_redis.Redis,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("server.wechat.tokens.PATIENCE", 3.0)
        tokens = tokens_of(make_client(redis=redis_library.Redis.from_url(own_redis.url(), socket_timeout=0.3)))
        got: list[str] = []
        threads = [threading.Thread(target=lambda: got.append(tokens.current())) for _ in range(16)]
        own_redis.process.suspend()
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            own_redis.process.resume()
        assert len(got) == 16
        assert len(wechat_standin.calls(TOKEN)) == 1

    def test_it_is_said_in_the_log(
        self, make_client: MakeClient, away: redis_library.Redis, caplog: pytest.LogCaptureFixture
    ) -> None:
        tokens_of(make_client(redis=away)).current()
        assert "Redis is away" in caplog.text
