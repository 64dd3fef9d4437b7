"""The file of a list until it is read: encrypted, and in parts, since a base is larger than memory should be."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, BinaryIO

from server.core.storage import storage

PART = 4 * 1024 * 1024


def keep(file: IO[bytes]) -> list[str]:
    """Store a file; returns the keys of its parts.

    Raises:
        Problem: 503 when there is no room. What was stored of it is swept away, as nobody knows it.
    """
    keys = []
    while part := file.read(PART):
        keys.append(storage().put(part))
    return keys


@contextmanager
def laid_out(parts: Sequence[str]) -> Iterator[BinaryIO]:
    """The file as a whole. It has no name: whatever happens to this process, nothing is left of it."""
    with tempfile.TemporaryFile() as file:
        for key in parts:
            with storage().open(key) as part:
                file.write(part.read())
        file.seek(0)
        yield file


def drop(parts: Sequence[str]) -> None:
    """Delete; what cannot be reached now is swept away later."""
    for key in parts:
        storage().delete(key)
