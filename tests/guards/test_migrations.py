"""Migrations run in both directions and end where the models are, and give up quickly where they would have to wait."""

import re
import time

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from dev.testing_engines import Urls, fresh_database
from server.app import create_app
from server.core.db import Base, db
from server.core.settings import Settings
from tests.guards.test_old_code_goes_on import RELEASED


def _objects() -> int:
    with db.engine.connect() as connection:
        relations = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND NOT starts_with(relname, 'alembic_version')"
        ).scalar_one()
        functions = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        ).scalar_one()
    return int(relations) + int(functions)


def test_every_migration_goes_up_down_and_up_again(environment: dict[str, str], urls: Urls) -> None:
    name = urls.database_url.rpartition("/")[2].partition("?")[0] + "_migrations"
    url = fresh_database(name, template="template0")
    made = create_app(Settings.from_env(environment | {"DATABASE_URL": url}))
    with made.app_context():
        revisions = [script.revision for script in ScriptDirectory("migrations").walk_revisions()]
        for revision in reversed(revisions):
            before = _objects()
            upgrade(directory="migrations", revision=revision)
            after = _objects()
            downgrade(directory="migrations", revision="-1")
            assert _objects() == before, f"{revision} leaves something behind"
            upgrade(directory="migrations", revision=revision)
            assert _objects() == after, f"{revision} differs the second time"
        db.engine.dispose()


def _reads_a_whole_table(statement: str, tables: set[str]) -> bool:
    """Whether it looks at or writes all rows of one of these tables in the transaction in which it holds its lock."""
    words = " ".join(statement.split())
    checked = re.match(r'ALTER TABLE "?(\w+)"? ADD CONSTRAINT .*(CHECK|FOREIGN KEY)', words, re.IGNORECASE)
    if checked:
        return checked[1] in tables and not words.upper().endswith("NOT VALID")
    written = re.match(r"UPDATE (\w+)", words, re.IGNORECASE)
    return written is not None and written[1] in tables and "= ANY(" not in words


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ("ALTER TABLE worker ADD CONSTRAINT a CHECK (true)", True),
        ("ALTER TABLE worker ADD CONSTRAINT a FOREIGN KEY(b) REFERENCES c (id)", True),
        ("ALTER TABLE worker ADD CONSTRAINT a CHECK (true) NOT VALID", False),
        ("ALTER TABLE worker VALIDATE CONSTRAINT a", False),
        ("ALTER TABLE made_by_it ADD CONSTRAINT a CHECK (true)", False),
        ("UPDATE worker SET name = NULL WHERE phone IS NULL", True),
        ("UPDATE worker SET name = NULL WHERE worker.id = ANY(%(keys)s) AND (true)", False),
    ],
)
def test_what_reads_a_whole_table_under_its_lock_is_known(statement: str, refused: bool) -> None:
    assert _reads_a_whole_table(statement, {"worker"}) is refused


def test_no_migration_reads_or_writes_a_whole_table_under_its_lock(environment: dict[str, str], urls: Urls) -> None:
    """From the last release on; `server/core/migrating.py` has what to use instead."""
    name = urls.database_url.rpartition("/")[2].partition("?")[0] + "_in_use"
    url = fresh_database(name, template="template0")
    made = create_app(Settings.from_env(environment | {"DATABASE_URL": url}))
    said: list[str] = []
    found: dict[str, list[str]] = {}
    with made.app_context():
        upgrade(directory="migrations", revision=RELEASED)
        sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: said.append(statement))
        for script in reversed(list(ScriptDirectory("migrations").iterate_revisions("heads", RELEASED))):
            with db.engine.connect() as connection:
                tables = set(sa.inspect(connection).get_table_names())
            said.clear()
            upgrade(directory="migrations", revision=script.revision)
            whole = [one for one in said if _reads_a_whole_table(one, tables - {"alembic_version"})]
            if whole:
                found[script.revision] = whole
        db.engine.dispose()
    assert found == {}, "these keep others from writing for as long as it takes"


def test_the_models_are_what_the_migrations_make(app: object) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _o, name, kind, _r, _c: (
                    not (kind == "table" and name.startswith("procrastinate_"))
                ),
            },
        )
        assert compare_metadata(context, Base.metadata) == []
        assert sa.inspect(connection).has_table("audit_event")


def test_the_migrations_are_one_line_and_named_by_their_number() -> None:
    scripts = list(ScriptDirectory("migrations").walk_revisions())
    assert [script.revision for script in reversed(scripts)] == [f"{number + 1:04d}" for number in range(len(scripts))]
    for script in scripts:
        assert script.path.rpartition("/")[2].startswith(f"{script.revision}_")


def test_a_migration_that_cannot_get_its_lock_fails_within_seconds_and_changes_nothing(
    environment: dict[str, str], urls: Urls
) -> None:
    name = urls.database_url.rpartition("/")[2].partition("?")[0] + "_locked"
    url = fresh_database(name)
    made = create_app(Settings.from_env(environment | {"DATABASE_URL": url}))
    with made.app_context(), db.engine.connect() as busy:
        # Each migration is a transaction of its own; going back from this one takes a lock on a table.
        head = "0028"
        downgrade(directory="migrations", revision=head)
        before = _objects()
        for table in sa.inspect(busy).get_table_names():
            busy.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS SHARE MODE")  # as any long reading does
        started = time.monotonic()
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            downgrade(directory="migrations", revision="0001")
        assert time.monotonic() - started < 15  # it asks for 3; the rest is for a busy machine
        assert busy.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == head
        assert _objects() == before
        busy.rollback()
        db.engine.dispose()
