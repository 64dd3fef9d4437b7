"""Who else has a case open: in Redis for less than a minute. Without Redis nobody is shown."""

from collections.abc import Sequence

import redis
import structlog

from server.core.clock import now
from server.core.redis import redis_client

SECONDS = 50
"""A page tells every 20 seconds that it is still open."""

log = structlog.get_logger(__name__)


def others_at(no: str, *, staff_no: str) -> Sequence[str]:
    """Note that somebody has this case open. The numbers of all others who have."""
    at, key = now().timestamp(), f"console:open:{no}"
    try:
        with redis_client().pipeline(transaction=False) as pipe:
            pipe.zadd(key, {staff_no: at})
            pipe.zremrangebyscore(key, 0, at - SECONDS)
            pipe.expire(key, SECONDS)
            pipe.zrange(key, 0, 9)
            found = pipe.execute()[-1]
    except redis.RedisError:
        log.warning("presence_unknown")
        return []
    return [number for one in found if (number := one.decode()) != staff_no]
