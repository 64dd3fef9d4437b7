"""What a migration does to a table that is in use: no lock is held while its rows are read or written.

Each function leaves the migration's transaction, so what comes before it has to be possible twice (`if_not_exists`): a
migration that failed in between is run again from its beginning.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

AT_ONCE = 1000
"""Rows in one transaction."""


def add_check(table: str, name: str, condition: str) -> None:
    """Hold new rows to a condition, then look at those that are there, while others go on writing."""
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID")
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def update_in_batches(table: str, *, key: str, change: str, where: str) -> None:
    """Change the rows of a table for which something holds, a thousand of the table at a time.

    Args:
        key: the column that is the primary key.
        change: what stands after SET, and FROM if there is one.
    """
    following = sa.text(  # our own words, of migrations
        f"SELECT {key} FROM {table} WHERE CAST(:after AS uuid) IS NULL OR {key} > :after"  # noqa: S608
        f" ORDER BY {key} LIMIT :at_once"
    )
    changing = sa.text(f"UPDATE {table} SET {change} WHERE {table}.{key} = ANY(:keys) AND ({where})")  # noqa: S608
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        after: Any = None
        while keys := connection.scalars(following, {"after": after, "at_once": AT_ONCE}).all():
            connection.execute(changing, {"keys": list(keys)})
            after = keys[-1]
