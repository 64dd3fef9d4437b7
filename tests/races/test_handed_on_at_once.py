"""Two desks of one office hand on the same person at the same moment: whoever comes second has them no more."""

import uuid
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.core.audit import AuditEvent
from server.core.db import db, transaction
from server.core.errors import Problem
from server.me.handing_on import Why, hand_on
from server.unions.models import TradeUnion, WorkerOffice
from server.unions.responsible import go_to
from tests.cases.test_at_once import together
from tests.sign_in import SignIn
from tests.staff import make_staff, make_street


@pytest.fixture
def streets(app: Flask) -> list[TradeUnion]:
    """Where both desks are, and to where each hands on."""
    streets = [make_street(area) for area in ("440304011", "440304012", "440304010")]
    for number in ("D1", "D2"):
        make_staff(number, "worker_desk", union=streets[0])
    return streets


@pytest.fixture
def worker_id(streets: list[TradeUnion], sign_in: SignIn) -> uuid.UUID:
    worker_id = sign_in().worker_id
    with transaction() as session:
        go_to(session, worker_id=worker_id, union_id=streets[0].id)
    return worker_id


def both(app: Flask, worker_id: uuid.UUID, streets: list[TradeUnion], *, at: str) -> list[object]:
    hand = partial(hand_on, worker_id=worker_id, why=Why.THERE)
    first, second = streets[1].id, streets[2].id
    return together(app, partial(hand, union_id=first, number="D1"), partial(hand, union_id=second, number="D2"), at=at)


def looks_after(worker_id: uuid.UUID) -> uuid.UUID:
    db.session.rollback()
    return db.session.scalars(sa.select(WorkerOffice.union_id).where(WorkerOffice.worker_id == worker_id)).one()


def moves() -> list[tuple[str, str]]:
    kept = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "account.handed_on"))
    return [(one.detail["from"], one.detail["to"]) for one in kept]


def test_without_the_lock_whoever_gave_them_away_has_them_taken_back(
    app: Flask, worker_id: uuid.UUID, streets: list[TradeUnion], monkeypatch: pytest.MonkeyPatch
) -> None:
    get = Session.get

    def unlocked(session: Session, entity: Any, key: Any, **_: Any) -> Any:
        return get(session, entity, key)

    monkeypatch.setattr(Session, "get", unlocked)
    here, first, second = (one.code for one in streets)
    outcomes = both(app, worker_id, streets, at="INSERT INTO worker_office")
    assert not any(isinstance(one, Problem) for one in outcomes)
    assert moves() == [(here, first), (here, second)]
    assert looks_after(worker_id) == streets[2].id


def test_the_second_is_refused_and_the_first_stands(
    app: Flask, worker_id: uuid.UUID, streets: list[TradeUnion]
) -> None:
    here, first, _ = (one.code for one in streets)
    _, refused = both(app, worker_id, streets, at="FOR NO KEY UPDATE")
    assert isinstance(refused, Problem)
    assert refused.status == 403
    assert moves() == [(here, first)]
    assert looks_after(worker_id) == streets[1].id
