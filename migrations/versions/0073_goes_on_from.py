"""A case may go on from another one of the same worker, of which the service took over what was told."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"

TABLE = "service_case"
COLUMN = "carried_from_id"
NAME = "ix_service_case_carried_from_id"


def upgrade() -> None:
    """No foreign key: to prove it would read the whole table. While the index is built everything goes on; what a
    failure left of it is no index and goes first."""
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS {COLUMN} uuid")
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        left = sa.text(f"{COLUMN} IS NOT NULL")
        op.create_index(NAME, TABLE, [COLUMN], postgresql_where=left, postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.drop_column(TABLE, COLUMN)
