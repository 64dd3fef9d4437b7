"""The access token: one for all processes, in Redis; fetched by one of them while the others wait.

`stable_token` gives the same token again while it is valid, so fetching once too often is waste, not harm. What does
harm is forcing a new one: it ends the old one for everybody, and WeChat allows it 20 times a day, 30 s apart.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import cast

import redis as redis_library

from server.core import clock
from server.core.outside import after_fork
from server.wechat.errors import WeChatUnavailable
from server.wechat.rules import AccessToken

MARGIN = 60
"""Seconds before its end from which on a token is not used any more."""
PATIENCE = 5.0
"""Seconds to wait for the process that is fetching."""
LOOK_AGAIN = 0.05
FORCED_APART = 35
"""Seconds, a few more than WeChat asks for: the second call may travel faster than the first."""
FORCED_PER_DAY = 20

log = logging.getLogger(__name__)


class AccessTokens:
    """`fetch(force)` asks WeChat; `lock_seconds` must outlast the longest call of it."""

    def __init__(
        self,
        redis: redis_library.Redis,
        *,
        app_id: str,
        fetch: Callable[[bool], AccessToken],
        lock_seconds: float,
    ) -> None:
        self._redis = redis
        self._fetch = fetch
        self._lock_seconds = lock_seconds
        self._key = f"wechat:token:{app_id}"
        self._own: tuple[str, float] | None = None
        """This process's copy and the monotonic time it ends, for when Redis is away."""
        self._one_thread = threading.Lock()
        after_fork(self._replace_lock)

    def current(self) -> str:
        """A token that is valid as far as we know.

        Raises:
            WeChatError
        """
        return self._cached() or self._obtain(refused=None, force=False)

    def renewed(self, refused: str) -> str:
        """WeChat refused this one: what others have fetched meanwhile, or what stable_token says now.

        That may be the same again.
        """
        return self._obtain(refused=refused, force=False)

    def forced(self, refused: str) -> str:
        """WeChat refused this one although stable_token gave it: what others have forced meanwhile, or a new one.

        Raises:
            WeChatUnavailable: forced too often or too lately, or Redis, which counts that, is away.
        """
        return self._obtain(refused=refused, force=True)

    def _obtain(self, *, refused: str | None, force: bool) -> str:
        give_up_at = time.monotonic() + PATIENCE
        before = self._own
        if not self._one_thread.acquire(timeout=PATIENCE):
            raise WeChatUnavailable("no access token in time", may_have_arrived=False)
        try:
            if self._own and self._own is not before and self._own[0] != refused:
                return self._own[0]  # another thread got it while this one waited
            while True:
                with self._claim() as claimed:
                    token = self._cached()
                    if token is not None and token != refused:
                        return token
                    if claimed:
                        return self._fetch_and_keep(force=force)
                if time.monotonic() > give_up_at:
                    raise WeChatUnavailable("no access token in time", may_have_arrived=False)
                time.sleep(LOOK_AGAIN)
        finally:
            self._one_thread.release()

    def _fetch_and_keep(self, *, force: bool) -> str:
        if force and not self._may_force():
            raise WeChatUnavailable("access token refused, and not forced anew so soon", may_have_arrived=False)
        fresh = self._fetch(force)
        seconds = max(fresh.expires_in - MARGIN, 1)
        self._own = (fresh.value, time.monotonic() + seconds)
        try:
            self._redis.set(self._key, fresh.value, ex=seconds)
        except redis_library.RedisError as error:
            log.warning("Redis is away (%s): the access token stays in this process", type(error).__name__)
        return fresh.value

    def _cached(self) -> str | None:
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.get(self._key)
        pipeline.pttl(self._key)
        try:
            found, milliseconds = pipeline.execute()
        except redis_library.RedisError:
            own = self._own
            return own[0] if own and time.monotonic() < own[1] else None
        if found is None:
            return None
        token = cast(bytes, found).decode()
        self._own = (token, time.monotonic() + milliseconds / 1000)
        return token

    @contextlib.contextmanager
    def _claim(self) -> Iterator[bool]:
        """True for the one process that fetches; for everybody while Redis is away, since nobody can agree then."""
        lock = self._redis.lock(f"{self._key}:lock", timeout=self._lock_seconds, thread_local=False)
        try:
            claimed = lock.acquire(blocking=False)
        except redis_library.RedisError as error:
            log.warning("Redis is away (%s): every process fetches its own access token", type(error).__name__)
            yield True
            return
        try:
            yield claimed
        finally:
            # A lock that cannot be given back runs out by itself.
            with contextlib.suppress(redis_library.RedisError):
                if claimed:
                    lock.release()

    def _may_force(self) -> bool:
        today = f"{self._key}:forced:{clock.today():%Y%m%d}"
        try:
            if not self._redis.set(f"{self._key}:forced", 1, nx=True, ex=FORCED_APART):
                return False
            pipeline = self._redis.pipeline()
            pipeline.incr(today)
            pipeline.expire(today, 24 * 3600)
            count, _ = pipeline.execute()
        except redis_library.RedisError:
            return False
        return cast(int, count) <= FORCED_PER_DAY

    def _replace_lock(self) -> None:
        self._one_thread = threading.Lock()
