"""Whether anything was written: a digest of every table's rows."""

from collections.abc import Mapping

import sqlalchemy as sa

from server.core.db import Base, db

Books = Mapping[str, str | None]
"""Table → digest of all of its rows, None for an empty one."""

NOTED = frozenset({"audit_event", "staff_session"})
"""What a refused request at the console may leave: that somebody looked, and that they are still there."""
TABLES = (*(table.name for table in Base.metadata.sorted_tables), "procrastinate_jobs")


def books() -> Books:
    """How everything stands."""
    asked = ", ".join(
        f"(SELECT md5(string_agg(row::text, '|' ORDER BY row::text)) FROM {name} AS row) AS {name}" for name in TABLES
    )
    with db.engine.connect() as connection:
        return dict(connection.execute(sa.text(f"SELECT {asked}")).mappings().one())


def changed(before: Books, *, but: frozenset[str] = frozenset()) -> set[str]:
    """Tables that are not as they were."""
    now = books()
    return {name for name in TABLES if now[name] != before[name]} - but
