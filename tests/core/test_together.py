"""Rows of several tables in one statement."""

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.core import audit
from server.core.access import Level
from server.core.clock import SHANGHAI, now
from server.core.db import Base, WriteInReadOnlyViewError, db, new_id, transaction
from server.core.together import written_together
from server.identity.consents import GivenConsent, granting
from server.identity.models import Consent, ConsentKey, Worker, WorkerGroup
from server.notices.models import Delivery, DeliveryState, Notice, Way
from server.stations.models import Station


def _message(worker: Worker) -> Notice:
    return Notice(worker_id=worker.id, kind="case.done", title="办好了", body="请看", link="/cases/1", created_at=now())


def test_all_rows_are_written_by_one_statement(db_session: Session, count_queries: list[str]) -> None:
    worker = Worker(id=new_id(), level=Level.L1)
    with transaction() as session, written_together():
        # A foreign key that is given before what it points at.
        session.add(_message(worker))
        session.add(_message(worker))
        session.add(worker)
    assert len([statement for statement in count_queries if "INSERT" in statement]) == 1
    kept = db_session.scalars(sa.select(Notice).where(Notice.worker_id == worker.id)).all()
    assert len({notice.id for notice in kept}) == 2
    assert {notice.title for notice in kept} == {"办好了"}
    assert db_session.get_one(Worker, worker.id).level is Level.L1


def test_a_statement_that_takes_what_is_there_as_it_is_comes_with_them(
    db_session: Session, count_queries: list[str]
) -> None:
    worker = Worker(id=new_id(), level=Level.L1)
    with transaction() as session, written_together():
        session.add(worker)
    given = [GivenConsent(ConsentKey.TERMS, "1")]
    for _ in range(2):
        with transaction() as session, written_together(*granting(worker_id=worker.id, given=given)):
            session.add(_message(worker))
    assert len([statement for statement in count_queries if "INSERT" in statement]) == 3
    assert len(db_session.scalars(sa.select(Notice).where(Notice.worker_id == worker.id)).all()) == 2
    consent = db_session.scalars(sa.select(Consent).where(Consent.worker_id == worker.id)).one()
    assert (consent.key, consent.version, consent.withdrawn_at) == (ConsentKey.TERMS, "1", None)


def test_a_row_that_does_not_fit_leaves_none_of_the_others(db_session: Session) -> None:
    worker = Worker(id=new_id(), level=Level.L1)
    untitled = Notice(worker_id=worker.id, kind="case.done", body="请看", link="/", created_at=now())

    def write() -> None:
        with transaction() as session, written_together():
            session.add_all([worker, untitled])

    with pytest.raises(IntegrityError):
        write()
    assert db_session.get(Worker, worker.id) is None


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_a_number_that_json_has_no_word_for_is_refused_and_no_null(db_session: Session, number: str) -> None:
    with pytest.raises(ValueError, match=r"station\.lat"), transaction() as session, written_together():
        session.add(Station(lat=float(number)))


def test_every_kind_of_value_is_kept_as_a_flush_keeps_it(db_session: Session) -> None:
    at = datetime(2026, 3, 13, 9, 30, 15, 123456, SHANGHAI)

    def rows() -> list[Base]:
        worker = Worker(
            id=new_id(),
            level=Level.L3,
            worker_group=WorkerGroup.COURIER,
            phone="13800138000",
            phone_hmac=b"\\x00\x00\xff\\",
            name="王\\小明",
            verified_at=at,
            paper_valid_to=date(2030, 2, 28),
        )
        message = _message(worker)
        message.id, message.body, message.worded = new_id(), '“引号” "\\n" \n \\x41', None
        delivery = Delivery(
            notice_id=message.id,
            worker_id=worker.id,
            kind=message.kind,
            state=DeliveryState.WAITING,
            way=Way.SMS,
            due_at=at,
            changed_at=at,
            missed_calls=[at],
        )
        written = audit.AuditEvent(
            id=new_id(),
            at=at,
            actor="system",
            action="case.submit",
            subject_kind="case",
            detail={"到": [None, 1.5, {}]},
        )
        return [worker, message, delivery, written]

    def kept(row: Base) -> dict[str, Any]:
        mapper = sa.inspect(type(row))
        again = db_session.get_one(type(row), mapper.primary_key_from_instance(row))
        assert again is not row
        own = {"id", "notice_id", "worker_id", "created_at", "xid"}
        return {one.key: getattr(again, one.key) for one in mapper.column_attrs if one.key not in own}

    flushed, together = rows(), rows()
    with transaction() as session:
        for row in flushed:
            session.add(row)
            session.flush()
    with transaction() as session, written_together():
        session.add_all(together)
    db_session.expunge_all()
    assert [kept(row) for row in together] == [kept(row) for row in flushed]


def test_what_python_fills_in_can_be_read_afterwards(db_session: Session) -> None:
    worker = Worker(level=Level.L1)
    with transaction() as session, written_together():
        session.add(worker)
    assert db_session.get(Worker, worker.id) is not None


def test_a_view_that_only_reads_cannot_write_this_way_either(app: Flask, db_session: Session) -> None:
    db.session().info["read_only"] = True
    try:
        with pytest.raises(WriteInReadOnlyViewError), written_together():
            db.session.add(Worker(level=Level.L1))
    finally:
        db.session().info.pop("read_only")
        db.session.rollback()
