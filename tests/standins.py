"""The stand-ins of the outside systems: real processes, one of each for every test worker."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from server.city.service import init_city
from server.core.settings import Settings
from server.identity.identity_service import init_identity_service
from server.sms.service import init_sms
from server.wechat.service import init_wechat
from tests.leaks import OutputFolder

ROOT = Path(__file__).parent.parent
APP_ID = "wx990304000000test"
APP_SECRET = "a-secret-that-no-log-may-hold"
SMS_KEY = "a-key-that-no-log-may-hold"
IDENTITY_APP_ID = "warmbee-test"
IDENTITY_SECRET = "another-secret-that-no-log-may-hold"
CITY_APP_ID = "warmbee-city-test"
CITY_SECRET = "a-third-secret-that-no-log-may-hold"
ENVIRONMENT = {"WECHAT_APP_ID": APP_ID, "WECHAT_APP_SECRET": APP_SECRET, "SMS_API_KEY": SMS_KEY}


@dataclass
class StandIn:
    """A running stand-in, and its control side."""

    base_url: str
    process: subprocess.Popen[str]
    _seen: int = field(default=0)

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """Call `/_control/<name>`."""
        answer = requests.request(method, f"{self.base_url}/_control/{name}", json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def begin(self) -> None:
        """Forget the faults of former tests, and count calls from here."""
        self.control("DELETE", "faults")
        everything = self.control("GET", "calls")["items"]
        self._seen = everything[-1]["n"] if everything else 0

    def fault(self, path: str, **what: Any) -> None:
        """Let the next calls of `path` go wrong: errcode, status, body, delay_ms, times."""
        self.control("POST", "faults", {"path": path} | what)

    def calls(self, path: str | None = None) -> list[dict[str, Any]]:
        """What this test made it be asked."""
        return [
            call
            for call in self.control("GET", "calls")["items"]
            if call["n"] > self._seen and path in {None, call["path"]}
        ]

    def messages(self) -> list[dict[str, Any]]:
        """What it accepted for people in this test, the newest last."""
        items: list[dict[str, Any]] = self.control("GET", "messages")["items"]
        return items


@contextmanager
def running(module: str, *arguments: str, environment: dict[str, str] | None = None) -> Iterator[StandIn]:
    """`python -m dev.standins.<module>` on a free port."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    folder = OutputFolder(ROOT / "var" / "test-output").folder
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{module}-standin-{worker}.log").open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", f"dev.standins.{module}", "--port", "0", *arguments],
            cwd=ROOT,
            env=os.environ | ENVIRONMENT | (environment or {}),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout
    try:
        address = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert address, f"the {module} stand-in did not start"
        yield StandIn(address[0], process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        process.stdout.close()


@pytest.fixture(scope="session")
def wechat_process() -> Iterator[StandIn]:
    with running("wechat") as started:
        yield started


@pytest.fixture(scope="session")
def sms_process() -> Iterator[StandIn]:
    with running("sms") as started:
        yield started


@pytest.fixture
def wechat_standin(wechat_process: StandIn, shared_app: Flask) -> StandIn:
    """WeChat without faults, and a client of it that remembers no bad times.

    The clients of a live server do remember: after five failures in a row they rest for ten seconds.
    """
    wechat_process.begin()
    wechat_process.control("DELETE", "messages")
    init_wechat(shared_app, shared_app.config["WARMBEE"])
    return wechat_process


@pytest.fixture
def sms_standin(sms_process: StandIn, shared_app: Flask) -> StandIn:
    """The SMS provider, likewise."""
    sms_process.begin()
    sms_process.control("DELETE", "messages")
    init_sms(shared_app, shared_app.config["WARMBEE"])
    return sms_process


@pytest.fixture(scope="session")
def identity_process() -> Iterator[StandIn]:
    with running("identity", "--app-id", IDENTITY_APP_ID, "--secret", IDENTITY_SECRET) as started:
        yield started


@pytest.fixture
def identity_standin(identity_process: StandIn, shared_app: Flask) -> Iterator[StandIn]:
    """The identity service, and a client of it; without this fixture there is none."""
    identity_process.begin()
    identity_process.control("POST", "quota", {"left": None})
    settings: Settings = shared_app.config["WARMBEE"]
    wired = {"identity_api_base": identity_process.base_url, "identity_app_id": IDENTITY_APP_ID}
    init_identity_service(shared_app, replace(settings, **wired, identity_app_secret=IDENTITY_SECRET))
    yield identity_process
    init_identity_service(shared_app, settings)


@pytest.fixture(scope="session")
def city_process() -> Iterator[StandIn]:
    with running("city", "--app-id", CITY_APP_ID, "--secret", CITY_SECRET) as started:
        yield started


@pytest.fixture
def city_standin(city_process: StandIn, shared_app: Flask) -> Iterator[StandIn]:
    """12345, and a client of it; without this fixture the union is not connected with it."""
    city_process.begin()
    ahead = city_process.control("POST", "clock", {"forward_s": 0})["now"] - time.time()
    city_process.control("POST", "clock", {"forward_s": -ahead})
    settings: Settings = shared_app.config["WARMBEE"]
    wired = {"city_api_base": city_process.base_url, "city_app_id": CITY_APP_ID, "city_app_secret": CITY_SECRET}
    connected = replace(settings, **wired)
    shared_app.config["WARMBEE"] = connected
    init_city(shared_app, connected)
    yield city_process
    shared_app.config["WARMBEE"] = settings
    init_city(shared_app, settings)


@pytest.fixture(scope="session")
def standin_environment(wechat_process: StandIn, sms_process: StandIn) -> dict[str, str]:
    """What makes a service talk to this worker's stand-ins."""
    return ENVIRONMENT | {"WECHAT_API_BASE": wechat_process.base_url, "SMS_API_BASE": sms_process.base_url}
