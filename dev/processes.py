"""Finding and stopping processes by what they are (folder, start time), never by name alone."""

import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

Patience = Sequence[tuple[signal.Signals, float]]
"""Signals in order, each with the seconds to wait for its effect."""

POLITELY: Patience = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))


def alive(process: psutil.Process) -> bool:
    """Whether it still runs. A zombie does not, and in a container without an init it stays for ever."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def start_ticks(pid: int) -> int | None:
    """When it started, in clock ticks since the machine did: with the number it names a process for good.

    None if there is no such process. Unlike seconds of the day, it does not move when the clock is set.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return None
    return int(fields[19])


def working_in(folder: Path, name: str) -> list[psutil.Process]:
    """The living processes of this name whose working directory is `folder`, oldest first.

    Both engines change into their data, so this finds the ones that a killed run left behind, whatever
    became of their pid files.
    """
    return sorted(_working_in(folder.resolve(), name), key=lambda process: process.create_time())


def _working_in(folder: Path, name: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != name:
            continue
        try:
            if Path(process.cwd()) == folder and alive(process):
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


def wait_gone(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for the processes to end; return those that still live after `seconds`."""
    deadline = time.monotonic() + seconds
    living = [process for process in processes if alive(process)]
    while living and time.monotonic() < deadline:
        time.sleep(0.02)
        living = [process for process in living if alive(process)]
    return living


def stop(processes: Sequence[psutil.Process], patience: Patience = POLITELY) -> None:
    """Stop the processes together, with ever stronger signals."""
    living = [process for process in processes if alive(process)]
    for sign, seconds in patience:
        for process in living:
            try:
                process.send_signal(sign)
            except psutil.NoSuchProcess:
                continue
        living = wait_gone(living, seconds)
