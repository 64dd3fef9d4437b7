"""Workers send cases over HTTP while something breaks; what they were answered must be true afterwards."""

import signal
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Queue
from typing import Any

import psutil
import pytest
import requests
from flask import Flask

from server.core.access import Level
from server.core.db import db
from server.core.redis import redis_client
from tests.cases.conftest import submission
from tests.live import LiveServer
from tests.sign_in import Headers, SignIn

WORKERS = 3
CASES_EACH = 5
STRIKES = 3
TRIES = 100
PAUSE = 0.2
"""Seconds that a client waits before it tries again."""


def kill_a_web_process(server: LiveServer) -> None:
    processes = psutil.Process(server.process.pid).children()
    if processes:
        processes[0].send_signal(signal.SIGKILL)


def empty_redis(_server: LiveServer) -> None:
    redis_client().flushdb()


def end_the_database_sessions(_server: LiveServer) -> None:
    """What a restart of PostgreSQL does to everybody who is connected."""
    db.engine.dispose()  # ours were ended by the last strike
    with db.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


class Client:
    """One worker's phone: sends each case until it is acknowledged, always under the same key."""

    def __init__(self, server: LiveServer, headers: Headers, acknowledged: "Queue[str]") -> None:
        self._server = server
        self._headers = headers
        self._acknowledged = acknowledged

    def send_cases(self) -> set[str]:
        """Returns the numbers that were acknowledged."""
        return {self._send() for _ in range(CASES_EACH)}

    def _send(self) -> str:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        waiting = threading.Event()
        for _ in range(TRIES):
            try:
                answer = requests.post(
                    self._server.url("/api/v1/cases"),
                    json=submission("grievance"),
                    headers={**self._headers, **key},
                    timeout=30,
                )
            except requests.RequestException:  # refused, cut, or half an answer
                waiting.wait(PAUSE)
                continue
            if answer.status_code == 201:
                self._acknowledged.put(answer.json()["no"])
                return str(answer.json()["no"])
            # Under way in a process that may be dead, or refused with a word about what was kept; nothing else.
            assert answer.status_code in {409, 503}, answer.text
            waiting.wait(PAUSE)
        raise AssertionError("never acknowledged")

    def held(self) -> list[dict[str, Any]]:
        """What the service holds for this worker, each case as its own page shows it."""
        listed = requests.get(self._server.url("/api/v1/me/cases?limit=100"), headers=self._headers, timeout=30).json()
        return [
            requests.get(self._server.url(f"/api/v1/cases/{one['no']}"), headers=self._headers, timeout=30).json()
            for one in listed["items"]
        ]


@pytest.mark.parametrize("strike", [kill_a_web_process, empty_redis, end_the_database_sessions])
def test_what_was_acknowledged_is_there_once_and_with_its_clock(
    strike: Callable[[LiveServer], None], app: Flask, server: LiveServer, sign_in: SignIn
) -> None:
    acknowledged: Queue[str] = Queue()
    clients = [Client(server, sign_in(Level.L2), acknowledged) for _ in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as threads:
        sending = [threads.submit(client.send_cases) for client in clients]
        strikes = 0
        while strikes < STRIKES and not all(one.done() for one in sending):
            try:
                acknowledged.get(timeout=0.5)
            except Empty:
                continue
            strike(server)
            strikes += 1
        told = [one.result(120) for one in sending]
    assert strikes == STRIKES
    for client, numbers in zip(clients, told, strict=True):
        held = client.held()
        assert len(numbers) == CASES_EACH
        assert sorted(case["no"] for case in held) == sorted(numbers)  # none lost, none doubled
        assert all(case["clocks"] for case in held)
