"""Read-only views: one AUTOCOMMIT connection for as many statements as they like."""

import sqlalchemy as sa
from flask import Flask

from server.core.db import db, read_only


def test_all_statements_of_a_view_share_one_connection_and_no_transaction(app: Flask) -> None:
    @read_only
    def view() -> list[tuple[int, bool]]:
        asked = sa.text("SELECT pg_backend_pid(), now() = statement_timestamp()")
        return [tuple(db.session.execute(asked).one()) for _ in range(3)]

    seen = view()
    assert len({pid for pid, _ in seen}) == 1
    # In a transaction the second and third statement would still see the time of its begin.
    assert all(alone for _, alone in seen)


def test_a_view_gives_its_connection_back(app: Flask) -> None:
    @read_only
    def view() -> None:
        db.session.execute(sa.text("SELECT 1"))

    db.session.rollback()
    before = db.engine.pool.checkedout()
    view()
    assert db.engine.pool.checkedout() == before
