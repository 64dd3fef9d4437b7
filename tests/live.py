"""The service as its users meet it: gunicorn in a process of its own, over HTTP."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from flask import Flask

from tests.leaks import OutputFolder

ROOT = Path(__file__).parent.parent
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
PATIENCE = 120
"""Seconds in which a service has started on a machine that does a lot besides."""


@dataclass(frozen=True)
class LiveServer:
    """A running service."""

    base_url: str
    process: subprocess.Popen[bytes]

    def url(self, path: str) -> str:
        return self.base_url + path


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(
    environment: dict[str, str], *, log: Path, workers: int = 2, application: str | None = None
) -> LiveServer:
    """Start gunicorn on a free port and wait until it is ready; with another application than that of the settings."""
    port = free_port()
    with log.open("ab") as output:
        process = subprocess.Popen(
            # The script, as in production: started by `-m`, gunicorn cannot start itself anew.
            [
                Path(sys.executable).with_name("gunicorn"),
                *("-c", "config/gunicorn.conf.py"),
                *([application] if application else []),
            ],
            cwd=ROOT,
            env=os.environ | environment | {"PORT": str(port), "WEB_WORKERS": str(workers)},
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_end_with_the_run,
        )
    server = LiveServer(f"http://127.0.0.1:{port}", process)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"gunicorn ended: {log.read_text()[-2000:]}")
        try:
            if requests.get(server.url("/health/ready"), timeout=PATIENCE).ok:
                return server
        except requests.ConnectionError:
            time.sleep(0.1)
    stop_server(server)
    raise RuntimeError(f"gunicorn was not ready in time: {log.read_text()[-2000:]}")


def _end_with_the_run() -> None:
    """In the child: a run that is killed cleans nothing up, so the kernel ends its server with it."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def stop_server(server: LiveServer) -> None:
    """Stop it and wait until it is gone, whatever a browser still holds open."""
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGTERM)
        try:
            server.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()


@pytest.fixture(scope="session")
def session_server(shared_app: Flask, environment: dict[str, str]) -> Iterator[LiveServer]:
    output = OutputFolder(ROOT / "var" / "test-output").folder
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    started = start_server(environment, log=output / f"gunicorn-{worker}.log")
    yield started
    stop_server(started)


@pytest.fixture
def server(app: Flask, session_server: LiveServer) -> LiveServer:
    """The service over HTTP, on this test's (empty) database and Redis."""
    return session_server
