"""Two workers who have the same, each their own."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.core.access import Level
from server.core.clock import now
from server.core.db import transaction
from server.core.redis import redis_client
from server.identity.models import LoginSession
from server.identity.sessions import load_principal, revoke_all
from server.me import closing, erasure
from server.me.accounts import freeze
from server.me.models import AccountClosing
from tests.activities.conftest import Announce
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.attacks.theirs import STAFF, Theirs
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff

Have = Callable[[int], Theirs]


@pytest.fixture
def have(app: Flask, client: FlaskClient, sign_in: SignIn, announce: Announce) -> Have:
    """`have(700)` is a worker with one of everything."""
    app.extensions["warmbee_services"].kept.clear()
    make_staff(STAFF)
    return lambda who: Theirs(app, client, sign_in, announce, who)


@pytest.fixture
def dead_tokens(sign_in: SignIn, client: FlaskClient, app: Flask) -> dict[str, str]:
    """What is wrong with a token → a token of which that is so. Each was good a moment ago, and Redis knows it."""
    make_staff(STAFF)
    ends = {
        "was signed out": lambda who: revoke_all(worker_id=who.worker_id),
        "has run out": _let_run_out,
        "belongs to a frozen account": lambda who: freeze(worker_id=who.worker_id, by=f"staff:{STAFF}"),
        "belongs to an account that closes on another phone": lambda who: closing.start(worker_id=who.worker_id),
        "belongs to an erased account": _erase,
    }
    tokens = {"nobody ever had": "A" * 43}
    for why, end in ends.items():
        who = sign_in(Level.L2)
        assert client.get("/api/v1/me", headers=who).status_code == 200
        end(who)
        tokens[why] = who.token
    return tokens


def _let_run_out(who: Headers) -> None:
    with transaction() as session:
        ended = sa.update(LoginSession).where(LoginSession.worker_id == who.worker_id)
        session.execute(ended.values(expires_at=now() - timedelta(seconds=1)))
    # What is remembered of it ends with it: its entry holds the time.
    redis_client().flushdb()


def _erase(who: Headers) -> None:
    started = closing.start(worker_id=who.worker_id, session_id=load_principal(who.token).session_id)
    with transaction() as session:
        session.execute(sa.update(AccountClosing).where(AccountClosing.id == started.id).values(closes_at=now()))
    erasure.erase(closing_id=started.id)
