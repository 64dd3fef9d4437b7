"""Somebody guesses a PIN with many requests at the same moment."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from server.core.access import Level
from server.core.clock import now
from server.core.db import db, transaction
from server.identity import pins
from server.identity.models import WorkerPin
from tests.sign_in import SignIn

RIVALS = 12
PIN = "271828"


def test_guessing_in_parallel_gets_no_more_tries(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    worker_id = sign_in(Level.L2).worker_id
    with transaction() as session:
        session.add(WorkerPin(worker_id=worker_id, pin_hash=pins._hasher.hash(PIN), set_at=now()))
    compared = []
    matches = pins._matches

    def counted(pin_hash: str, pin: str) -> bool:
        compared.append(pin)
        return matches(pin_hash, pin)

    monkeypatch.setattr(pins, "_matches", counted)
    start = threading.Barrier(RIVALS, timeout=60)

    def guess(number: int) -> int:
        return _guess(app, worker_id, f"55{number:04d}", start)

    with ThreadPoolExecutor(RIVALS) as threads:
        said = sorted(threads.map(guess, range(RIVALS)))
    assert said == [422] * (pins.TRIES - 1) + [429] * (RIVALS - pins.TRIES + 1)
    assert len(compared) == pins.TRIES
    db.session.expire_all()
    assert db.session.scalars(sa.select(WorkerPin.locked_until)).one() is not None


def _guess(app: Flask, worker_id: uuid.UUID, pin: str, start: threading.Barrier) -> int:
    with app.app_context():
        start.wait()
        with transaction() as session:
            refused = pins.try_pin(session, worker_id=worker_id, pin=pin)
        assert refused is not None
        return refused.status
