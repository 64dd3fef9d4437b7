"""A and B each have their own token; neither gets at what is the other's, whatever route it is asked of."""

import uuid
from collections.abc import Iterator, Mapping

import pytest
import requests
from flask import Flask

from tests.attacks.books import books, changed
from tests.attacks.conftest import Have
from tests.attacks.reaching import NO_TOKEN, NOTHING_OF_ANYBODYS, REACHES, Reach
from tests.attacks.theirs import Theirs
from tests.live import LiveServer

API = "/api/v1"
WRITING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def a(have: Have) -> Theirs:
    return have(700)


@pytest.fixture
def b(a: Theirs, have: Have) -> Theirs:
    return have(710)


class Asking:
    """Sends requests over HTTP."""

    def __init__(self, server: LiveServer) -> None:
        self._server = server

    def send(self, reach: Reach, theirs: Theirs, mine: Theirs, shown: Mapping[str, str]) -> requests.Response:
        return requests.request(
            reach.method,
            self._server.url(API + reach.path(theirs, mine)),
            json=reach.body(theirs, mine),
            data=reach.content,
            headers={**shown, **({"Idempotency-Key": str(uuid.uuid4())} if reach.method == "POST" else {})},
            timeout=20,
        )

    def get(self, path: str, shown: Mapping[str, str]) -> requests.Response:
        return requests.get(self._server.url(API + path), headers=dict(shown), timeout=20)


def test_every_route_that_names_or_changes_something_is_tried(app: Flask) -> None:
    there = {
        f"{method} {rule.rule.removeprefix(API)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(API) and (rule.arguments or method in WRITING)
    }
    tried = {str(reach) for reach in REACHES}
    assert there - tried - NOTHING_OF_ANYBODYS.keys() == set(), "add to tests/attacks/reaching.py"
    assert (tried | NOTHING_OF_ANYBODYS.keys()) - there == set(), "there is no such route any more"


def test_nobody_gets_at_what_is_anothers_and_its_owner_does(server: LiveServer, a: Theirs, b: Theirs) -> None:
    asking, wrong = Asking(server), []
    for reach in REACHES:
        thieves = {"another worker": (reach.shows(b), reach.stranger)}
        if reach.guest:
            thieves["a guest"] = ({}, reach.guest)
        for who, (shown, expected) in thieves.items():
            before = books()
            answer = asking.send(reach, a, b, shown)
            told = (answer.status_code, answer.json().get("code") if answer.content else None)
            if told != expected:
                wrong.append(f"{reach} by {who}: {told}")
            if tables := changed(before, but=reach.counts):
                wrong.append(f"{reach} by {who} changed {tables}")
        # The same request by whom it belongs to, or the refusal would prove nothing.
        answer = asking.send(reach, a, a, reach.shows(a))
        if answer.status_code != reach.owner:
            wrong.append(f"{reach} by its owner: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


def test_no_page_shows_anything_of_anothers(server: LiveServer, app: Flask, a: Theirs, b: Theirs) -> None:
    asking = Asking(server)
    marks = {
        str(mark)
        for mark in (
            *(a.worker_id, a.sibling_id, a.request_id, a.signup_id, a.offered_id, a.notice_id, *a.report_ids),
            *(a.case_no, a.answered_no, a.hidden_no, a.answered_hidden_no, *a.file_ids, a.evidence_id),
            *(a.person.name, a.person.phone, a.person.id_number, a.manager_code),
        )
    }
    shown = []
    for path in pages(app):
        own = asking.get(path, a.headers)
        for who, headers in {"another worker": b.headers, "a guest": {}}.items():
            answer = asking.get(path, headers)
            shown += [f"{path} shows {who} what is A's" for mark in marks if mark in answer.text]
        # Where a list goes on is signed for nobody in particular: it leads to one's own rows.
        if cursor := own.ok and "json" in own.headers["Content-Type"] and own.json().get("next_cursor"):
            answer = asking.get(f"{path}?cursor={cursor}", b.headers)
            shown += [f"{path} with A's cursor" for mark in marks if mark in answer.text]
    assert shown == []


def pages(app: Flask) -> Iterator[str]:
    """Everything that can be read without naming anything."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(API) and "GET" in (rule.methods or ()) and not rule.arguments:
            yield rule.rule.removeprefix(API)


def test_a_case_of_a_worker_is_not_opened_by_a_secret_nor_an_anonymous_one_by_a_token(
    server: LiveServer, a: Theirs, b: Theirs
) -> None:
    asking = Asking(server)
    before = books()
    for no, shown, expected in (
        (a.case_no, b.secret, (404, "not_found")),
        (a.case_no, a.secret, (404, "not_found")),
        (a.hidden_no, b.headers, (404, "not_found")),
        (a.hidden_no, a.headers, (404, "not_found")),
        (a.hidden_no, b.headers | a.secret, (422, "anonymous_with_token")),
        (a.hidden_no, a.answered_secret, (404, "not_found")),
        (a.hidden_no, {}, NO_TOKEN),
    ):
        answer = asking.get(f"/cases/{no}", shown)
        assert (answer.status_code, answer.json()["code"]) == expected
    assert changed(before, but=frozenset({"case_secret_tries"})) == set()


def test_another_sessions_step_up_is_not_ones_own(server: LiveServer, a: Theirs, b: Theirs) -> None:
    asking = Asking(server)
    step_up = next(reach for reach in REACHES if reach.rule == "/me/step-ups")
    assert asking.send(step_up, a, a, a.headers).status_code == 201
    assert asking.get("/me/export", a.headers).status_code == 200
    before = books()
    for shown in (b.headers, a.waiting, a.again()):
        for method in ("GET", "DELETE"):
            path = "/me/export" if method == "GET" else "/me"
            answer = requests.request(method, server.url(API + path), headers=shown, timeout=20)
            assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
    assert changed(before, but=frozenset({"login_session"})) == set()


def test_another_workers_idempotency_key_brings_nothing_of_theirs(server: LiveServer, a: Theirs, b: Theirs) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    message = {"text": "我的事，别人看不到"}

    def say(no: str, shown: Mapping[str, str]) -> requests.Response:
        return requests.post(
            server.url(f"{API}/cases/{no}/messages"), json=message, headers={**shown, **key}, timeout=20
        )

    assert say(a.case_no, a.headers).status_code == 201
    assert say(a.case_no, a.headers).headers["Idempotent-Replay"] == "true"
    before = books()
    assert say(a.case_no, b.headers).status_code == 404
    assert changed(before) == set()
    own = say(b.case_no, b.headers)
    assert (own.status_code, own.json()["no"]) == (201, b.case_no)
