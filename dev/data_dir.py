"""The folder that holds everything a run keeps, and the locks that give it one owner at a time."""

import fcntl
import hashlib
import os
import shutil
import stat
from pathlib import Path
from typing import IO

from dev.trouble import Trouble

DEFAULT = Path(__file__).resolve().parent.parent / "var"
MARKER = ".warmbee"
SOCKET_PATH_LIMIT = 107
"""Bytes a socket's path may have on Linux (`sun_path`, less its closing zero)."""


def prepare(data_dir: Path) -> Path:
    """Create the folder if it is missing, mark it as ours and return its resolved path."""
    data_dir = data_dir.resolve()
    try:
        if not data_dir.exists():
            # Under root PostgreSQL runs as another user, who must pass through here, but see no list.
            data_dir.mkdir(parents=True)
            data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
        _mark(data_dir)
        (data_dir / "logs").mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unusable(data_dir, error.strerror or str(error)) from error
    if data_dir.stat().st_uid != os.geteuid():
        raise _unusable(data_dir, "it belongs to another user")
    return data_dir


def _unusable(data_dir: Path, reason: str) -> Trouble:
    return Trouble(f"The data folder {data_dir} cannot be used ({reason}): choose another with DATA_DIR=…")


def _mark(data_dir: Path) -> None:
    """Claim a new folder, never one that holds other people's things: `make reset` would delete them."""
    marker = data_dir / MARKER
    if marker.exists():
        return
    if data_dir != DEFAULT and any(data_dir.iterdir()):
        raise Trouble(f"{data_dir} already holds other things: choose a new or empty folder with DATA_DIR=…")
    marker.write_text("Data of 暖蜂; `make reset` deletes this folder because this file is in it.\n")


def lock(data_dir: Path, name: str) -> IO[str] | None:
    """Take the lock `name` of the folder until the returned file is closed; None if another process has it.

    The kernel frees it with its owner, however that one ends, so no lock outlives a kill -9.
    """
    file = (data_dir / f"{name}.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def lock_owner(data_dir: Path, name: str) -> str:
    """Who has the lock, for a message: "process 4711", or "another process"."""
    pid = (data_dir / f"{name}.lock").read_text().strip()
    return f"process {pid}" if pid else "another process"


def outside_home(data_dir: Path) -> Path:
    """Where data goes that cannot lie in `data_dir`, because the database's user cannot get there."""
    return Path("/var/lib") / f"warmbee-{_short_hash(data_dir)}"


def socket_folder(data_dir: Path, preferred: Path, socket_name: str, *, uid: int) -> Path:
    """`preferred` if a socket of this name fits there, else a private folder in /tmp that belongs to `uid`.

    A comma would make two folders of one, for PostgreSQL as for libpq.
    """
    if len(os.fsencode(preferred / socket_name)) <= SOCKET_PATH_LIMIT and "," not in str(preferred):
        return preferred
    folder = Path("/tmp") / f"warmbee-{_short_hash(data_dir)}-{preferred.name}"
    if not folder.exists():
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, -1)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o077:
        raise Trouble(f"{folder} is not the private folder it should be: remove it, or choose a shorter DATA_DIR=…")
    return folder


def require_marker(data_dir: Path) -> None:
    """Raise Trouble if the folder is not one of ours."""
    if not (data_dir / MARKER).exists():
        raise Trouble(f"{data_dir} does not look like a data folder of 暖蜂 (no {MARKER} in it): not deleted.")


def delete(data_dir: Path) -> None:
    """Delete the folder, if it is ours, with what was put outside of it."""
    require_marker(data_dir)
    sockets = Path("/tmp").glob(f"warmbee-{_short_hash(data_dir)}-*")
    for folder in (outside_home(data_dir), *sockets, data_dir):
        if folder.exists():
            shutil.rmtree(folder)


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
