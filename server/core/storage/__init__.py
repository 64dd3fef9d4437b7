"""Private files, encrypted: uploaded documents, nothing that the web server may serve by itself.

Where they lie is a `Place`: a folder of this machine, or a bucket that speaks S3. A file is there completely or not at
all. Keys are random and say nothing about when, by whom or for what; what lies there is a ciphertext bound to its key,
so whoever keeps the bucket can neither read nor swap files.
"""

import io
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, Protocol, cast

import structlog
from flask import Flask, current_app

from server.core.crypto import Cipher, DecryptionError, cipher, key_of_ciphertext
from server.core.errors import Problem, unavailable
from server.core.outside import OutsideUnavailable, Timeouts
from server.core.settings import Settings
from server.core.storage.bucket import Bucket
from server.core.storage.disk import Disk
from server.core.storage.place import Lost

log = structlog.get_logger(__name__)

_KEY = re.compile(r"[0-9a-f]{32}")


class Place(Protocol):
    """Where ciphertexts lie. Each call raises OSError or OutsideUnavailable when the place does not work."""

    def write(self, key: str, content: bytes) -> None:
        """Store durably, all or nothing."""

    def read(self, key: str) -> bytes:
        """Raises `Lost` for one that is not there."""

    def replace(self, key: str, content: bytes) -> None:
        """Store other content for one that is there; its age stays what it was, where the place can do that."""

    def delete(self, key: str) -> None:
        """One that is not there is fine."""

    def has(self, key: str) -> bool: ...

    def written(self) -> Iterator[tuple[str, datetime]]:
        """Names of everything, and when it was last written."""

    def clear_incoming(self, before: datetime) -> None:
        """Remove what a killed process left half-written before an instant."""

    def warning(self) -> str | None:
        """What an operator has to mend."""


class Storage:
    """Files by key."""

    def __init__(self, place: Place, cipher: Cipher) -> None:
        self._place = place
        self._cipher = cipher

    def put(self, content: bytes) -> str:
        """Store a file durably; returns its key.

        Raises:
            Problem: 503 when there is no room, or the place does not answer. What may have arrived of the file is known
                to nobody then, and swept away.
        """
        key = secrets.token_hex(16)
        try:
            self._place.write(key, self._cipher.encrypt(content, context=_context(key)))
        except (OSError, OutsideUnavailable) as error:
            raise _unavailable(error, "暂时存不了文件：这个文件没有存下，之前存好的都还在，请过一会儿再传") from error
        return key

    def open(self, key: str) -> BinaryIO:
        """The file for reading.

        Raises:
            Problem: 503 when it cannot be read; it was stored, so that is never the caller's mistake.
        """
        try:
            return io.BytesIO(self._cipher.decrypt(self._place.read(_checked(key)), context=_context(key)))
        except (OSError, OutsideUnavailable, DecryptionError) as error:
            raise _unavailable(error, "文件暂时打不开，它还在，请过一会儿再试") from error

    def delete(self, key: str) -> None:
        """Remove a file; one that is not there is fine."""
        self._place.delete(_checked(key))

    def has(self, key: str) -> bool:
        """Whether there is such a file."""
        return self._place.has(_checked(key))

    def renew(self, key: str) -> bool:
        """Encrypt a file anew if an older key did; False when there is nothing to do.

        A file that is deleted at this very moment may come back; nothing knows it then, and it is swept away.

        Raises:
            DecryptionError: no key opens it.
            OSError, OutsideUnavailable: the place.
        """
        try:
            stored = self._place.read(_checked(key))
        except Lost:
            return False
        if key_of_ciphertext(stored) == self._cipher.current:
            return False
        content = self._cipher.decrypt(stored, context=_context(key))
        self._place.replace(key, self._cipher.encrypt(content, context=_context(key)))
        return True

    def all_keys(self) -> Iterator[str]:
        """Keys of all files."""
        return self.keys_older_than(datetime.max.replace(tzinfo=UTC))

    def keys_older_than(self, instant: datetime) -> Iterator[str]:
        """Keys of files last written before `instant`."""
        for name, at in self._place.written():
            if _KEY.fullmatch(name) and at < instant:
                yield name

    def clear_incoming(self, *, before: datetime) -> None:
        """Remove what a killed process left half-written before an instant."""
        self._place.clear_incoming(before)

    def warning(self) -> str | None:
        """What an operator has to mend."""
        return self._place.warning()


def init_storage(app: Flask, settings: Settings) -> None:
    """Attach the files: in the bucket if there is one, else under DATA_DIR/files."""
    place: Place = Disk(settings.data_dir / "files")
    if settings.files_s3_url:
        place = Bucket(
            url=settings.files_s3_url,
            region=settings.files_s3_region,
            key_id=settings.files_s3_key_id,
            secret=settings.files_s3_secret,
            # Files are larger than what others are asked.
            timeouts=Timeouts(settings.outside_connect_seconds, 2 * settings.outside_read_seconds),
        )
    app.extensions["warmbee_files"] = place


def storage() -> Storage:
    """The files of the running application."""
    return Storage(cast(Place, current_app.extensions["warmbee_files"]), cipher())


def storage_warnings() -> list[str]:
    """For /status."""
    warning = storage().warning()
    return [warning] if warning else []


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("not a storage key")
    return key


def _context(key: str) -> bytes:
    return b"file:" + key.encode()


def _unavailable(error: OSError | OutsideUnavailable | DecryptionError, title: str) -> Problem:
    log.error(
        "storage_failed",
        errno=getattr(error, "errno", None),
        trouble=getattr(error, "trouble", None),
        kind=type(error).__name__,
    )
    return unavailable(title=title, retry_after=60)
