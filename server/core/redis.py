"""Redis: only what can be rebuilt. Absence, an error or a flush always means "ask PostgreSQL"."""

from typing import cast

import redis
from flask import Flask, current_app
from redis.backoff import NoBackoff
from redis.retry import Retry


def init_redis(app: Flask, *, redis_url: str, threads: int) -> None:
    """Attach a client whose calls fail fast: a slow cache is worse than none."""
    app.extensions["warmbee_redis"] = redis.Redis.from_url(
        redis_url,
        socket_timeout=0.5,
        socket_connect_timeout=0.5,
        max_connections=4 * threads,
        health_check_interval=30,
        # PostgreSQL is asked at once instead.
        retry=Retry(NoBackoff(), 0),
    )


def redis_client() -> redis.Redis:
    """The client of the running application. Calls raise `redis.RedisError` when Redis is away."""
    return cast(redis.Redis, current_app.extensions["warmbee_redis"])
