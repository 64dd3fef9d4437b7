"""Real engines for the whole run: one PostgreSQL and one Redis, a clone of the migrated database for each worker.

The embedded ones, or those of TEST_DATABASE_URL and TEST_REDIS_URL (`python -m dev.external_engines`).
"""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
import redis as redis_library
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from dev.testing_engines import Urls, start_suite, use_servers, worker_urls
from server.app import create_app
from server.core import clock
from server.core.db import Base, db
from server.core.limits import limiter
from server.core.redis import redis_client
from server.core.settings import Settings
from tests.leaks import OutputFolder
from tests.loopback_only import sitecustomize as loopback_only

ROOT = Path(__file__).parent.parent
OUTPUT = OutputFolder(ROOT / "var" / "test-output")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "master")

# Times say nothing on a busy machine, and CI must find today what it found yesterday.
hypothesis.settings.register_profile("suite", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("suite")

pytest_plugins = ["tests.live", "tests.sign_in", "tests.standins", "tests.pushing", "tests.seaweed"]

# This process, and every one that it starts, may connect to this machine only.
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(ROOT / "tests" / "loopback_only"), os.environ.get("PYTHONPATH")])
)
loopback_only.guard()


def test_environment(urls: Urls, data_dir: Path) -> dict[str, str]:
    """The settings of a service under test."""
    return {
        "ENVIRONMENT": "test",
        "DATABASE_URL": urls.database_url,
        "REDIS_URL": urls.redis_url,
        "DATA_DIR": str(data_dir),
        "RATE_LIMITS": "off",
        "WEB_THREADS": "8",
    }


def migrate(database_url: str) -> None:
    from flask_migrate import upgrade

    environment = test_environment(Urls(database_url, "redis://unused"), ROOT / "var")
    app = create_app(Settings.from_env(environment))
    # A line for each of them is for operators.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        db.engine.dispose()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """No test is called by the bytes it gets: a file that is made anew in each process would give it several names."""
    return argname if isinstance(val, bytes) else None


def pytest_configure(config: pytest.Config) -> None:
    """The process that starts the workers also starts the engines."""
    if WORKER == "master" and not config.option.collectonly:
        OUTPUT.reset()
        config.stash[STOP_ENGINES] = _start_engines()


STOP_ENGINES: pytest.StashKey[Callable[[], None]] = pytest.StashKey()


def _start_engines() -> Callable[[], None]:
    """Returns what stops them."""
    database, redis_server = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    if database and redis_server:
        use_servers(database, redis_server, migrate, environ=os.environ)
        return lambda: None
    if database or redis_server:
        raise pytest.UsageError("TEST_DATABASE_URL and TEST_REDIS_URL go together")
    return start_suite(ROOT / "var", migrate).stop


def pytest_sessionfinish(session: pytest.Session) -> None:
    """No line of the whole run's output may hold a test person's data."""
    if WORKER != "master" or STOP_ENGINES not in session.config.stash:
        return
    leaks = OUTPUT.find_leaks()
    for leak in leaks[:20]:
        print(f"\npersonal data in the output: {leak}")
    if leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    if STOP_ENGINES in config.stash:
        config.stash[STOP_ENGINES]()


@pytest.fixture(scope="session")
def urls() -> Urls:
    """This worker's own database and Redis database."""
    return worker_urls(WORKER)


@pytest.fixture(scope="session")
def environment(
    urls: Urls, tmp_path_factory: pytest.TempPathFactory, standin_environment: dict[str, str]
) -> dict[str, str]:
    """The environment of every process of this worker's service."""
    return test_environment(urls, tmp_path_factory.mktemp("data")) | standin_environment


@pytest.fixture(scope="session")
def shared_app(environment: dict[str, str]) -> Flask:
    made = create_app(Settings.from_env(environment))
    OUTPUT.keep_logging_of_this_process(WORKER)
    return made


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    """The application, in a context, on empty tables and an empty Redis."""
    with shared_app.app_context():
        yield shared_app
        # There is one limiter, and the last application that was made has set it.
        limiter.enabled = shared_app.config["RATELIMIT_ENABLED"]
        db.session.remove()
        _empty_tables()
        # What the audit's sealer left outside of the database goes with the chain.
        (shared_app.config["WARMBEE"].data_dir / "audit" / "head.json").unlink(missing_ok=True)
        redis_client().flushdb()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Talks to the application without a network."""
    return app.test_client()


@pytest.fixture
def db_session(app: Flask) -> Session:
    """The session of the test's application context."""
    return db.session()


@pytest.fixture
def redis(app: Flask) -> redis_library.Redis:
    """This worker's Redis."""
    return redis_client()


@pytest.fixture
def freeze(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Stop the service's clock at an instant; call again to move it."""

    def stop_at(instant: datetime) -> None:
        assert instant.tzinfo is not None
        monkeypatch.setattr(clock, "source", lambda: instant)

    return stop_at


@pytest.fixture
def configured(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`configured(wechat_callback_token="…")` runs the service with other settings."""

    def configured(**changes: object) -> None:
        changed: Settings = replace(app.config["WARMBEE"], **changes)
        monkeypatch.setitem(app.config, "WARMBEE", changed)

    return configured


@pytest.fixture
def count_queries(app: Flask) -> Iterator[list[str]]:
    """The SQL statements sent since the test took (or cleared) this list."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", note)


QUEUE = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers")


def _empty_tables() -> None:
    """Delete what a test wrote; neither append-only triggers nor foreign keys bind the suite's superuser.

    (TRUNCATE would take along every table that points at these, dozens, and make each connection learn them anew.)
    """
    names = [table.name for table in Base.metadata.sorted_tables] + list(QUEUE)
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE pg_relation_size('{name}') > 0" for name in names)
    with db.engine.begin() as connection:
        written = connection.exec_driver_sql(asked).scalars().all()
        if written:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql("SET LOCAL lock_timeout = '20s'")
            # Whoever is still writing is waited for.
            connection.exec_driver_sql(f"LOCK {', '.join(written)} IN SHARE ROW EXCLUSIVE MODE")
            connection.exec_driver_sql("; ".join(f"DELETE FROM {name}" for name in written))
    if written:
        # So that each test begins with tables without a page, and depends on nothing that ran before it.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM (INDEX_CLEANUP ON, TRUNCATE ON) {', '.join(written)}")
