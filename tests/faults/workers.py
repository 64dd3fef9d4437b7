"""Workers who send cases over HTTP, and who remember what they were answered."""

import threading
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from queue import Empty, Queue
from typing import Any

import requests

from tests.cases.conftest import submission
from tests.live import LiveServer
from tests.sign_in import Headers

TRIES = 200
PAUSE = 0.2
"""Seconds that a client waits before it tries again."""
PATIENCE = 60


class Client:
    """One worker's phone: sends each case until it is acknowledged, always under the same key."""

    def __init__(self, server: LiveServer, headers: Headers, acknowledged: "Queue[str]", *, twice: bool) -> None:
        self._server = server
        self._headers = headers
        self._acknowledged = acknowledged
        self._twice = twice
        self.statuses: Counter[int] = Counter()

    def send_cases(self, count: int) -> set[str]:
        """Returns the numbers that were acknowledged."""
        return {self._send() for _ in range(count)}

    def _send(self) -> str:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        no = self._until_acknowledged(key)
        if self._twice:
            assert self._until_acknowledged(key) == no, "another answer to the same request"
        self._acknowledged.put(no)
        return no

    def _until_acknowledged(self, key: dict[str, str]) -> str:
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
            self.statuses[answer.status_code] += 1
            if answer.status_code == 201:
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


class Crowd:
    """Several clients at once."""

    def __init__(self, server: LiveServer, workers: Sequence[Headers], *, twice: bool = False) -> None:
        """With `twice` each sends what was acknowledged once more, as if the answer had not come."""
        self._acknowledged: Queue[str] = Queue()
        self._clients = [Client(server, headers, self._acknowledged, twice=twice) for headers in workers]
        self._sending: list[Future[set[str]]] = []

    @contextmanager
    def sending(self, cases_each: int) -> Iterator[None]:
        """While they send; ends when all is acknowledged."""
        with ThreadPoolExecutor(len(self._clients)) as threads:
            self._sending = [threads.submit(client.send_cases, cases_each) for client in self._clients]
            yield
            for one in self._sending:
                one.result(PATIENCE)

    def wait_for(self, count: int) -> None:
        """Until so many more cases were acknowledged."""
        for _ in range(count):
            self._acknowledged.get(timeout=PATIENCE)

    def anything_new(self) -> bool:
        """Whether another case was acknowledged just now."""
        try:
            self._acknowledged.get(timeout=0.5)
        except Empty:
            return False
        return True

    @property
    def all_sent(self) -> bool:
        return all(one.done() for one in self._sending)

    @property
    def statuses(self) -> Counter[int]:
        """What they were answered, counted."""
        return sum((client.statuses for client in self._clients), Counter())

    @property
    def numbers(self) -> list[set[str]]:
        """What each was acknowledged."""
        return [one.result(PATIENCE) for one in self._sending]

    def check(self, cases_each: int) -> None:
        """Of what was acknowledged nothing was lost, doubled or left without a clock."""
        for client, sent in zip(self._clients, self._sending, strict=True):
            held, told = client.held(), sent.result()
            assert len(told) == cases_each
            assert sorted(case["no"] for case in held) == sorted(told)
            assert all(case["clocks"] for case in held)
