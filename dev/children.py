"""The processes that the supervisor runs, each with a log; and those that a killed supervisor left behind."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from dev import processes

RECORD = "children.json"
STOP_SECONDS = 25.0
"""A little more than gunicorn and the job worker take to finish what they are at."""

LOG_BYTES = 5_000_000


@dataclass(frozen=True)
class Child:
    """A running program. It leads a session of its own: Ctrl-C in the terminal reaches us alone."""

    name: str
    process: psutil.Popen
    log: Path

    def last_words(self, lines: int = 15) -> str:
        """The end of its log, for the terminal."""
        words = self.log.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join(f"    {line}" for line in words)


class Children:
    """Starts programs, watches them, stops them all."""

    def __init__(self, data_dir: Path, *, folder: Path) -> None:
        self._data_dir = data_dir
        self._folder = folder
        self._children: list[Child] = []

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> Child:
        """Start a program in the background; what it prints goes to `logs/<name>.log`."""
        log = self._data_dir / "logs" / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            process = psutil.Popen(
                command,
                cwd=self._folder,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        child = Child(name, process, log)
        self._children.append(child)
        self._write_record()
        return child

    def ended(self) -> Child | None:
        """The first child that no longer runs, if any."""
        return next((child for child in self._children if not processes.alive(child.process)), None)

    def forget(self, child: Child) -> None:
        """A child that was meant to end has ended."""
        self._children.remove(child)
        self._write_record()

    def stop(self, *, force: bool = False) -> None:
        """Ask all to finish, wait for them, kill what is left of them and of what they started."""
        sessions = [child.process.pid for child in self._children]
        if not force:
            processes.stop([child.process for child in self._children], ((signal.SIGTERM, STOP_SECONDS),))
        processes.stop(_members(sessions), ((signal.SIGKILL, 5.0),))
        for child in self._children:
            child.process.wait()
        self._children.clear()
        (self._data_dir / RECORD).unlink(missing_ok=True)

    def _write_record(self) -> None:
        record = [[child.process.pid, processes.start_ticks(child.process.pid)] for child in self._children]
        new = self._data_dir / f"{RECORD}.new"
        new.write_text(json.dumps(record))
        new.replace(self._data_dir / RECORD)


def stop_leftovers(data_dir: Path) -> int:
    """Stop what a killed supervisor of this folder left running; return how many processes that were."""
    record = data_dir / RECORD
    if not record.exists():
        return 0
    sessions = [pid for pid, started in json.loads(record.read_text()) if _is_still(pid, started)]
    leftovers = _members(sessions)
    leaders = [process for process in leftovers if process.pid in sessions]
    processes.stop(leaders, ((signal.SIGTERM, STOP_SECONDS),))
    processes.stop(leftovers, ((signal.SIGKILL, 5.0),))
    record.unlink()
    return len(leftovers)


def _is_still(session: int, started: int) -> bool:
    """Whether this number still means the session we recorded.

    While any member lives, the kernel gives the number to no other process, so only a leader that started at
    another time shows that it does not.
    """
    return processes.start_ticks(session) in {started, None}


def _members(sessions: Sequence[int]) -> list[psutil.Process]:
    """The living processes of these sessions: the leaders and whatever they started."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) in sessions and processes.alive(process):
                found.append(process)
        except ProcessLookupError:
            continue
    return found
