"""Workers who are signed in, for the tests of every domain."""

import itertools
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from server.core.access import Level
from server.core.clock import now
from server.core.crypto import keyed_hmac
from server.core.db import db, transaction
from server.identity.models import ID_NUMBER, PHONE, LoginSession, SignInWay, Worker, WorkerGroup
from server.identity.papers import IdType
from server.identity.sessions import open_session, revoke_all
from tests.people import Person, person


class Headers(dict[str, str]):
    """What a signed-in client sends; also who it is."""

    def __init__(self, token: str, worker_id: uuid.UUID, who: Person) -> None:
        super().__init__(Authorization=f"Bearer {token}")
        self.token = token
        self.worker_id = worker_id
        self.person = who


SignIn = Callable[..., Headers]


def make_worker(level: Level, who: Person) -> Worker:
    """A worker of this level, with what one of this level has."""
    with transaction() as session:
        worker = Worker(level=level, created_at=now())
        if level >= Level.L1:
            worker.phone = who.phone
            worker.phone_hmac = keyed_hmac(who.phone, purpose=PHONE)
            worker.phone_confirmed_at = now()
        if level >= Level.L2:
            worker.name = who.name
            worker.id_type = IdType.RESIDENT_ID
            worker.id_number = who.id_number
            worker.id_number_hmac = keyed_hmac(who.id_number, purpose=ID_NUMBER)
            worker.worker_group = WorkerGroup.FOOD_DELIVERY
            worker.verified_at = now()
        session.add(worker)
        session.flush()
    return worker


def step_up(worker_id: uuid.UUID) -> uuid.UUID:
    """Let a worker's devices do what is sensitive, as after a code; the id of one of their sessions."""
    with transaction() as session:
        return session.scalars(
            sa.update(LoginSession)
            .where(LoginSession.worker_id == worker_id)
            .values(stepped_up_until=now() + timedelta(minutes=5))
            .returning(LoginSession.id)
        ).all()[0]


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """`sign_in(Level.L2)` makes a new worker of that level and returns their headers.

    `sign_in(Level.L2, who=person(3))` chooses the person. The headers also tell `worker_id` and `person`.
    """
    numbers = itertools.count(900)

    def sign_in(level: Level = Level.L1, *, who: Person | None = None) -> Headers:
        someone = who or person(next(numbers))
        worker = make_worker(level, someone)
        opened = open_session(worker_id=worker.id, way=SignInWay.WECHAT)
        return Headers(opened.token, worker.id, someone)

    return sign_in


def end_sign_ins() -> None:
    """Sign everybody out, whatever requests are on their way: what was read before is not remembered after."""
    for worker_id in db.session.scalars(sa.select(LoginSession.worker_id).distinct()).all():
        revoke_all(worker_id=worker_id)
    db.session.rollback()
