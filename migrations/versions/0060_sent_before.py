"""Which of the cases of before lie with a union because somebody sent them there."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"

AT_ONCE = 1000

# Documents of services are large: which of their steps move a case is asked of each once.
MOVES = """
    CREATE TEMPORARY TABLE moves AS
    SELECT version.service, version.version, step.key AS step, step.value ->> 'office' AS office
    FROM service_version AS version, jsonb_each(version.document #> '{flow,transitions}') AS step
    WHERE step.value ->> 'office' IS NOT NULL
"""
NEXT = sa.text(
    "SELECT id FROM service_case WHERE union_id IS NOT NULL AND (CAST(:after AS uuid) IS NULL OR id > :after)"
    " ORDER BY id LIMIT :at_once"
)
LOCKED = sa.text("SELECT id FROM service_case WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
SENT = sa.text("""
    UPDATE service_case SET handed_over = true
    WHERE id = ANY(:ids) AND union_id IS NOT NULL AND NOT handed_over AND 'to' = (
        SELECT moves.office FROM case_event AS event
        JOIN moves ON moves.step = event.step
            AND moves.service = service_case.service AND moves.version = service_case.service_version
        WHERE event.case_id = service_case.id
        ORDER BY event.number DESC LIMIT 1
    )
""")


def upgrade() -> None:
    """A thousand cases at a time, each thousand a transaction: begun anew after a failure it finds the same."""
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        connection.exec_driver_sql("DROP TABLE IF EXISTS pg_temp.moves")
        connection.exec_driver_sql(MOVES)
        after: Any = None
        while ids := connection.scalars(NEXT, {"after": after, "at_once": AT_ONCE}).all():
            _mark(connection, list(ids))
            after = ids[-1]
        connection.exec_driver_sql("DROP TABLE pg_temp.moves")


def _mark(connection: sa.Connection, ids: list[Any]) -> None:
    """Locked first: a step made meanwhile is among the events then."""
    connection.exec_driver_sql("BEGIN")
    try:
        connection.execute(LOCKED, {"ids": ids})
        connection.execute(SENT, {"ids": ids})
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def downgrade() -> None:
    """What is known of them goes with the column."""
