"""The engines of a test run: started once, one migrated template database, one clone of it a worker.

The pytest process that starts the workers calls `start_suite`, or `use_servers` for servers that run already; every
worker (or that process itself, when there are none) calls `worker_urls`. The folders under `root` are used again by
later runs; runs at the same time take different ones; servers that a killed run left alive are taken over.
"""

import itertools
import os
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg import sql
from sqlalchemy import make_url

from dev.embedded_postgres import SUPERUSER
from dev.engines import Engines, start_engines
from dev.trouble import Busy

DATABASE_SERVER = "SUITE_DATABASE_SERVER"
REDIS_SERVER = "SUITE_REDIS_SERVER"
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
    engines = start_in_a_free_folder(root, "suite", redis_databases=redis_databases)
    try:
        use_servers(engines.postgres.url(SUPERUSER), engines.redis.url(), migrate, environ=environ)
    except BaseException:
        engines.stop()
        raise
    return engines


def use_servers(
    database_server: str, redis_server: str, migrate: Callable[[str], None], *, environ: MutableMapping[str, str]
) -> None:
    """Make the template by `migrate(its URL)` and tell the workers by `environ` where the servers are.

    Args:
        database_server: URL of a database that a superuser may connect to; databases named `suite_…` are made anew.
        redis_server: URL of a Redis with a database for each worker, which the worker empties.
    """
    environ[DATABASE_SERVER], environ[REDIS_SERVER] = database_server, redis_server
    with _connect(environ) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone():
            connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(TEMPLATE)))
    migrate(fresh_database(TEMPLATE, template="template0", environ=environ))
    # The planner thinks of a table that was never looked at otherwise than of one that was emptied.
    with _connect(environ, database=TEMPLATE) as connection:
        connection.execute("VACUUM")
    with _connect(environ) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false").format(sql.Identifier(TEMPLATE))
        )


def worker_urls(worker_id: str, *, environ: MutableMapping[str, str] = os.environ) -> Urls:
    """A clone of the template and an empty Redis database for this worker ("gw0", "gw1", …, "master")."""
    number = int(worker_id.removeprefix("gw")) if worker_id != "master" else 0
    redis_url = f"{environ[REDIS_SERVER].partition('?')[0]}?db={number}"
    with redis.Redis.from_url(redis_url, socket_timeout=5) as client:
        client.flushdb()
    return Urls(database_url=fresh_database(f"suite_{worker_id}", environ=environ), redis_url=redis_url)


def fresh_database(name: str, *, template: str = TEMPLATE, environ: MutableMapping[str, str] = os.environ) -> str:
    """Create this database anew and return its URL: a clone of `template` ("template0" for an empty one)."""
    with _connect(environ) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return make_url(environ[DATABASE_SERVER]).set(database=name).render_as_string(hide_password=False)


def start_in_a_free_folder(root: Path, name: str, **options: Any) -> Engines:
    """Start engines in the first of NAME-1, NAME-2, … that no other run has. Options are those of `start_engines`.

    What they hold is worth nothing after the run. (Tests of what a commit promises start servers of their own.)
    """
    for number in itertools.count(1):
        try:
            return start_engines(root / f"{name}-{number}", thrown_away=True, **options)
        except Busy:
            continue
    raise AssertionError("itertools.count() has no end")


def _connect(environ: MutableMapping[str, str], *, database: str | None = None) -> psycopg.Connection:
    """A connection outside transactions, for CREATE DATABASE and the like; to `database`, or to the server's own."""
    url = make_url(environ[DATABASE_SERVER]).set(drivername="postgresql", database=database)
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True, connect_timeout=10)
