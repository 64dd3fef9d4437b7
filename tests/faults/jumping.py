"""A service whose clock a test turns: every process reads from one file how many seconds it is off.

Served by gunicorn as `tests.faults.jumping:create_app()`.
"""

import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

from server import app as service
from server.core import clock

FILE = "TEST_CLOCK_FILE"
"""The environment variable that names it."""
_SECONDS = struct.Struct("d")


class Hand:
    """What turns the clock of all processes at once."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT)
        self.turn(timedelta(0))

    def turn(self, off: timedelta) -> None:
        """Put it so much ahead of the right time."""
        os.pwrite(self._descriptor, _SECONDS.pack(off.total_seconds()), 0)

    def read(self) -> datetime:
        """The time as the processes take it to be."""
        (seconds,) = _SECONDS.unpack(os.pread(self._descriptor, _SECONDS.size, 0))
        return datetime.now(UTC) + timedelta(seconds=seconds)


def create_app() -> Flask:
    """The service, by that clock."""
    clock.source = Hand(Path(os.environ[FILE])).read
    return service.create_app()
