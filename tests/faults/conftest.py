"""A service on engines of its own, which a test may break."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from dev import embedded_postgres, embedded_redis, processes
from dev.embedded_postgres import SUPERUSER
from dev.engines import start_engines
from dev.testing_engines import Urls
from server.app import create_app
from server.core.access import Level
from server.core.db import db
from server.core.settings import Settings
from server.identity.models import SignInWay
from server.identity.sessions import open_session
from tests.conftest import migrate, test_environment
from tests.live import LiveServer, start_server
from tests.people import person
from tests.sign_in import Headers, make_worker


@dataclass
class Breakable:
    """A running service, and its engines."""

    folder: Path
    environment: dict[str, str]
    server: LiveServer
    app: Flask
    postgres: embedded_postgres.Postgres
    redis: embedded_redis.Redis
    _made: int = 0

    def worker(self) -> Headers:
        """Somebody new who is signed in."""
        self._made += 1
        who = person(500 + self._made)
        with self.app.app_context():
            worker_id = make_worker(Level.L2, who).id
            return Headers(open_session(worker_id=worker_id, way=SignInWay.WECHAT).token, worker_id, who)

    def kill_postgres(self) -> None:
        """All of its processes at once: what none of them had written out is gone."""
        server = self.postgres.process
        processes.stop([server, *server.children(recursive=True)], ((signal.SIGKILL, 10.0),))

    def start_redis(self) -> None:
        self.redis = embedded_redis.start(self.folder, databases=1)

    def start_postgres(self) -> None:
        self.postgres = embedded_postgres.start(self.folder)
        with self.app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module")
def breakable(shared_app: Flask, standin_environment: dict[str, str]) -> Iterator[Breakable]:
    """Its engines are started once for a module, whatever engines the suite runs on."""
    parent = Path(tempfile.mkdtemp(prefix="warmbee-"))
    parent.chmod(0o777)
    engines = start_engines(parent / "data", redis_databases=1)
    url = engines.postgres.url(SUPERUSER)
    migrate(url)
    folder = parent / "files"
    environment = test_environment(Urls(url, engines.redis.url()), folder) | standin_environment
    folder.mkdir()
    server = start_server(environment, log=parent / "gunicorn.log")
    made = Breakable(
        folder=parent / "data",
        environment=environment,
        server=server,
        app=create_app(Settings.from_env(environment)),
        postgres=engines.postgres,
        redis=engines.redis,
    )
    yield made
    # Nothing of it is needed any more: no waiting for connections that are kept open.
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait(30)
    made.redis.stop()
    made.postgres.stop(force=True)
    engines.lock.close()
    shutil.rmtree(parent)
