"""Receipts of what is gone: readable by auditors, tied to the audit, and every change to one is found."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.retention import purging
from server.cases.retention.models import PurgeReceipt
from server.cases.retention.receipts import check_receipts
from server.core.audit import AuditEvent, sealer
from server.core.db import transaction
from tests.cases.conftest import FRIDAY
from tests.cases.retention.conftest import MARK, Ended
from tests.desk import desk_of, words
from tests.staff import make_staff

LATE = FRIDAY.replace(year=2060)


@pytest.fixture(autouse=True)
def purged(app: Flask, ended: Ended) -> None:
    for _ in range(3):
        ended("grievance")
    purging.purge(at=LATE)


def forge(statement: str) -> None:
    """What only whoever owns the database can do."""
    with transaction() as session:
        session.execute(sa.text("ALTER TABLE purge_receipt DISABLE TRIGGER USER"))
        session.execute(sa.text(statement))
        session.execute(sa.text("ALTER TABLE purge_receipt ENABLE TRIGGER USER"))


def test_each_class_has_a_receipt_that_the_audit_names(db_session: Session) -> None:
    found = {one.retention_class: one for one in db_session.scalars(sa.select(PurgeReceipt))}
    assert found.keys() == {"grievance", "recording", "location", "call_log"}
    assert (found["grievance"].cases, found["grievance"].files, found["recording"].files) == (3, 3, 3)
    acts = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "retention.purge")).all()
    assert {(one.subject_id, (one.detail or {})["seal"]) for one in acts} == {
        (str(one.number), one.seal.hex()) for one in found.values()
    }
    sealer.seal()
    assert check_receipts().broken == check_receipts().missing == ()


@pytest.mark.parametrize("statement", ["UPDATE purge_receipt SET cases = 1", "DELETE FROM purge_receipt"])
def test_the_database_refuses_to_change_one(statement: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as session:
        session.execute(sa.text(statement))


def test_a_changed_one_is_found(db_session: Session) -> None:
    forge("UPDATE purge_receipt SET cases = cases + 1 WHERE number = 2")
    assert check_receipts().broken == (2,)


def test_one_that_was_taken_away_is_found_also_at_the_end(db_session: Session) -> None:
    last = db_session.scalar(sa.select(sa.func.max(PurgeReceipt.number)))
    forge(f"DELETE FROM purge_receipt WHERE number IN (1, {last})")
    assert check_receipts().missing == (1, last)


def test_an_auditor_reads_them_at_the_desk(app: Flask, db_session: Session) -> None:
    desk = desk_of(app, "T0001", "audit_admin")
    read = words(desk.get("/console/audit/receipts"))
    assert "诉求材料 3" in read
    assert MARK not in read
    assert "都对得上" in words(desk.post("/console/audit/receipts/verify"))
    forge("UPDATE purge_receipt SET files = files + 1 WHERE number = 1")
    assert "被改过的：1" in words(desk.post("/console/audit/receipts/verify"))
    assert db_session.scalars(sa.select(AuditEvent.actor).where(AuditEvent.action == "retention.look")).all() == [
        "staff:T0001"
    ]


def test_and_at_the_command_line(app: Flask) -> None:
    make_staff("T0002", "audit_admin")
    make_staff("T0003", "district_rights")
    run = app.test_cli_runner().invoke
    assert "诉求材料  3 件" in run(args=["retention", "receipts", "--by", "T0002"]).output
    assert run(args=["retention", "receipts", "--by", "T0003"]).exit_code == 1
    assert "诉求材料" in run(args=["retention", "classes"]).output
    assert run(args=["retention", "verify"]).exit_code == 0
    forge("UPDATE purge_receipt SET files = files + 1 WHERE number = 1")
    assert run(args=["retention", "verify"]).exit_code == 1
