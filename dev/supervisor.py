"""Everything of `make run` in one process that starts it in order, watches it and stops it all.

Nothing is restarted silently: if a part dies, the rest is stopped and the end of its log is shown.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dev import data_dir as folders
from dev import processes
from dev.children import Child, Children, stop_leftovers
from dev.engines import Engines, start_engines
from dev.ports import free_port_from, is_taken, require_free
from dev.standins.city import DEMO_SETTINGS as CITY_DEMO
from dev.standins.identity import DEMO_SETTINGS as IDENTITY_DEMO
from dev.stop_request import Forced, StopRequest
from dev.trouble import Busy, Trouble
from dev.welcome import say, welcome

ROOT = Path(__file__).resolve().parent.parent
DEMO_STAFF = ROOT / "config" / "demo" / "staff.yaml"
PRODUCTION = "production"
READY_SECONDS = 120.0
STEP_SECONDS = 600.0
TICK = 0.1


class Stopped(Exception):
    """We were told to stop before everything was up."""


@dataclass(frozen=True)
class StandIn:
    """What answers in place of an outside system."""

    name: str
    replaces: str
    """The setting that points to the outside system; if it is given, no stand-in runs."""
    port_setting: str
    port: int
    arguments: tuple[str, ...] = ()

    @property
    def command(self) -> list[str]:
        """How to start it."""
        return [sys.executable, "-m", f"dev.standins.{self.name}", "--port", str(self.port), *self.arguments]


@dataclass(frozen=True)
class Plan:
    """What to run, read from the environment."""

    env: Mapping[str, str]
    data_dir: Path
    port: int
    standins: tuple[StandIn, ...]

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Plan":
        """Raises Trouble for a port that is none."""
        port = _port(env, "PORT", 8000)
        callback = ("--callback-url", f"http://127.0.0.1:{port}/api/v1/wechat/callback")
        city = ("--callback-url", f"http://127.0.0.1:{port}/api/v1/city/messages")
        identity_port = free_port_from(8102)
        known = (
            _stand_in(env, "wechat", "WECHAT_API_BASE", "WECHAT_STANDIN_PORT", 8100, callback),
            _stand_in(env, "sms", "SMS_API_BASE", "SMS_STANDIN_PORT", 8101),
            # Nobody outside asks these: a second run beside a first needs no setting for them.
            _stand_in(env, "identity", "IDENTITY_API_BASE", "IDENTITY_STANDIN_PORT", identity_port),
            _stand_in(env, "city", "CITY_API_BASE", "CITY_STANDIN_PORT", free_port_from(identity_port + 1), city),
        )
        return cls(
            env=env,
            data_dir=(ROOT / (env.get("DATA_DIR") or folders.DEFAULT)).resolve(),
            port=port,
            standins=tuple(one for one in known if not (env.get(one.replaces) or env.get("ENVIRONMENT") == PRODUCTION)),
        )

    @property
    def production(self) -> bool:
        """Then there are no stand-ins and no demo data."""
        return self.env.get("ENVIRONMENT") == PRODUCTION

    @property
    def embedded(self) -> bool:
        """Whether an engine of our own is needed."""
        return not (self.env.get("DATABASE_URL") and self.env.get("REDIS_URL"))

    def child_env(self, engines: Engines | None) -> dict[str, str]:
        """The environment of everything that runs."""
        env = {"COMMIT": _commit(), **self.env}
        env |= {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        env |= {one.port_setting: str(one.port) for one in self.standins}
        env |= self._signed("identity", IDENTITY_DEMO) | self._signed("city", CITY_DEMO)
        if engines:
            env["EMBEDDED_ENGINES"] = "on"
            env["DATABASE_URL"] = env.get("DATABASE_URL") or engines.database_url
            env["REDIS_URL"] = env.get("REDIS_URL") or engines.redis_url
        return env

    def _signed(self, name: str, demo: Mapping[str, str]) -> dict[str, str]:
        """Where a stand-in is that wants signatures, and how it knows us; without it the settings say, if anything."""
        found = next((one for one in self.standins if one.name == name), None)
        if found is None:
            return {}
        known = {setting: self.env.get(setting) or default for setting, default in demo.items()}
        return {found.replaces: f"http://127.0.0.1:{found.port}", **known}


class Supervisor:
    """One run."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._stop = StopRequest()
        self._engines: Engines | None = None
        self._children: Children | None = None

    def run(self) -> None:
        """Start, serve until told to stop, stop. Raises Trouble if something does not start or dies."""
        data_dir = folders.prepare(self._plan.data_dir)
        lock = folders.lock(data_dir, "run")
        if lock is None:
            owner = folders.lock_owner(data_dir, "run")
            raise Busy(f"It already runs on {data_dir} ({owner}): stop that, or choose another DATA_DIR=… and PORT=….")
        try:
            self._start(data_dir)
            while not self._stop:
                self._check_children()
                time.sleep(TICK)
        except Stopped:
            pass
        finally:
            self._stop_all()
            lock.close()

    def _start(self, data_dir: Path) -> None:
        left = stop_leftovers(data_dir)
        if left:
            say(f"Stopped {left} processes that a killed run had left behind")
        plan = self._plan
        require_free("PORT", plan.port)
        for stand_in in plan.standins:
            require_free(stand_in.port_setting, stand_in.port)
        if plan.embedded:
            self._engines = start_engines(data_dir)
            for note in self._engines.notes:
                say(note)
            say("PostgreSQL and Redis are up")
        env = plan.child_env(self._engines)
        self._children = Children(data_dir, folder=ROOT)
        for stand_in in plan.standins:
            self._children.start(f"{stand_in.name}-standin", stand_in.command, env)
        self._step("prepare", [sys.executable, "-m", "dev.prepare"], env)
        say("Migrations are done" if plan.production else "Migrations and demo data are done")
        self._children.start("web", [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py"], env)
        self._children.start("jobs", _flask("jobs", "work"), env)
        self._wait_ready()
        welcome(
            plan.port,
            standins={one.name: one.port for one in plan.standins},
            people=self._people(),
            staff=None if plan.production else yaml.safe_load(DEMO_STAFF.read_text("utf-8")),
        )

    def _step(self, name: str, command: list[str], env: Mapping[str, str]) -> None:
        """Run something that ends by itself, before the rest can start."""
        assert self._children is not None
        child = self._children.start(name, command, env)
        deadline = time.monotonic() + STEP_SECONDS
        while (status := child.process.poll()) is None:
            if time.monotonic() > deadline:
                raise Trouble(f"{name} did not end in {STEP_SECONDS:.0f} s; its log: {child.log}")
            self._check_stop()
            time.sleep(TICK / 2)
        if status != 0:
            raise _died(child)
        self._children.forget(child)

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while self._get("/health/ready") is None or not all(is_taken(one.port) for one in self._plan.standins):
            if time.monotonic() > deadline:
                raise Trouble(
                    f"The service was not ready after {READY_SECONDS:.0f} s; see {self._plan.data_dir}/logs/web.log"
                )
            self._check_stop()
            self._check_children()
            time.sleep(TICK / 2)

    def _people(self) -> list[dict[str, Any]]:
        """The demo people to sign in as; none in production."""
        answer = None if self._plan.production else self._get("/api/v1/dev/identities")
        return list(answer["items"]) if answer else []

    def _get(self, path: str) -> dict[str, Any] | None:
        """A JSON answer of the service, or None while it has none."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._plan.port}{path}", timeout=5) as answer:
                return dict(json.load(answer))
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return None

    def _check_stop(self) -> None:
        if self._stop:
            raise Stopped

    def _check_children(self) -> None:
        assert self._children is not None
        child = self._children.ended()
        if child is not None:
            raise _died(child)
        for name, process in (self._engines.processes if self._engines else {}).items():
            if not processes.alive(process):
                raise Trouble(f"{name} died; its log: {self._plan.data_dir}/logs/{name}.log")

    def _stop_all(self) -> None:
        """Programs first, engines last. A second wish to stop while this runs makes short work of it."""
        if not self._engines and not self._children:
            return
        force = isinstance(sys.exception(), Forced)
        say("Stopping")
        try:
            self._stop_parts(force=force)
        except Forced:
            say("Stopping at once")
            self._stop_parts(force=True)
        say("Stopped; the data is kept")

    def _stop_parts(self, *, force: bool) -> None:
        if self._children:
            self._children.stop(force=force)
        if self._engines:
            self._engines.stop(force=force)


def _flask(*command: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "server.app", *command]


def _died(child: Child) -> Trouble:
    return Trouble(f"{child.name} ended by itself; the end of its log ({child.log}):\n{child.last_words()}")


def _stand_in(
    env: Mapping[str, str], name: str, replaces: str, port_setting: str, port: int, arguments: tuple[str, ...] = ()
) -> StandIn:
    return StandIn(name, replaces, port_setting, _port(env, port_setting, port), arguments)


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise Trouble(f"{name} must be a port number, not {value!r}")
    return int(value)


def _commit() -> str:
    """What is checked out, for /status."""
    command = ["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "unknown"
    return done.stdout.strip() or "unknown"
