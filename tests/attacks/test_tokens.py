"""Tokens that are worth less than they were: dead ones, low ones, and those of accounts that became one."""

import uuid
from collections.abc import Mapping
from datetime import timedelta

import requests
import sqlalchemy as sa
from flask import Flask

from server.core.access import Level
from server.core.clock import now
from server.core.db import transaction
from server.core.web.guard import Token, declared_access
from server.identity.models import LoginSession, Worker
from server.me.merging import merge
from tests.attacks.books import books, changed
from tests.live import LiveServer
from tests.sign_in import SignIn

API = "/api/v1"


def test_every_route_that_wants_a_level_refuses_who_has_it_not(server: LiveServer, app: Flask, sign_in: SignIn) -> None:
    guest = sign_in(Level.L0)
    before, wrong = books(), []
    for rule in app.url_map.iter_rules():
        declared = declared_access(app.view_functions[rule.endpoint])
        if declared is None or declared.level is Level.L0 or not rule.rule.startswith(API):
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            path = rule.rule.replace("<code>", "FT0001")
            answer = requests.request(method, server.url(path), headers=guest, json={}, timeout=20)
            if (answer.status_code, answer.json()["code"]) != (403, "level_required"):
                wrong.append(f"{method} {path}: {answer.status_code}")
    assert wrong == []
    assert changed(before) == set()


def test_every_route_that_wants_a_token_refuses_one_that_is_dead(
    server: LiveServer, app: Flask, dead_tokens: Mapping[str, str]
) -> None:
    before, wrong = books(), []
    for rule in app.url_map.iter_rules():
        declared = declared_access(app.view_functions[rule.endpoint])
        if declared is None or declared.token is Token.IGNORED or not rule.rule.startswith(API):
            continue
        path = rule.rule
        for name in rule.arguments:
            path = (
                path.replace(f"<uuid:{name}>", str(uuid.uuid4()))
                .replace(f"<int:{name}>", "0")
                .replace(f"<{name}>", "X")
            )
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            for why, token in dead_tokens.items():
                headers = {"Authorization": f"Bearer {token}"}
                answer = requests.request(method, server.url(path), headers=headers, json={}, timeout=20)
                if (answer.status_code, answer.json()["code"]) != (401, "token_invalid"):
                    wrong.append(f"{method} {path} with a token that {why}: {answer.status_code}")
    assert wrong == []
    assert changed(before) == set()


def test_the_token_of_an_account_that_was_merged_opens_the_other_one_and_proves_nothing_for_it(
    server: LiveServer, sign_in: SignIn
) -> None:
    """Whoever has the phone of the account that went may have lost it: what was proved with it is not carried over."""
    keep, gone = sign_in(Level.L2), sign_in(Level.L1)

    def ask(path: str) -> requests.Response:
        return requests.get(server.url(API + path), headers=gone, timeout=20)

    with transaction() as session:
        stepped_up = sa.update(LoginSession).where(LoginSession.worker_id == gone.worker_id)
        session.execute(stepped_up.values(stepped_up_until=now() + timedelta(minutes=5)))
    assert ask("/me/export").status_code == 200
    with transaction() as session:
        workers = [session.get_one(Worker, one.worker_id) for one in (keep, gone)]
        merge(keep=workers[0], gone=workers[1], by="staff:1")
    assert ask("/me").json()["id"] == str(keep.worker_id)
    assert ask("/me/export").json()["code"] == "step_up_required"
