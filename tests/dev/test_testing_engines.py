"""What the suite itself stands on."""

import os
from pathlib import Path

import psycopg
import pytest
import redis

from dev.testing_engines import fresh_database, start_suite, worker_urls
from tests.dev.runs import all_gone

pytestmark = pytest.mark.xdist_group("processes")


def _migrate(database_url: str) -> None:
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE migrated ()")


def _has_table(database_url: str) -> bool:
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        return connection.execute("SELECT to_regclass('migrated')").fetchone() != (None,)


def test_every_worker_has_a_migrated_database_and_a_redis_database_of_its_own(data_dir: Path) -> None:
    environ: dict[str, str] = {}
    engines = start_suite(data_dir, _migrate, environ=environ)
    try:
        first, second = (worker_urls(name, environ=environ) for name in ("gw0", "gw1"))
        assert _has_table(first.database_url)
        assert _has_table(second.database_url)
        assert first.database_url != second.database_url
        redis.Redis.from_url(first.redis_url).set("mine", 1)
        assert redis.Redis.from_url(second.redis_url).get("mine") is None
        assert not _has_table(fresh_database("empty", template="template0", environ=environ))
    finally:
        engines.stop()


def test_runs_at_the_same_time_take_different_folders_and_later_ones_the_same_again(data_dir: Path) -> None:
    before = dict(os.environ)
    first = start_suite(data_dir, _migrate, environ={})
    second = start_suite(data_dir, _migrate, environ={})
    folders = [first.postgres.socket_folder, second.postgres.socket_folder]
    first.stop()
    third = start_suite(data_dir, _migrate, environ={})
    third.stop()
    second.stop()
    assert folders[0] != folders[1]
    assert third.postgres.socket_folder == folders[0]
    assert all_gone([process for engines in (first, second, third) for process in engines.processes.values()])
    assert dict(os.environ) == before
