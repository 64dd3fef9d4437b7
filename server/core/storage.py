"""Private files on a local disk, encrypted: uploaded documents, nothing that the web server may serve by itself.

A file is there completely or not at all: it is written beside its place, synced and renamed. Keys are random and say
nothing about when, by whom or for what.
"""

import io
import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import structlog

from server.core.crypto import Cipher, DecryptionError, cipher, key_of_ciphertext
from server.core.errors import Problem, unavailable
from server.core.settings import settings

log = structlog.get_logger(__name__)

_KEY = re.compile(r"[0-9a-f]{32}")
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600


class Storage:
    """Files under one folder, by key. On the disk each is a ciphertext that is bound to its key."""

    def __init__(self, folder: Path, cipher: Cipher) -> None:
        self._folder = folder
        self._cipher = cipher
        self._incoming = folder / "incoming"

    def put(self, content: bytes) -> str:
        """Store a file durably; returns its key.

        Raises:
            Problem: 503 when the disk is full, read-only or gone. Nothing of the file is left then.
        """
        key = secrets.token_hex(16)
        incoming, place = self._incoming / key, self._path(key)
        try:
            for folder in (self._folder, self._incoming, place.parent):
                folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            try:
                _write(incoming, self._cipher.encrypt(content, context=_context(key)))
                incoming.rename(place)
            except OSError:
                incoming.unlink(missing_ok=True)
                raise
            _sync_folder(place.parent)
        except OSError as error:
            raise _unavailable(error, "暂时存不了文件：这个文件没有存下，之前存好的都还在，请过一会儿再传") from error
        return key

    def open(self, key: str) -> BinaryIO:
        """The file for reading.

        Raises:
            Problem: 503 when it cannot be read; it was stored, so that is never the caller's mistake.
        """
        try:
            return io.BytesIO(self._cipher.decrypt(self._path(key).read_bytes(), context=_context(key)))
        except (OSError, DecryptionError) as error:
            raise _unavailable(error, "文件暂时打不开，请过一会儿再试") from error

    def delete(self, key: str) -> None:
        """Remove a file; one that is not there is fine."""
        self._path(key).unlink(missing_ok=True)

    def has(self, key: str) -> bool:
        """Whether there is such a file."""
        return self._path(key).exists()

    def renew(self, key: str) -> bool:
        """Encrypt a file anew if an older key did; False when there is nothing to do. Its age stays what it was.

        A file that is deleted at this very moment may come back; nothing knows it then, and it is swept away.

        Raises:
            DecryptionError: no key opens it.
            OSError: the disk.
        """
        place, incoming = self._path(key), self._incoming / key
        try:
            stored, written = place.read_bytes(), place.stat().st_mtime
        except FileNotFoundError:
            return False
        if key_of_ciphertext(stored) == self._cipher.current:
            return False
        content = self._cipher.decrypt(stored, context=_context(key))
        incoming.unlink(missing_ok=True)
        _write(incoming, self._cipher.encrypt(content, context=_context(key)))
        os.utime(incoming, (written, written))
        incoming.rename(place)
        _sync_folder(place.parent)
        return True

    def all_keys(self) -> Iterator[str]:
        """Keys of all files."""
        return self.keys_older_than(datetime.max.replace(tzinfo=UTC))

    def keys_older_than(self, instant: datetime) -> Iterator[str]:
        """Keys of files last written before `instant`."""
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            if _KEY.fullmatch(path.name) and _written_at(path) < instant:
                yield path.name

    def clear_incoming(self, *, before: datetime) -> None:
        """Remove what a killed process left half-written before an instant."""
        for path in self._incoming.glob("*"):
            if _written_at(path) < before:
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("not a storage key")
        return self._folder / key[:2] / key


def storage() -> Storage:
    """The files of the running application, under DATA_DIR/files."""
    return Storage(settings().data_dir / "files", cipher())


def _context(key: str) -> bytes:
    return b"file:" + key.encode()


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


def _unavailable(error: OSError | DecryptionError, title: str) -> Problem:
    log.error("storage_failed", errno=getattr(error, "errno", None), kind=type(error).__name__)
    return unavailable(title=title, retry_after=60)
