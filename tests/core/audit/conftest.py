"""Acts on record, and somebody who can write to the database as its superuser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.core.audit import AuditEvent, record, sealer, verifying
from server.core.db import db
from server.core.settings import settings

Tamper = Callable[..., int]
Act = Callable[..., None]


@pytest.fixture(autouse=True)
def _no_witness_of_other_tests(app: Flask) -> Iterator[None]:
    yield
    witness_file().unlink(missing_ok=True)


def witness_file() -> Path:
    return settings().data_dir / "audit" / "head.json"


@pytest.fixture
def act(app: Flask) -> Act:
    """Record an act that somebody did."""

    def do(subject: str, *, actor: str = "staff:A1", action: str = "case.read") -> None:
        record(actor=actor, action=action, subject_kind="case", subject_id=subject, detail={"step": subject})

    return do


@pytest.fixture
def tamper(app: Flask) -> Tamper:
    """Run a statement with triggers and foreign keys off; says how many rows it touched."""

    def run(statement: str, **values: object) -> int:
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            return connection.execute(sa.text(statement), values).rowcount

    return run


@pytest.fixture
def chain(act: Act) -> list[AuditEvent]:
    """Nine acts in three runs of the sealer; the last run made two segments."""
    for subject in "abc":
        act(subject)
    sealer.seal()
    for subject in "def":
        act(subject)
    sealer.seal()
    for subject in "ghi":
        act(subject)
    sealer.seal(at_once=2)
    report = verifying.verify()
    assert (report.sealed, report.tail, report.findings) == (9, 0, [])
    assert report.head
    assert report.head[0] == 4
    return list(db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.subject_id)))
