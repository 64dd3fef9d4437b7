"""`make run` as a test sees it: its lines, its processes, its end."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from dev import processes
from tests.live import free_port

ROOT = Path(__file__).parent.parent.parent
LAST_LINE_OF_WELCOME = "Ctrl-C stops everything"
NOBODY = 65534
MAKE_RUN, MAKE_TEST = (
    shlex.split(line, comments=True)
    for line in (ROOT / "README.md").read_text().partition("```sh\n")[2].partition("```")[0].splitlines()
)
"""The two commands of the README."""


def settings(data_dir: Path) -> dict[str, str]:
    """An environment for a run of its own on free ports, without what this suite has set for itself."""
    foreign = {"DATABASE_URL", "REDIS_URL", "ENVIRONMENT", "PROMETHEUS_MULTIPROC_DIR", "MAKEFLAGS", "MAKELEVEL"}
    return {name: value for name, value in os.environ.items() if name not in foreign} | {
        "DATA_DIR": str(data_dir),
        "PORT": str(free_port()),
        "WECHAT_STANDIN_PORT": str(free_port()),
        "SMS_STANDIN_PORT": str(free_port()),
        "IDENTITY_STANDIN_PORT": str(free_port()),
        "CITY_STANDIN_PORT": str(free_port()),
        "WEB_WORKERS": "1",
    }


@dataclass
class Run:
    """One run, in a process group of its own as a terminal would give it."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, env: Mapping[str, str], command: Sequence[str] = (sys.executable, "-m", "dev.run")) -> "Run":
        """Start it and wait until it has said that everything is up."""
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        run = cls(process)
        assert process.stdout is not None
        for line in process.stdout:
            run.lines.append(line)
            if LAST_LINE_OF_WELCOME in line:
                return run
        raise AssertionError(f"it ended with {process.wait()}:\n{run.output}")

    @property
    def output(self) -> str:
        return "".join(self.lines)

    @property
    def supervisor(self) -> psutil.Process:
        """The process of `dev.run`: this one, or make's child."""
        return next(one for one in self.family() if one.cmdline()[1:] == ["-m", "dev.run"])

    def family(self) -> list[psutil.Process]:
        """Everything that runs because of it, but for what PostgreSQL starts and ends as it likes."""
        whole = psutil.Process(self.process.pid)
        found = []
        for one in [whole, *whole.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                if not " ".join(one.cmdline()).startswith("postgres:"):
                    found.append(one)
        return found

    def wait(self) -> int:
        """Read to the end; return how it ended."""
        assert self.process.stdout is not None
        self.lines += self.process.stdout.readlines()
        return self.process.wait(timeout=60)


def attempt(env: Mapping[str, str]) -> tuple[int, str]:
    """A run that is expected to give up by itself: its exit status and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "dev.run"],
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


def all_gone(family: Sequence[psutil.Process]) -> bool:
    """Whether none of them lives, at the latest after the moment that the kernel needs."""
    return not processes.wait_gone(family, 2.0)


def python_of_anybody() -> tuple[str, dict[str, str]] | None:
    """An interpreter that a user without rights can run on this checkout, with its environment; None if there is none.

    A developer's Python often lies in a home folder that is closed to others; then Debian's, with our packages.
    """
    site_packages = next(path for path in sys.path if path.endswith("site-packages"))
    for python, env in ((sys.executable, {}), ("/usr/bin/python3.11", {"PYTHONPATH": site_packages})):
        command = [python, "-c", "import psycopg, redis, psutil, flask, dev.run"]
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={"PATH": "/usr/bin:/bin", **env},
                stderr=subprocess.DEVNULL,
                user=NOBODY,
                group=NOBODY,
                extra_groups=[],
                check=False,
            )
        except OSError:
            continue
        if done.returncode == 0:
            return python, env
    return None


def wait_for_text(log: Path, text: str) -> None:
    """Until another process has written it."""
    deadline = time.monotonic() + 30
    while text not in log.read_text():
        assert time.monotonic() < deadline, f"{log} does not say {text}"
        time.sleep(0.02)
