"""Files in a folder: written beside their place, synced and renamed."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from server.core.storage.place import Lost

_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_LITTLE = 1024 * 1024 * 1024
"""Bytes: below that somebody has to make room."""


class Disk:
    """One folder, with a folder in it for each two first characters of a key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"

    def write(self, key: str, content: bytes) -> None:
        """Store durably; of what fails nothing is left."""
        incoming, place = self._incoming / key, self._path(key)
        for folder in (self._folder, self._incoming, place.parent):
            folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        try:
            _write(incoming, content)
            incoming.rename(place)
        except OSError:
            incoming.unlink(missing_ok=True)
            raise
        _sync_folder(place.parent)

    def read(self, key: str) -> bytes:
        """The content."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise Lost from error

    def replace(self, key: str, content: bytes) -> None:
        """Other content, the same age."""
        place, incoming = self._path(key), self._incoming / key
        written = place.stat().st_mtime
        incoming.unlink(missing_ok=True)
        _write(incoming, content)
        os.utime(incoming, (written, written))
        incoming.rename(place)
        _sync_folder(place.parent)

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def has(self, key: str) -> bool:
        return self._path(key).exists()

    def written(self) -> Iterator[tuple[str, datetime]]:
        """Names and times of everything."""
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            yield path.name, _written_at(path)

    def clear_incoming(self, before: datetime) -> None:
        """Remove what a killed process left half-written."""
        for path in self._incoming.glob("*"):
            if _written_at(path) < before:
                path.unlink(missing_ok=True)

    def warning(self) -> str | None:
        """Whether it is nearly full."""
        there = self._folder if self._folder.exists() else self._folder.parent
        free = shutil.disk_usage(there).free
        return f"attachments: only {free // 1024 // 1024} MB are free on the disk" if free < _LITTLE else None

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _written_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        # Removed by another process meanwhile: not ours to remove.
        return datetime.max.replace(tzinfo=UTC)
