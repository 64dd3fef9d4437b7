"""Being told to stop: SIGINT, SIGTERM or SIGHUP, to us or to the `make` that called us."""

import os
import signal
import time
from pathlib import Path
from types import FrameType

import psutil

from dev import processes

DELIBERATE_SECONDS = 1.0
"""A signal this long after the first is a second wish, not the same one arriving twice (make passes SIGTERM on)."""


class Forced(BaseException):
    """The second wish to stop: leave at once."""


class StopRequest:
    """True once we are to stop. A second signal raises Forced wherever we are, further ones do nothing."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._forced = False
        self._make = _calling_make()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Ignored from the start is ignored on purpose (nohup), except for a shell that put us in the background.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def __bool__(self) -> bool:
        if self._since is None and self._make is not None and _gave_up(self._make):
            self._since = time.monotonic()
        return self._since is not None

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._since is None:
            self._since = time.monotonic()
        elif not self._forced and time.monotonic() - self._since > DELIBERATE_SECONDS:
            self._forced = True
            raise Forced


def _calling_make() -> psutil.Process | None:
    """The make that waits for us, if one does and has not been told to ignore SIGINT."""
    parent = psutil.Process(os.getppid())
    return parent if parent.name() in {"make", "gmake"} and _catches_interrupt(parent) else None


def _gave_up(make: psutil.Process) -> bool:
    """Whether make died or was interrupted: a SIGINT to it alone it does not pass on, but waits for us for ever."""
    return not processes.alive(make) or not _catches_interrupt(make)


def _catches_interrupt(process: psutil.Process) -> bool:
    """Whether it has a handler for SIGINT; make takes its own away when it has been interrupted."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except FileNotFoundError:
        return False
    caught = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(caught & 1 << (signal.SIGINT - 1))
