"""The folder that holds everything a run keeps, and the locks that give it one owner at a time."""

import fcntl
import hashlib
import os
import shutil
from pathlib import Path
from typing import IO

from dev.trouble import Trouble

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
        marker = data_dir / MARKER
        if not marker.exists():
            marker.write_text("Data of 暖蜂; `make reset` deletes this folder because this file is in it.\n")
        (data_dir / "logs").mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise Trouble(
            f"The data folder {data_dir} cannot be written: {error.strerror}; choose another with DATA_DIR=…"
        ) from error
    return data_dir


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


def socket_folder(preferred: Path, socket_name: str, *, uid: int) -> Path:
    """`preferred` if a socket of this name fits there, else a private folder in /tmp that belongs to `uid`.

    A comma would make two folders of one, for PostgreSQL as for libpq.
    """
    if len(os.fsencode(preferred / socket_name)) <= SOCKET_PATH_LIMIT and "," not in str(preferred):
        return preferred
    folder = Path("/tmp") / f"warmbee-{_short_hash(preferred)}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, uid, -1, follow_symlinks=False)
    if folder.is_symlink() or folder.stat().st_uid != uid:
        raise Trouble(f"{folder} belongs to somebody else; remove it or choose a shorter DATA_DIR=…")
    return folder


def delete(data_dir: Path) -> None:
    """Delete the folder, if it is ours, with what was put outside of it."""
    data_dir = data_dir.resolve()
    if not data_dir.exists():
        return
    if not (data_dir / MARKER).exists():
        raise Trouble(f"{data_dir} does not look like a data folder of 暖蜂 (no {MARKER} in it): not deleted.")
    for folder in (outside_home(data_dir), data_dir):
        if folder.exists():
            shutil.rmtree(folder)


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
