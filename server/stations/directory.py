"""The edition of the directory that this process serves, and how it learns that there is a newer one.

Whoever writes makes new version ids in PostgreSQL, in the same transaction, and after the commit puts any new
value under one key in Redis. Each process looks at that key at most every half second and, when it has
changed, asks PostgreSQL for the versions. Redis only saves questions: while it is away PostgreSQL is asked once
a second, and every few seconds anyway.
"""

import threading
import time
from typing import cast

import redis
import sqlalchemy as sa
import structlog
from flask import Flask, current_app
from sqlalchemy.dialects.postgresql import insert

from server.core import clock
from server.core.db import after_commit, db, new_id, transaction
from server.core.redis import redis_client
from server.stations.edition import Edition
from server.stations.loading import read_live, read_places, read_versions
from server.stations.models import StationVersion
from server.stations.policy import policy

log = structlog.get_logger(__name__)

HINT = "stations:changed"
LOOK_EVERY = 0.5
ASK_EVERY_WITHOUT_REDIS = 1.0
ASK_AT_LEAST_EVERY = 5.0
LEAVE_REDIS_ALONE = 5.0
"""All in seconds. A Redis that did not answer is not tried again at once: each try may cost its time-out."""


class Directory:
    """Holds the current edition of one process; safe for its threads."""

    def __init__(self) -> None:
        self._edition: Edition | None = None
        self._lock = threading.Lock()
        self._hint: bytes | None = None
        self._look_at = 0.0
        self._ask_at = 0.0
        self._redis_at = 0.0

    def current(self) -> Edition:
        """The edition to work with; at most about a second old.

        While one thread reads a newer one the others go on with the one at hand. If PostgreSQL is away, so does
        everybody.

        Raises:
            SQLAlchemyError: PostgreSQL is away and nothing was ever read.
        """
        edition = self._edition
        if edition is None:
            with self._lock:
                if self._edition is None:
                    self._may_have_changed()
                return self._edition or self._read(None)
        if time.monotonic() >= self._look_at and self._lock.acquire(blocking=False):
            try:
                if self._may_have_changed() or edition.is_stale(clock.now()):
                    edition = self._read(edition)
            except sa.exc.SQLAlchemyError:
                self._ask_at = 0.0
                log.warning("stations_not_refreshed")
            finally:
                self._lock.release()
        return edition

    def look_now(self) -> None:
        """Look for a newer edition at the next call, whatever the time."""
        self._look_at = self._ask_at = 0.0

    def _may_have_changed(self) -> bool:
        now = time.monotonic()
        self._look_at = now + LOOK_EVERY
        hint, has_redis = self._hint, now >= self._redis_at
        if has_redis:
            try:
                hint = cast(bytes | None, redis_client().get(HINT))
            except redis.RedisError:
                has_redis = False
                self._redis_at = now + LEAVE_REDIS_ALONE
        if not has_redis:
            self._look_at = now + ASK_EVERY_WITHOUT_REDIS
            return True
        if hint == self._hint and now < self._ask_at:
            return False
        self._hint = hint
        self._ask_at = now + ASK_AT_LEAST_EVERY
        return True

    def _read(self, held: Edition | None) -> Edition:
        """Read what is newer than `held`; versions and rows in one snapshot of the database."""
        now, numbers = clock.now(), policy()
        with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            places_version, live_version = read_versions(connection)
            if held is not None and held.places_version == places_version:
                places = held.places
                if held.live_version == live_version and not held.is_stale(now):
                    return held
            else:
                started = time.perf_counter()
                places = read_places(connection, since=now)
                seconds = round(time.perf_counter() - started, 3)
                log.info("stations_read", places=len(places.index), seconds=seconds)
            live = read_live(connection, places, now=now, numbers=numbers)
        self._edition = Edition(places_version, live_version, places, live)
        return self._edition


def init_directory(app: Flask) -> None:
    """Give the application its directory; nothing is read before the first request."""
    app.extensions["stations"] = Directory()


def directory() -> Directory:
    """The directory of this process."""
    return cast(Directory, current_app.extensions["stations"])


def announce(*, places: bool = False) -> None:
    """Put a new edition in force with the transaction around this call: of what is live, or of the `places` too."""
    with transaction() as session:
        new = {"live": new_id(), **({"places": new_id()} if places else {})}
        session.execute(
            insert(StationVersion)
            .values(id=1, places=new.get("places", new_id()), live=new["live"])
            .on_conflict_do_update(index_elements=[StationVersion.id], set_=new)
        )
        after_commit(_hint)


def _hint() -> None:
    directory().look_now()
    try:
        redis_client().set(HINT, new_id().bytes)
    except redis.RedisError:
        log.warning("stations_hint_not_sent")
