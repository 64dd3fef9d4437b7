"""Workers who send cases, write to them, come and go where seats are few; and who remember what they were answered."""

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
PATIENCE = 180
AFTER = {
    "signed": {"signed"},
    "waiting": {"waiting", "signed", "offered", "passed"},
    "offered": {"offered", "passed"},
    "cancelled": {"cancelled"},
    "passed": {"passed"},
}
"""What a sign-up may be when all is over, by what was told last: a seat is never lost by itself, an offer may be."""


def state_of(server: LiveServer, activity_id: uuid.UUID, who: Headers) -> str:
    """A worker's sign-up as the activity's page shows it."""
    shown = requests.get(server.url(f"/api/v1/activities/{activity_id}"), headers=who, timeout=30).json()
    return str(shown["mine"]["state"])


class Client:
    """One worker's phone: asks until it is answered, what makes something always under the same key."""

    def __init__(
        self,
        server: LiveServer,
        headers: Headers,
        acknowledged: "Queue[str]",
        *,
        twice: bool,
        activity_id: uuid.UUID | None,
    ) -> None:
        self._server = server
        self._headers = headers
        self._acknowledged = acknowledged
        self._twice = twice
        self._activity_id = activity_id
        self._told: dict[str, tuple[dict[str, Any], str]] = {}
        self._signup = ""
        self.statuses: Counter[int] = Counter()

    def send_cases(self, count: int) -> set[str]:
        """Each with a message behind it, and a seat taken or given back. Returns the numbers of the cases."""
        return {self._send(turn) for turn in range(count)}

    def _send(self, turn: int) -> str:
        case = self._made("/cases", submission("grievance"))
        text = f"补充一句：{uuid.uuid4()}"
        self._made(f"/cases/{case['no']}/messages", {"text": text})
        self._told[case["no"]] = case, text
        if self._activity_id is not None:
            url = f"/activities/{self._activity_id}/signups"
            come = turn % 2 == 0
            self._signup = self._answered("POST" if come else "DELETE", url if come else f"{url}/mine").json()["state"]
        self._acknowledged.put(case["no"])
        return str(case["no"])

    def _made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        answer: dict[str, Any] = self._answered("POST", path, body, key).json()
        if self._twice:
            assert self._answered("POST", path, body, key).json() == answer, "another answer to the same request"
        return answer

    def _answered(
        self, method: str, path: str, body: dict[str, Any] | None = None, key: dict[str, str] | None = None
    ) -> requests.Response:
        waiting = threading.Event()
        for _ in range(TRIES):
            try:
                answer = requests.request(
                    method,
                    self._server.url(f"/api/v1{path}"),
                    json=body or {},
                    headers={**self._headers, **(key or {})},
                    timeout=30,
                )
            except requests.RequestException:  # refused, cut, or half an answer
                waiting.wait(PAUSE)
                continue
            if key is not None:
                self.statuses[answer.status_code] += 1
            if answer.status_code in {200, 201}:
                return answer
            # Under way in a process that may be dead, or refused with a word about what was kept; nothing else.
            assert answer.status_code in {409, 503}, answer.text
            waiting.wait(PAUSE)
        raise AssertionError("never acknowledged")

    def check(self, cases: int) -> None:
        """What the service holds for this worker is what it has acknowledged, each case as its own page shows it."""
        listed = requests.get(self._server.url("/api/v1/me/cases?limit=100"), headers=self._headers, timeout=30).json()
        assert len(self._told) == cases
        assert sorted(one["no"] for one in listed["items"]) == sorted(self._told)
        for no, (told, text) in self._told.items():
            held = requests.get(self._server.url(f"/api/v1/cases/{no}"), headers=self._headers, timeout=30).json()
            assert held["clocks"], "no promise without a clock"
            assert (held["clocks"], held["next"]) == (told["clocks"], told["next"])
            assert [message["text"] for message in held["messages"]] == [text]
        if self._activity_id is not None:
            assert state_of(self._server, self._activity_id, self._headers) in AFTER[self._signup]


class Crowd:
    """Several clients at once."""

    def __init__(
        self,
        server: LiveServer,
        workers: Sequence[Headers],
        *,
        twice: bool = False,
        activity_id: uuid.UUID | None = None,
    ) -> None:
        """With `twice` each sends what was acknowledged once more, as if the answer had not come.

        With an activity each also comes and goes there.
        """
        self._acknowledged: Queue[str] = Queue()
        self._clients = [
            Client(server, headers, self._acknowledged, twice=twice, activity_id=activity_id) for headers in workers
        ]
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
        """What they were answered where something was to be made, counted."""
        return sum((client.statuses for client in self._clients), Counter())

    @property
    def numbers(self) -> list[set[str]]:
        """What each was acknowledged."""
        return [one.result(PATIENCE) for one in self._sending]

    def check(self, cases_each: int) -> None:
        """Of what was acknowledged nothing was lost, doubled or left without its clocks, and no seat."""
        for client, sent in zip(self._clients, self._sending, strict=True):
            sent.result()
            client.check(cases_each)
