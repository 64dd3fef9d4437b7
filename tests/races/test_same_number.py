"""Two accounts verify with the same number at the same moment: one gets it, the other goes to a person."""

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from server.core.access import Level
from server.core.db import db
from server.core.errors import Problem
from server.identity import verification
from server.identity.models import Outcome, Worker, WorkerGroup
from server.identity.papers import IdType
from server.identity.roster import RosterSource
from server.identity.verification import TRIES_A_DAY, Claim, Confirmation, read_claim, register_sources, verify
from server.unions.models import Membership
from tests.people import person
from tests.rosters import put_on_roster
from tests.sign_in import SignIn

RIVALS = 4
CONSTRAINT = "uq_worker_id_number_hmac"


class MeetingSource(RosterSource):
    """The roster, which answers once everybody has asked: by then everybody saw that the number is free."""

    def __init__(self) -> None:
        self._meeting = threading.Barrier(RIVALS, timeout=60)

    def confirm(self, session: object, claim: Claim) -> Confirmation:
        answer = super().confirm(session, claim)  # type: ignore[arg-type]  # as declared above it
        self._meeting.wait()
        return answer


@pytest.fixture
def meeting(app: Flask) -> Iterator[None]:
    register_sources(app, MeetingSource())
    yield
    register_sources(app, RosterSource())


@pytest.fixture
def without_index(app: Flask) -> Iterator[None]:
    """The database without its unique digest, as it were for digests under two keys."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE worker DROP CONSTRAINT {CONSTRAINT}")
    yield
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE worker SET id_number_hmac = NULL")
        connection.exec_driver_sql(f"ALTER TABLE worker ADD CONSTRAINT {CONSTRAINT} UNIQUE (id_number_hmac)")


@pytest.fixture
def unprotected(without_index: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for anybody either."""
    monkeypatch.setattr(verification, "one_at_a_time", lambda *_: None)
    monkeypatch.setattr(verification, "_number_is_taken", lambda *_: False)


def test_without_its_protection_one_number_verifies_several_accounts(
    app: Flask, sign_in: SignIn, meeting: None, unprotected: None
) -> None:
    assert _race(app, sign_in) == [Outcome.MATCHED] * RIVALS
    assert _holders() == RIVALS


def test_one_number_verifies_one_account_even_where_the_index_cannot_tell(
    app: Flask, sign_in: SignIn, meeting: None, without_index: None
) -> None:
    assert sorted(_race(app, sign_in)) == [Outcome.MANUAL] * (RIVALS - 1) + [Outcome.MATCHED]


def test_one_number_verifies_one_account(app: Flask, sign_in: SignIn, meeting: None) -> None:
    assert sorted(_race(app, sign_in)) == [Outcome.MANUAL] * (RIVALS - 1) + [Outcome.MATCHED]
    assert _holders() == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Membership)) == 1


def _race(app: Flask, sign_in: SignIn) -> list[Outcome]:
    put_on_roster(person(1))
    workers = [sign_in(Level.L1).worker_id for _ in range(RIVALS)]

    def run(worker_id: uuid.UUID) -> Outcome:
        with app.app_context():
            claim = read_claim(
                id_type=IdType.RESIDENT_ID,
                id_number=person(1).id_number,
                name=person(1).name,
                worker_group=WorkerGroup.COURIER,
            )
            return verify(worker_id=worker_id, claim=claim, consents=[]).state

    with ThreadPoolExecutor(RIVALS) as pool:
        return list(pool.map(run, workers))


def _holders() -> int:
    db.session.expire_all()
    statement = sa.select(sa.func.count()).where(Worker.level == Level.L2, Worker.id_number_hmac.is_not(None))
    return db.session.scalar(statement) or 0


def test_tries_in_parallel_are_counted_one_by_one(app: Flask, sign_in: SignIn) -> None:
    worker_id = sign_in(Level.L1).worker_id

    def run(number: int) -> int:
        with app.app_context():
            claim = read_claim(
                id_type=IdType.RESIDENT_ID,
                id_number=person(number).id_number,
                name=person(number).name,
                worker_group=WorkerGroup.COURIER,
            )
            try:
                verify(worker_id=worker_id, claim=claim, consents=[])
            except Problem as problem:
                return problem.status
            return 200

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(run, range(8)))
    assert sorted(answers) == [200] * TRIES_A_DAY + [429] * 3
