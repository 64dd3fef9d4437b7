"""Workers who come, wait, answer offers and go where seats are few; and what their answers prove when all is over."""

import itertools
import threading
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import Queue
from typing import Any, NamedTuple

import requests

from tests.faults.workers import PATIENCE, PAUSE, TRIES
from tests.live import LiveServer
from tests.sign_in import Headers

BY_ITSELF = {"waiting": {"waiting", "offered"}} | {
    state: {state} for state in ("signed", "offered", "cancelled", "passed")
}
"""What may become of a sign-up while its worker does nothing; no offer runs out meanwhile."""
BY = {
    "coming": BY_ITSELF,
    "looking": BY_ITSELF,
    "confirming": {"offered": {"signed"}},
    "going": {"signed": {"cancelled"}, "offered": {"passed"}, "waiting": {"cancelled", "passed"}},
}
"""What a sign-up may be after each act, by what was told before."""
GIVEN_UP = {"cancelled", "passed"}
LOOKS = 20
"""So often somebody looks whether there is an offer, before they give up waiting."""
HOLDING = {"signed", "offered"}


class Told(NamedTuple):
    """What a worker did, and the sign-up as it was answered."""

    act: str
    signup: dict[str, Any]


class Taker:
    """One worker's phone at one activity: asks until it is answered, and remembers each answer in its order."""

    def __init__(
        self, server: LiveServer, headers: Headers, activity_id: uuid.UUID, acknowledged: "Queue[str]"
    ) -> None:
        self._server = server
        self._headers = headers
        self._activity = f"/activities/{activity_id}"
        self._acknowledged = acknowledged
        self.told: list[Told] = []

    def come_and_go(self, turns: int) -> None:
        """In each turn: sign up, wait a while for an offer, take it or not, and go again; the last time stay."""
        for turn in range(turns):
            self._do("coming", "POST", f"{self._activity}/signups")
            for _ in range(LOOKS):
                self._look()
                if self._signup["state"] != "waiting":
                    break
            if self._signup["state"] == "offered" and turn % 2 == 0:
                self._do("confirming", "POST", f"/signups/{self._signup['id']}/confirmation")
            if turn < turns - 1:
                self._do("going", "DELETE", f"{self._activity}/signups/mine")

    @property
    def _signup(self) -> dict[str, Any]:
        return self.told[-1].signup

    def _do(self, act: str, method: str, path: str) -> None:
        self.told.append(Told(act, self._answered(method, path)))
        self._acknowledged.put(act)

    def _look(self) -> dict[str, Any]:
        """Returns the activity's page."""
        shown = self._answered("GET", self._activity)
        assert shown["mine"], f"lost: {self.told[-1]}"
        self.told.append(Told("looking", shown["mine"]))
        return shown

    def _answered(self, method: str, path: str) -> dict[str, Any]:
        waiting = threading.Event()
        url, body = self._server.url(f"/api/v1{path}"), {} if method == "POST" else None
        for _ in range(TRIES):
            try:
                answer = requests.request(method, url, json=body, headers=self._headers, timeout=30)
            except requests.RequestException:  # refused, cut, or half an answer
                waiting.wait(PAUSE)
                continue
            if answer.status_code in {200, 201}:
                told: dict[str, Any] = answer.json()
                return told
            assert answer.status_code == 503, answer.text
            waiting.wait(PAUSE)
        raise AssertionError("never acknowledged")

    def check(self) -> dict[str, Any]:
        """Nothing that was told was taken back, lost or doubled. Returns the activity's page as it is now."""
        shown = self._look()
        for before, after in itertools.pairwise(self.told):
            _check_step(before, after)
        last = {one.signup["id"]: one.signup["state"] for one in self.told}
        listed = self._answered("GET", "/me/signups?limit=100")["items"]
        assert sorted((one["id"], one["state"]) for one in listed) == sorted(last.items()), "lost or doubled"
        inbox = self._answered("GET", "/notices?limit=100")["items"]
        assert Counter(one["kind"].removeprefix("activity.") for one in inbox) == +self._happened(), "lost or doubled"
        return shown

    def _happened(self) -> "Counter[str]":
        """What came of all of its sign-ups: of each such thing there is one notice."""
        happened: Counter[str] = Counter()
        for signup_id in {one.signup["id"] for one in self.told}:
            told = [one for one in self.told if one.signup["id"] == signup_id]
            states = [one.signup["state"] for one in told]
            confirmed = any(one.act == "confirming" for one in told)
            happened["signed" if states[0] == "signed" else "queued"] += 1
            # An offer may have come and been turned down between two looks.
            happened["offered"] += confirmed or not {"offered", "passed"}.isdisjoint(states)
            happened["confirmed"] += confirmed
            if states[-1] in GIVEN_UP:
                happened[states[-1]] += 1
        return happened


def _check_step(told: Told, then: Told) -> None:
    before, after = told.signup, then.signup
    if after["id"] != before["id"]:
        assert then.act == "coming", f"lost: {told}, then {then}"
        assert before["state"] in GIVEN_UP, f"lost: {told}, then {then}"
        return
    assert after["state"] in BY[then.act][before["state"]], f"lost: {told}, then {then}"
    if before["state"] == after["state"] == "waiting":
        assert after["position"] <= before["position"], f"overtaken: {told}, then {then}"
    if before["state"] == after["state"] == "signed":
        assert after["seat_no"] == before["seat_no"], f"another seat: {told}, then {then}"


class Takers:
    """Several at once, at an activity with a waiting list and offers."""

    def __init__(self, server: LiveServer, workers: Sequence[Headers], *, activity_id: uuid.UUID) -> None:
        self._acknowledged: Queue[str] = Queue()
        self._takers = [Taker(server, headers, activity_id, self._acknowledged) for headers in workers]

    @contextmanager
    def coming_and_going(self, turns: int) -> Iterator[None]:
        """While they do; ends when each has been answered all that it asked."""
        with ThreadPoolExecutor(len(self._takers)) as threads:
            busy = [threads.submit(taker.come_and_go, turns) for taker in self._takers]
            yield
            for one in busy:
                one.result(PATIENCE)

    def wait_for(self, count: int) -> None:
        """Until so many more acts were acknowledged."""
        for _ in range(count):
            self._acknowledged.get(timeout=PATIENCE)

    @property
    def told(self) -> list[Told]:
        """All that anybody was told."""
        return [one for taker in self._takers for one in taker.told]

    def check(self) -> None:
        """What each was told still holds; all together no seat was lost, given to two, or kept from who waits."""
        pages = [taker.check() for taker in self._takers]
        (group,) = pages[0]["groups"]
        mine = [page["mine"] for page in pages]
        holding = [one for one in mine if one["state"] in HOLDING]
        waiting = sorted(one["position"] for one in mine if one["state"] == "waiting")
        assert len(holding) == group["capacity"] - group["seats_left"] <= group["capacity"]
        assert not (waiting and group["seats_left"]), "somebody waits while a seat is free"
        assert waiting == list(range(1, len(waiting) + 1))
        numbers = [one["seat_no"] for one in mine if one["state"] == "signed"]
        assert len(set(numbers)) == len(numbers), "two have one seat"
