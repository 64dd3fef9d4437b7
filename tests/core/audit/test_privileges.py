"""With the grants of config/grants.sql the service does its work and cannot change the audit."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from server.app import create_app
from server.core.audit import record, sealer, verifying
from server.core.audit.status import audit_warnings
from server.core.db import db
from server.core.settings import Environment, Settings

GRANTS = Path(__file__).parents[3] / "config" / "grants.sql"


@pytest.fixture
def granted(app: Flask, environment: dict[str, str]) -> Iterator[Flask]:
    """The service in production, with a database account of its own."""
    url = sa.make_url(environment["DATABASE_URL"])
    role = f"app_of_{url.database}"
    script = "\n".join(line for line in GRANTS.read_text().splitlines() if not line.startswith("--"))
    with psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as owner:
        owner.execute(f'CREATE ROLE "{role}" LOGIN')
        try:
            owner.execute(script.replace(':"app"', f'"{role}"'))
            settings = Settings.from_env(
                environment | {"DATABASE_URL": url.set(username=role).render_as_string(hide_password=False)}
            )
            made = create_app(replace(settings, environment=Environment.PRODUCTION))
            with made.app_context():
                yield made
                db.session.remove()
                db.engine.dispose()
        finally:
            owner.execute(f'DROP OWNED BY "{role}"')
            owner.execute(f'DROP ROLE "{role}"')


def test_the_service_records_seals_and_verifies(granted: Flask) -> None:
    record(actor="system", action="act", subject_kind="test")
    assert sealer.seal() == 1
    assert verifying.verify().findings == []
    assert audit_warnings() == []


@pytest.mark.usefixtures("granted")
def test_it_cannot_change_the_audit() -> None:
    for table in ("audit_event", "audit_link", "audit_segment", "audit_purge"):
        for statement in ("DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL"):
            with pytest.raises(sa.exc.ProgrammingError, match=r"permission denied|must be owner"):
                db.session.execute(sa.text(statement.format(table)))
            db.session.rollback()


def test_an_account_that_could_is_warned_about(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.config["WARMBEE"]
    monkeypatch.setitem(app.config, "WARMBEE", replace(settings, environment=Environment.PRODUCTION))
    assert any("收回权限" in warning for warning in audit_warnings())
