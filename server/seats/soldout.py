"""The "sold out" flag: answers losers for two seconds without a transaction. Only a hint, kept in Redis.

For a pool without a waiting list there are two keys. `full` is the flag: a set, written by a request that PostgreSQL
refused, that names everybody who held a claim at that moment. `asking` counts, for everybody who went to
PostgreSQL during the last minute, the requests that were not refused. Whoever is in neither while `full` exists is
refused here; everybody else is sent on to PostgreSQL. So a winner who taps again is never told "full": older
winners are named in the flag, and one who got in after the flag was read from PostgreSQL is still in `asking`, put
there before the seat was taken.

Absence never means yes: without Redis, after a flush, on any error, PostgreSQL is asked. A request that finds itself
gone from `asking` knows that Redis forgot, perhaps others too, and writes no flag.

The price is known and bounded: a flag that was written just after a seat was freed says "full" wrongly for at most
`FULL_MS`.
"""

import uuid
from collections.abc import Iterable

import redis
import structlog

from server.core.redis import redis_client

FULL_MS = 2_000
"""How long the flag stands, in milliseconds."""
ASKING_MS = 60_000
"""How long somebody who asked is remembered: longer than any request lives."""

log = structlog.get_logger(__name__)

_ENTER = """
if redis.call('EXISTS', KEYS[1]) == 1
    and redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0
    and redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then
  return 1
end
redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 0
"""

_RAISE = """
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then
  return 0
end
if redis.call('HINCRBY', KEYS[2], ARGV[1], -1) <= 0 then
  redis.call('HDEL', KEYS[2], ARGV[1])
end
for i = 3, #ARGV do
  redis.call('SADD', KEYS[1], ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""

_NOBODY = b""
"""Keeps the set alive when nobody holds a claim."""


def _keys(pool_id: uuid.UUID) -> list[str]:
    return [f"seats:full:{{{pool_id}}}", f"seats:asking:{{{pool_id}}}"]


def is_known_full(*, pool_id: uuid.UUID, holder_id: uuid.UUID) -> bool:
    """Whether this holder can be refused without asking PostgreSQL. Otherwise remembers that they ask it now."""
    try:
        script = redis_client().register_script(_ENTER)
        return bool(script(keys=_keys(pool_id), args=[holder_id.bytes, ASKING_MS]))
    except redis.RedisError as error:
        log.warning("sold_out_flag_unreadable", error=type(error).__name__)
        return False


def raise_flag(*, pool_id: uuid.UUID, holder_id: uuid.UUID, holders: Iterable[uuid.UUID]) -> None:
    """Say for `FULL_MS` that the pool is full, after PostgreSQL said so to `holder_id`.

    Args:
        holders: everybody with a living claim in the pool's scope, read after PostgreSQL refused.
    """
    named = [_NOBODY, *(holder.bytes for holder in holders)]
    try:
        script = redis_client().register_script(_RAISE)
        script(keys=_keys(pool_id), args=[holder_id.bytes, FULL_MS, *named])
    except redis.RedisError as error:
        log.warning("sold_out_flag_unwritable", error=type(error).__name__)


def lower_flag(*, pool_id: uuid.UUID) -> None:
    """Forget the flag; called after the commit that freed a seat."""
    try:
        redis_client().delete(_keys(pool_id)[0])
    except redis.RedisError as error:
        log.warning("sold_out_flag_undeletable", error=type(error).__name__)
