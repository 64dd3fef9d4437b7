"""`python -m dev.reset`, behind `make reset`: stop what runs on the data folder, delete the folder."""

import os
import signal
import sys
import time
from pathlib import Path

import psutil

from dev import data_dir as folders
from dev import processes
from dev.children import stop_leftovers
from dev.embedded_postgres import IMMEDIATE_SHUTDOWN
from dev.supervisor import Plan
from dev.trouble import Busy, Trouble

STOP_SECONDS = 60.0


def reset(data_dir: Path) -> None:
    """Delete the data folder, those of test runs inside it too, however a run on it ended or whether it still runs."""
    if not data_dir.exists():
        return
    folders.require_marker(data_dir)
    _stop_run(data_dir)
    for folder in [*(marker.parent for marker in data_dir.glob(f"*/{folders.MARKER}")), data_dir]:
        if folders.lock(folder, "engines") is None:
            raise Busy(f"{folder} is still used by {folders.lock_owner(folder, 'engines')}: nothing was deleted.")
        for engine, name in (("postgres", "postgres"), ("redis", "redis-server")):
            processes.stop(processes.working_in(folder / engine, name), IMMEDIATE_SHUTDOWN)
        folders.delete(folder)


def _stop_run(data_dir: Path) -> None:
    """Stop the supervisor of this folder, or what a killed one left behind."""
    deadline = time.monotonic() + STOP_SECONDS
    while (lock := folders.lock(data_dir, "run")) is None:
        if time.monotonic() > deadline:
            raise Busy(f"{folders.lock_owner(data_dir, 'run')} still runs on {data_dir}: nothing was deleted.")
        owner = int((data_dir / "run.lock").read_text() or 0)
        if owner and psutil.pid_exists(owner):
            processes.stop([psutil.Process(owner)], ((signal.SIGTERM, STOP_SECONDS),))
        time.sleep(0.1)
    stop_leftovers(data_dir)
    lock.close()


def main() -> int:
    try:
        reset(Plan.from_env(os.environ).data_dir)
    except Trouble as trouble:
        print(f"✗ {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
