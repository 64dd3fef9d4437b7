"""Acts are sealed in the order in which they were committed, none is lost, and a sealer that stops is noticed."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.core.audit import sealer, verifying
from server.core.audit.chain import AuditLink, AuditSegment
from server.core.db import db
from tests.core.audit.conftest import Act, Tamper

INSERT = sa.text(
    "INSERT INTO audit_event (id, actor, action, subject_kind, subject_id, detail)"
    " VALUES (gen_random_uuid(), 'system', 'act', 'test', :subject, '{}')"
)


@pytest.fixture
def other(app: Flask) -> Iterator[sa.Connection]:
    """Another process's connection."""
    with db.engine.connect() as connection:
        yield connection
        connection.rollback()


def sealed() -> list[str]:
    """Subjects in the order of the chain."""
    db.session.rollback()
    rows = db.session.execute(
        sa.text("SELECT subject_id FROM audit_link JOIN audit_event ON id = event_id ORDER BY segment, place")
    )
    return [row[0] for row in rows]


def test_acts_are_sealed_in_order_and_once(act: Act) -> None:
    for subject in "abcde":
        act(subject)
    assert sealer.seal(at_once=2) == 5
    assert sealer.seal() == 0
    assert sealed() == list("abcde")
    assert [segment.events for segment in db.session.scalars(sa.select(AuditSegment))] == [2, 2, 1]
    assert verifying.verify().findings == []


def test_an_act_of_a_long_transaction_is_neither_lost_nor_before_its_commit(act: Act, other: sa.Connection) -> None:
    other.execute(INSERT, {"subject": "long"})
    for subject in ("one", "two"):
        act(subject)
        sealer.seal()
        assert sealed()[-1] == subject
    assert verifying.verify().findings == []
    other.commit()
    act("three")
    assert sealer.seal() == 2
    assert sealed() == ["one", "two", "long", "three"]
    report = verifying.verify()
    assert (report.sealed, report.tail, report.findings) == (4, 0, [])


def test_an_act_that_was_rolled_back_leaves_no_gap(act: Act, other: sa.Connection) -> None:
    other.execute(INSERT, {"subject": "gone"})
    act("one")
    sealer.seal()
    other.rollback()
    act("two")
    sealer.seal()
    assert sealed() == ["one", "two"]
    assert verifying.verify().findings == []


def test_a_second_sealer_waits_for_nobody_and_makes_no_second_chain(act: Act, other: sa.Connection) -> None:
    act("one")
    other.execute(sa.select(sa.func.pg_advisory_xact_lock(sealer._LOCK)))
    assert sealer.seal() == 0
    other.rollback()
    assert sealer.seal() == 1


def test_nobody_who_writes_waits_for_the_sealer(act: Act, other: sa.Connection) -> None:
    act("one")
    other.execute(sa.select(sa.func.pg_advisory_xact_lock(sealer._LOCK)))
    act("two")  # would run into lock_timeout


def test_after_a_restore_on_a_younger_server_nothing_is_overlooked(act: Act, tamper: Tamper) -> None:
    act("one")
    sealer.seal()
    # What a restore looks like: the last run's horizon is one that this server has not reached yet.
    tamper("UPDATE audit_segment SET horizon = horizon + 1000000000")
    act("two")
    assert sealer.seal() == 1
    assert sealed() == ["one", "two"]


def test_a_sealer_that_does_not_run_is_noticed(app: Flask, act: Act, tamper: Tamper, client: FlaskClient) -> None:
    act("one")
    assert not verifying.verify().late
    tamper("UPDATE audit_event SET at = now() - interval '11 seconds'")
    assert verifying.verify().late
    assert any("1 条审计记录没有封存" in warning for warning in client.get("/status").get_json()["warnings"])
    run = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert run.exit_code == 1
    assert "the sealer is behind" in run.stderr
    sealer.seal()
    assert not verifying.verify().late
    assert not any("没有封存" in warning for warning in client.get("/status").get_json()["warnings"])


def test_links_hold_ids_and_digests_only(act: Act) -> None:
    act("one")
    sealer.seal()
    columns = {column.name for column in AuditLink.__table__.columns}
    assert columns == {"segment", "place", "event_id", "event_digest", "detail_digest"}


@pytest.mark.parametrize("table", ["audit_event", "audit_link", "audit_segment"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_sealed_can_only_grow(act: Act, table: str, statement: str) -> None:
    act("one")
    sealer.seal()
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text(statement.format(table)))
    db.session.rollback()
