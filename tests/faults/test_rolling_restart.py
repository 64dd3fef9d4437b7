"""New code takes over from running code while people ask, and nobody's request fails."""

import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
import requests
import sqlalchemy as sa
from flask import Flask

from dev import processes
from server.cases.models import Case
from server.core.access import Level
from server.core.db import db
from tests.cases.conftest import submission
from tests.live import LiveServer, start_server
from tests.sign_in import Headers, SignIn

pytestmark = pytest.mark.xdist_group("processes")

PATIENCE = 60
Request = Callable[..., requests.Response]


@dataclass
class Hammer:
    """Asks again and again, nothing twice: half on connections that are kept, half on new ones."""

    server: LiveServer
    sender: Headers
    answers: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __enter__(self) -> "Hammer":
        self._over = threading.Event()
        ways = [requests.request, requests.Session().request]
        self._threads = [
            threading.Thread(target=self._ask, args=(one, way)) for way in ways for one in (self._look, self._send)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _look(self, request: Request) -> requests.Response:
        return request("GET", self.server.url("/health/ready"), timeout=PATIENCE)

    def _send(self, request: Request) -> requests.Response:
        url, key = self.server.url("/api/v1/cases"), {"Idempotency-Key": str(uuid.uuid4())}
        return request("POST", url, json=submission("grievance"), headers={**self.sender, **key}, timeout=PATIENCE)

    def _ask(self, one: Callable[[Request], requests.Response], request: Request) -> None:
        while not self._over.is_set():
            try:
                self.answers.append(one(request).status_code)
            except requests.RequestException as error:
                self.failures.append(repr(error))

    @property
    def sent(self) -> int:
        return self.answers.count(201)


@pytest.fixture
def own_server(app: Flask, environment: dict[str, str], tmp_path: Path) -> Iterator[LiveServer]:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    started = start_server(
        environment | {"DATA_DIR": str(data_dir), "METRICS_DIR": str(data_dir / "metrics")},
        log=tmp_path / "gunicorn.log",
    )
    yield started
    left = [one for one in psutil.process_iter() if _group(one) == started.process.pid]
    os.killpg(started.process.pid, signal.SIGTERM)
    if started.process.returncode is None:
        started.process.wait(PATIENCE)
    assert not processes.wait_gone(left, PATIENCE)


def _group(process: psutil.Process) -> int | None:
    """Its process group; none if it is gone since it was listed."""
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return None


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_no_request_fails_while_new_code_takes_over(own_server: LiveServer, sign_in: SignIn) -> None:
    """Nobody asks a second time; each case that was taken is there once."""
    with Hammer(own_server, sign_in(Level.L2)) as hammer:
        wait_until(lambda: hammer.sent)
        own_server.process.send_signal(signal.SIGUSR2)
        own_server.process.wait(PATIENCE)  # the old master goes by itself, once the new one serves
        seen, sent = len(hammer.answers), hammer.sent
        wait_until(lambda: (len(hammer.answers) > seen + 20 and hammer.sent > sent) or hammer.failures)
    assert hammer.failures == []
    assert set(hammer.answers) == {200, 201}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == hammer.sent


def test_what_does_not_start_leaves_what_runs_alone(own_server: LiveServer, tmp_path: Path) -> None:
    (tmp_path / "data").rename(tmp_path / "moved")
    (tmp_path / "data").write_text("no folder")
    own_server.process.send_signal(signal.SIGUSR2)
    wait_until(lambda: "NotADirectoryError" in (tmp_path / "gunicorn.log").read_text())
    workers = psutil.Process(own_server.process.pid).children
    wait_until(lambda: len(workers()) == 2)  # the new master is gone
    (tmp_path / "data").unlink()
    (tmp_path / "moved").rename(tmp_path / "data")
    assert requests.get(own_server.url("/health/ready"), timeout=PATIENCE).status_code == 200
