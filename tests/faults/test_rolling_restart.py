"""New code takes over from running code while people ask, and nobody's request fails."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
import requests
from flask import Flask

from dev import processes
from tests.live import LiveServer, start_server

pytestmark = pytest.mark.xdist_group("processes")

PATIENCE = 60


@dataclass
class Hammer:
    """Asks again and again: half on one connection that is kept, half on a new one each time."""

    url: str
    answers: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __enter__(self) -> "Hammer":
        self._over = threading.Event()
        kept = requests.Session()
        asking: list[Callable[..., requests.Response]] = [requests.get, kept.get]
        self._threads = [threading.Thread(target=self._ask, args=(get,)) for get in asking]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _ask(self, get: Callable[..., requests.Response]) -> None:
        while not self._over.is_set():
            try:
                self.answers.append(get(self.url, timeout=PATIENCE).status_code)
            except requests.RequestException as error:
                self.failures.append(repr(error))


@pytest.fixture
def own_server(app: Flask, environment: dict[str, str], tmp_path: Path) -> Iterator[LiveServer]:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    started = start_server(
        environment | {"DATA_DIR": str(data_dir), "METRICS_DIR": str(data_dir / "metrics")},
        log=tmp_path / "gunicorn.log",
    )
    yield started
    left = [one for one in psutil.process_iter() if os.getpgid(one.pid) == started.process.pid]
    os.killpg(started.process.pid, signal.SIGTERM)
    if started.process.returncode is None:
        started.process.wait(PATIENCE)
    assert not processes.wait_gone(left, PATIENCE)


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_no_request_fails_while_new_code_takes_over(own_server: LiveServer) -> None:
    with Hammer(own_server.url("/health/ready")) as hammer:
        wait_until(lambda: hammer.answers)
        own_server.process.send_signal(signal.SIGUSR2)
        own_server.process.wait(PATIENCE)  # the old master goes by itself, once the new one serves
        seen = len(hammer.answers)
        wait_until(lambda: len(hammer.answers) > seen + 20 or hammer.failures)
    assert hammer.failures == []
    assert set(hammer.answers) == {200}


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
