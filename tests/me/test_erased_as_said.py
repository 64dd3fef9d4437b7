"""What config/personal_data.yaml says is deleted with the account is gone with it; of the rest it says so."""

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from dev import personal_data
from dev.demo.people import worker_id
from dev.personal_data import PersonalColumn, Stored
from server.core import clock
from server.core.access import Level
from server.core.db import Base, db, transaction
from server.identity.models import Outcome, VerificationAttempt, Worker, WorkerPin
from server.me import closing, erasure
from server.me.models import CorrectionRequest, CorrectionState
from server.notices.models import SubscriptionAnswer, SubscriptionGrant
from server.stations.managers.models import StationManager
from server.stations.models import Station
from server.unions.lists.models import MembershipInvitation
from server.unions.lists.vocabulary import InvitationAnswer
from server.unions.models import JoiningRecord, TradeUnion, WorkerOffice
from server.unions.vocabulary import Employment
from tests import town as demo_town

ACCOUNT = "account"
PERSONAL = [column for column in personal_data.read().personal if column.table != "worker"]


@pytest.fixture
def somebody(app: Flask) -> uuid.UUID:
    """A member with cases, messages, consents, a WeChat account, and one row of everything else."""
    demo_town.fill(*demo_town.WITH_CASES)
    found, at = worker_id("chenxiaoyu"), clock.now()
    with transaction() as session:
        station_id = session.scalars(sa.select(Station.id).limit(1)).one()
        session.add_all(
            [
                CorrectionRequest(worker_id=found, created_at=at, text="有一个字写错了", state=CorrectionState.OPEN),
                JoiningRecord(
                    worker_id=found, created_at=at, updated_at=at, employment=Employment.EMPLOYED, employer="某公司"
                ),
                SubscriptionGrant(
                    worker_id=found,
                    template_id="t",
                    remaining=1,
                    answer=SubscriptionAnswer.ACCEPT,
                    answered_at=at,
                ),
                WorkerOffice(
                    worker_id=found, union_id=session.scalars(sa.select(TradeUnion.id).limit(1)).one(), since=at
                ),
                VerificationAttempt(worker_id=found, created_at=at, outcome=Outcome.MATCHED),
                StationManager(worker_id=found, station_id=station_id, created_at=at),
                WorkerPin(worker_id=found, pin_hash="a hash", set_at=at),
                MembershipInvitation(
                    row=2,
                    union_id=session.scalars(sa.select(TradeUnion.id).limit(1)).one(),
                    id_number_hmac=b"a digest",
                    worker_id=found,
                    answer=InvitationAnswer.LATER,
                ),
            ]
        )
    return found


def test_what_is_said_to_go_with_the_account_goes_with_it(
    app: Flask, somebody: uuid.UUID, freeze: Callable[[datetime], None]
) -> None:
    said = {column.table: column for column in PERSONAL if column.stored is Stored.LINK and column.deleted == ACCOUNT}
    before = {table: _rows(column, somebody) for table, column in said.items()}
    assert [table for table, rows in before.items() if rows == 0 and table != "desk_request"] == []
    started = closing.start(worker_id=somebody)
    freeze(clock.now() + closing.COOLING_OFF)
    erasure.erase(closing_id=started.id)
    db.session.expire_all()
    assert {table for table, column in said.items() if _rows(column, somebody)} == set()

    kept = {
        column.table
        for column in PERSONAL
        if column.stored is Stored.LINK and _is_id(column) and _rows(column, somebody)
    }
    assert kept == {"account_closing", "consent", "membership", "service_case"}
    worker = db.session.get_one(Worker, somebody)
    emptied = {
        column.name: getattr(worker, column.name)
        for column in personal_data.read().personal
        if column.table == "worker" and column.deleted == ACCOUNT
    }
    assert emptied.pop("level") is Level.L0
    assert {name for name, value in emptied.items() if value is not None} == set()


def _is_id(column: PersonalColumn) -> bool:
    return isinstance(Base.metadata.tables[column.table].c[column.name].type, sa.Uuid)


def _rows(column: PersonalColumn, worker: uuid.UUID) -> int:
    table = Base.metadata.tables[column.table]
    return db.session.scalar(sa.select(sa.func.count()).where(table.c[column.name] == worker)) or 0
