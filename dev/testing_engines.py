"""The engines of a test run: started once, one migrated template database, one clone of it a worker.

The pytest process that starts the workers calls `start_suite`; every worker (or that process itself, when
there are none) calls `worker_urls`. The folders under `root` are used again by later runs; runs at the same
time take different ones; servers that a killed run left alive are taken over.
"""

import itertools
import os
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from dev.embedded_postgres import SUPERUSER
from dev.engines import Engines, start_engines
from dev.trouble import Busy

POSTGRES_SOCKETS = "SUITE_POSTGRES_SOCKETS"
REDIS_SOCKET = "SUITE_REDIS_SOCKET"
TEMPLATE = "suite_template"


@dataclass(frozen=True)
class Urls:
    """What one worker works on."""

    database_url: str
    redis_url: str


def start_suite(
    root: Path,
    migrate: Callable[[str], None],
    *,
    environ: MutableMapping[str, str] = os.environ,
    redis_databases: int = 64,
) -> Engines:
    """Start this run's engines, make the template by `migrate(its URL)`, tell the workers by `environ`."""
    engines = _start_in_a_free_folder(root, redis_databases)
    try:
        environ[POSTGRES_SOCKETS] = str(engines.postgres.socket_folder)
        environ[REDIS_SOCKET] = str(engines.redis.socket)
        with engines.redis.client() as client:
            client.flushall()
        with engines.postgres.connect() as connection:
            if _exists(connection, TEMPLATE):
                connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(TEMPLATE)))
        migrate(fresh_database(TEMPLATE, template="template0", environ=environ))
        with engines.postgres.connect() as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false").format(
                    sql.Identifier(TEMPLATE)
                )
            )
    except BaseException:
        engines.stop()
        raise
    return engines


def worker_urls(worker_id: str, *, environ: MutableMapping[str, str] = os.environ) -> Urls:
    """A clone of the template and a Redis database of its own for this worker ("gw0", "gw1", …, "master")."""
    number = int(worker_id.removeprefix("gw")) if worker_id != "master" else 0
    return Urls(
        database_url=fresh_database(f"suite_{worker_id}", environ=environ),
        redis_url=f"unix://{quote(environ[REDIS_SOCKET])}?db={number}",
    )


def fresh_database(name: str, *, template: str = TEMPLATE, environ: MutableMapping[str, str] = os.environ) -> str:
    """Create this database anew and return its URL: a clone of `template` ("template0" for an empty one)."""
    folder = environ[POSTGRES_SOCKETS]
    with psycopg.connect(host=folder, user=SUPERUSER, dbname=SUPERUSER, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return f"postgresql+psycopg://{SUPERUSER}@/{name}?host={quote(folder)}"


def _start_in_a_free_folder(root: Path, redis_databases: int) -> Engines:
    for number in itertools.count(1):
        try:
            return start_engines(root / f"suite-{number}", redis_databases=redis_databases)
        except Busy:
            continue
    raise AssertionError("itertools.count() has no end")


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None
