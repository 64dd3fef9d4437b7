"""Rate limits, counted in Redis and, while it is away, in each process's memory.

They slow a flood down. What protects a person (tries of a code, of a secret) is counted in PostgreSQL by its domain.
"""

import hashlib
import hmac
import re
import time
from contextlib import suppress

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from limits import parse
from redis.exceptions import RedisError

from server.core.clock import today
from server.core.settings import Settings, settings


def address_key() -> str:
    """The caller's address as a keyed digest that changes every day: it limits, but does not identify."""
    salt = hmac.digest(settings().signing_key, b"limits:" + today().isoformat().encode(), hashlib.sha256)
    return "a:" + hmac.digest(salt, (request.remote_addr or "-").encode(), hashlib.sha256).hex()[:32]


def caller_key() -> str:
    """The worker behind the token; the address's digest without one."""
    principal = g.get("principal")
    return f"w:{principal.worker_id}" if principal else address_key()


# Its headers are left out: they set Retry-After in every answer of a limited view, also over one that says something
# else. `seconds_to_wait` is for the one that the limit refuses.
limiter = Limiter(key_func=caller_key, headers_enabled=False, in_memory_fallback_enabled=True)


class Allowance:
    """So much of something in a while, spent by amounts that only the work itself knows, e.g. megabytes."""

    def __init__(self, name: str, amount: str) -> None:
        """`amount` as the limiter writes it: `200/day`."""
        self._name, self._limit = name, parse(amount)

    def take(self, key: str, amount: int) -> int:
        """Spend; returns 0, or for how many seconds there is not enough left. While Redis is away there is enough."""
        if not limiter.enabled:
            return 0
        with suppress(RedisError):
            if not limiter.limiter.hit(self._limit, self._name, key, cost=amount):
                return max(
                    1, int(limiter.limiter.get_window_stats(self._limit, self._name, key).reset_time - time.time())
                )
        return 0

    def left(self, key: str) -> int:
        """What can still be spent."""
        if limiter.enabled:
            with suppress(RedisError):
                return limiter.limiter.get_window_stats(self._limit, self._name, key).remaining
        return self._limit.amount


def seconds_to_wait() -> int:
    """Until the limit that refused the current request lets somebody through again."""
    reached = limiter.current_limit
    # `reset_at` is a second later than it has to be.
    return 1 if reached is None else max(1, int(reached.reset_at - time.time()))


def was_made(response: Response) -> bool:
    """For `deduct_when`: what was refused costs nothing. Nor does a stored answer, where `idempotent` stands above."""
    return response.status_code == 201


def init_limits(app: Flask, configured: Settings) -> None:
    """Attach the limiter; `RATE_LIMITS=off` switches it off."""
    app.config.update(
        RATELIMIT_ENABLED=configured.rate_limits,
        # The library's own name for a socket's scheme.
        RATELIMIT_STORAGE_URI=re.sub(r"^unix://", "redis+unix://", configured.redis_url),
        RATELIMIT_STORAGE_OPTIONS={"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        RATELIMIT_STRATEGY="moving-window",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_KEY_PREFIX="limit",
    )

    limiter.init_app(app)
