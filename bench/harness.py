"""What every benchmark needs: a server of its own, a load, alternating rounds, a table of ratios.

A figure of one machine on one day says little, a ratio of two things measured in turns on it says
a lot. So cases take turns (`alternate`), medians are compared (`Ratio`), and the server's own CPU
time for one request stands beside each rate: when a neighbour takes the processor, the rates of a
round fall together but the CPU time of a request hardly moves.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.client import Load, drive
from dev.testing_engines import start_suite, worker_urls

ROOT = Path(__file__).resolve().parent.parent
CLOCK_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A gunicorn of our own. `cpu_seconds` is user and system time of the master and its workers."""

    base_url: str
    pid: int

    def cpu_seconds(self) -> float:
        return sum(_cpu_seconds(pid) for pid in _family(self.pid))


@dataclass(frozen=True)
class Measured:
    """One case in one round."""

    load: Load
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        return self.load.per_second

    @property
    def cpu_us(self) -> float:
        """Server CPU, microseconds for one request."""
        return 1e6 * self.cpu_seconds / self.load.requests if self.load.requests else 0.0


@dataclass(frozen=True)
class Ratio:
    """A case against its limit, the median over the rounds. `value` is of requests a second."""

    name: str
    value: float
    cpu: float
    target: float

    @property
    def holds(self) -> bool:
        return self.value >= self.target

    def __str__(self) -> str:
        sign = "ok " if self.holds else "LOW"
        return f"{sign} {self.name:<44} {self.value:5.2f} (CPU {self.cpu:5.2f})   wanted ≥ {self.target:.2f}"


@contextmanager
def world(name: str) -> Iterator[dict[str, str]]:
    """Engines of our own with a migrated, empty database; yields the environment for an application on them.

    They live under var/ and are stopped at the end. Nothing that `make run` keeps is touched.
    """
    with ExitStack() as stack:
        environ: dict[str, str] = {}
        base = {"ENVIRONMENT": "test", "RATE_LIMITS": "off", "LOG_LEVEL": "ERROR", "DATA_DIR": str(ROOT / "var" / name)}

        def migrate(database_url: str) -> None:
            _migrate(base | {"DATABASE_URL": database_url, "REDIS_URL": "redis://unused"})

        engines = start_suite(ROOT / "var" / name, migrate, environ=environ)
        stack.callback(engines.stop)
        urls = worker_urls("master", environ=environ)
        yield base | {"DATABASE_URL": urls.database_url, "REDIS_URL": urls.redis_url}


@contextmanager
def serve(
    app: str,
    *,
    environ: Mapping[str, str],
    workers: int = 2,
    threads: int = 8,
    ready: str = "/health/live",
    cwd: Path | None = None,
    patience: float = 60.0,
) -> Iterator[Server]:
    """Run `app` (gunicorn's `module:callable`) on a free port until the block ends.

    `environ` is added to this process's own: DATABASE_URL, REDIS_URL, RATE_LIMITS=off and so on. The
    listening socket is opened here and handed down, so nobody can take the port in between.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        listener.set_inheritable(True)
        port = listener.getsockname()[1]
        arguments = [
            *(sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}"),
            *("--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)),
            *("--keep-alive", "30", "--graceful-timeout", "5", "--log-level", "warning", app),
        ]
        process = subprocess.Popen(
            arguments,
            env={**os.environ, **environ},
            pass_fds=(listener.fileno(),),
            cwd=cwd or ROOT,
        )
    server = Server(base_url=f"http://127.0.0.1:{port}", pid=process.pid)
    try:
        _await_ready(server.base_url + ready, process, patience)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measure(
    server: Server,
    requests: Sequence[bytes],
    *,
    connections: int = 32,
    seconds: float | None = None,
    keep_bodies: bool = False,
) -> Measured:
    """Drive `requests` (see `bench.client.drive`) and take the server's CPU time beside it."""
    before = server.cpu_seconds()
    load = drive(server.base_url, requests, connections=connections, seconds=seconds, keep_bodies=keep_bodies)
    return Measured(load=load, cpu_seconds=server.cpu_seconds() - before)


def alternate(cases: Mapping[str, Callable[[], Measured]], *, rounds: int) -> dict[str, list[Measured]]:
    """Each case once a round, every other round in reverse, so that none always goes first."""
    seen: dict[str, list[Measured]] = {name: [] for name in cases}
    for turn in range(rounds):
        for name in list(cases) if turn % 2 == 0 else list(cases)[::-1]:
            seen[name].append(cases[name]())
    return seen


def ratio(name: str, case: Sequence[Measured], limit: Sequence[Measured], *, target: float, label: str = "") -> Ratio:
    """Median over the rounds of `case` against `limit` in the same round.

    The CPU figure is the limit's microseconds over the case's, so 1.00 is as cheap.
    """
    pairs = list(zip(case, limit, strict=True))
    return Ratio(
        name=label or name,
        value=median(one.per_second / other.per_second for one, other in pairs),
        cpu=median(other.cpu_us / one.cpu_us for one, other in pairs),
        target=target,
    )


def table(seen: Mapping[str, Sequence[Measured]]) -> str:
    """What was measured, one line a case."""
    lines = [f"{'case':<44} {'req/s (min–max)':>20} {'p50 ms':>8} {'p99 ms':>8} {'CPU µs':>8}  answers"]
    for name, rounds in seen.items():
        rates = sorted(one.per_second for one in rounds)
        statuses = {
            status: sum(one.load.statuses[status] for one in rounds)
            for status in sorted({status for one in rounds for status in one.load.statuses})
        }
        lines.append(
            f"{name:<44} {f'{median(rates):.0f} ({rates[0]:.0f}–{rates[-1]:.0f})':>20}"
            f" {median(one.load.percentile(0.5) for one in rounds):>8.1f}"
            f" {median(one.load.percentile(0.99) for one in rounds):>8.1f}"
            f" {median(one.cpu_us for one in rounds):>8.0f}"
            f"  {' '.join(f'{status}×{count}' for status, count in statuses.items())}"
        )
    return "\n".join(lines)


def _migrate(environ: dict[str, str]) -> None:
    from flask_migrate import upgrade

    from server.app import create_app
    from server.core.db import db
    from server.core.settings import Settings

    app = create_app(Settings.from_env(environ))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        db.engine.dispose()


def _await_ready(url: str, process: subprocess.Popen[bytes], patience: float) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise TimeoutError(f"{url} did not answer within {patience:.0f} s")


def _family(pid: int) -> list[int]:
    """`pid` and its children: gunicorn's workers have no children of their own."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *map(int, children.read_text().split())] if children.exists() else [pid]


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICK
