"""Migrations run before the new code does: what the code of before writes is taken, and nothing waits long."""

import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from dev.testing_engines import Urls, fresh_database
from server.app import create_app
from server.core.db import db
from server.core.settings import Settings

RELEASED = "0048"
"""The last migration that code of before knows."""

SENT, SENT_BACK, NEVER_SENT, AT_HOME = (uuid.UUID(int=number) for number in range(1, 5))
STEPS = {SENT: ["submit", "send", "note"], SENT_BACK: ["submit", "send", "return"], NEVER_SENT: ["submit"]}

DOCUMENT = """INSERT INTO service_version (service, version, digest, document) VALUES ('s', 1, '',
    '{"flow": {"transitions":
    {"submit": {}, "note": {"office": null}, "send": {"office": "to"}, "return": {"office": "home"}}}}')"""
CASE = """INSERT INTO service_case (id, created_at, updated_at, no, service, service_version, identity_mode, state,
    phase, urgency, answers, consents, spent, round, version, secret_digest, union_id)
    VALUES (:id, now(), now(), :no, 's', 1,
    'anonymous', 'new', 'draft', 'normal', '', '[]', '[]', 0, 7, :digest, :union_id)"""
EVENT = """INSERT INTO case_event (id, case_id, number, at, step, target, actor, what)
    VALUES (gen_random_uuid(), :id, :number, now(), :step, 'new', 'worker', '')"""
OTHERS = (
    """INSERT INTO notice_delivery (notice_id, worker_id, kind, state, way, tries, due_at, changed_at, called_at,
    called_by) VALUES (:id, :id, '', 'undelivered', 'sms', 0, now(), now(), now(), 'staff:A1')""",
    """INSERT INTO case_payment (id, case_id, amount, granted_at, asked_by, granted_by)
    VALUES (:id, :id, 1, now(), 'A1', 'B2')""",
    "INSERT INTO case_rating_question (case_id, round, answered_at) VALUES (:id, 0, now())",
    """INSERT INTO case_retention (case_id, rules_version, purged) VALUES (:id, 1, '["location"]')""",
    """INSERT INTO attachment (id, case_id, sha256, size, media_type, storage_key, claimed_at)
    VALUES (:id, :id, '', 1, 'image/jpeg', :no, now())""",
    "INSERT INTO case_date_reminder (case_id, key, days, at) VALUES (:id, 'k', 1, now())",
)


@pytest.fixture
def of_before(environment: dict[str, str], urls: Urls) -> Iterator[Flask]:
    """The service on a database as the last release left it."""
    name = urls.database_url.rpartition("/")[2].partition("?")[0] + "_before"
    url = fresh_database(name, template="template0")
    made = create_app(Settings.from_env(environment | {"DATABASE_URL": url}))
    with made.app_context():
        upgrade(directory="migrations", revision=RELEASED)
        yield made
        db.engine.dispose()


def write_as_before(connection: sa.Connection, case_id: uuid.UUID, *, union_id: uuid.UUID | None) -> None:
    """A case and what belongs to it, with the columns of before; whom it points to is not asked for."""
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    row = {"id": case_id, "no": str(case_id), "digest": case_id.bytes, "union_id": union_id}
    connection.execute(sa.text(CASE), row)
    for number, step in enumerate(STEPS.get(case_id, ["submit"]), start=1):
        connection.execute(sa.text(EVENT), row | {"number": number, "step": step})
    for statement in OTHERS:
        connection.execute(sa.text(statement), row)


def columns(connection: sa.Connection) -> dict[str, dict[str, bool]]:
    """By table and column, whether a row cannot be written without it."""
    found: dict[str, dict[str, bool]] = {}
    for table, column, needed in connection.exec_driver_sql(
        "SELECT table_name, column_name, is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
        " FROM information_schema.columns WHERE table_schema = 'public'"
    ):
        found.setdefault(table, {})[column] = needed
    return found


def handed_over(connection: sa.Connection) -> list[uuid.UUID]:
    return list(connection.scalars(sa.text("SELECT id FROM service_case WHERE handed_over ORDER BY id")))


def test_what_was_there_and_what_old_code_still_writes_is_taken(of_before: Flask) -> None:
    union_id = uuid.uuid4()
    with db.engine.begin() as connection:
        connection.exec_driver_sql(DOCUMENT)
        for case_id in (SENT, SENT_BACK, NEVER_SENT):
            write_as_before(connection, case_id, union_id=union_id)
        write_as_before(connection, AT_HOME, union_id=None)
    upgrade(directory="migrations")
    with db.engine.begin() as connection:
        assert handed_over(connection) == [SENT]
        assert connection.exec_driver_sql("SELECT DISTINCT purged FROM case_retention").scalars().all() == [
            {"location": None}
        ]
        assert connection.exec_driver_sql("SELECT DISTINCT version FROM case_payment").scalars().all() == [7]
        assert connection.exec_driver_sql("SELECT DISTINCT outcome FROM notice_delivery").scalars().all() == ["told"]
        write_as_before(connection, uuid.UUID(int=9), union_id=None)


def test_a_new_column_that_must_be_there_has_a_default(of_before: Flask) -> None:
    for script in reversed(list(ScriptDirectory("migrations").iterate_revisions("heads", RELEASED))):
        with db.engine.connect() as connection:
            before = columns(connection)
        upgrade(directory="migrations", revision=script.revision)
        with db.engine.connect() as connection:
            after = columns(connection)
        needed = [
            f"{table}.{column}"
            for table, found in after.items()
            for column, is_needed in found.items()
            if is_needed and table in before and not before[table].get(column, False)
        ]
        assert needed == [], f"{script.revision}: code of before cannot write rows without these"


def test_the_cases_of_before_are_looked_at_batch_by_batch(of_before: Flask) -> None:
    """What one batch waits for, the one before it does not, and whoever begins anew gets to the end."""
    union_id, last = uuid.uuid4(), uuid.UUID(int=2000)
    others = [uuid.UUID(int=number) for number in range(1000, 2001)]
    with db.engine.begin() as connection:
        connection.exec_driver_sql(DOCUMENT)
        write_as_before(connection, SENT, union_id=union_id)
        connection.execute(
            sa.text(CASE),
            [{"id": one, "no": str(one), "digest": one.bytes, "union_id": union_id} for one in others],
        )
        connection.execute(sa.text(EVENT), {"id": last, "number": 1, "step": "send"})
    upgrade(directory="migrations", revision="0059")
    with db.engine.connect() as busy:
        busy.execute(sa.text("SELECT FROM service_case WHERE id = :id FOR UPDATE"), {"id": last})
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            upgrade(directory="migrations", revision="0060")
        assert busy.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "0059"
        assert handed_over(busy) == [SENT]
        busy.rollback()
    upgrade(directory="migrations", revision="0060")
    with db.engine.connect() as connection:
        assert handed_over(connection) == [SENT, last]
