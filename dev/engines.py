"""The embedded engines: the real PostgreSQL and Redis, under a data folder, reached by sockets only."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

from dev import data_dir as folders
from dev import embedded_postgres, embedded_redis
from dev.embedded_postgres import Postgres
from dev.embedded_redis import Redis
from dev.trouble import Busy


@dataclass(frozen=True)
class Engines:
    """Both servers, running; whoever holds this owns them, also those found alive after a kill -9."""

    postgres: Postgres
    redis: Redis
    lock: IO[str]

    @property
    def database_url(self) -> str:
        """SQLAlchemy's URL of the database `warmbee`, created but empty on the first start."""
        return self.postgres.url()

    @property
    def redis_url(self) -> str:
        """redis-py's URL of database 0."""
        return self.redis.url()

    @property
    def processes(self) -> dict[str, psutil.Process]:
        """The process of each engine, by its name."""
        return {"postgres": self.postgres.process, "redis": self.redis.process}

    @property
    def notes(self) -> tuple[str, ...]:
        """What the person at the terminal should know: data put elsewhere, servers taken over."""
        return self.postgres.notes + self.redis.notes

    def stop(self, *, force: bool = False) -> None:
        """Stop both servers; their data stays, also when forced to stop at once."""
        self.redis.stop()
        self.postgres.stop(force=force)
        self.lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_engines(
    data_dir: Path,
    *,
    redis_databases: int = 16,
    postgres_binaries: Path | None = None,
    redis_binary: Path | None = None,
    thrown_away: bool = False,
) -> Engines:
    """Start PostgreSQL and Redis under `data_dir` (created if missing), or take over those left alive there.

    The programs are those of the wheels unless others are named; `thrown_away` data need not outlive the machine.
    Works as root and as an ordinary user. Raises Trouble with one sentence if it cannot be; Busy if another process
    has the engines of this folder.
    """
    data_dir = folders.prepare(data_dir)
    lock = folders.lock(data_dir, "engines")
    if lock is None:
        raise Busy(
            f"The engines in {data_dir} belong to {folders.lock_owner(data_dir, 'engines')}; "
            "stop it or choose another DATA_DIR=…"
        )
    try:
        redis = embedded_redis.start(data_dir, databases=redis_databases, binary=redis_binary)
        try:
            postgres = embedded_postgres.start(data_dir, binaries=postgres_binaries, thrown_away=thrown_away)
        except BaseException:
            redis.stop()
            raise
    except BaseException:
        lock.close()
        raise
    return Engines(postgres, redis, lock)
