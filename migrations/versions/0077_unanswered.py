"""A case knows since when words of its worker wait for the staff to answer them."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"

TABLE = "service_case"
COLUMN = "unanswered_since"
NAME = "ix_service_case_unanswered"


def upgrade() -> None:
    """While the index is built everything goes on; what a failure left of it is no index and goes first."""
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS {COLUMN} timestamptz")
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        left = sa.text(f"{COLUMN} IS NOT NULL")
        op.create_index(NAME, TABLE, ["handler_no"], postgresql_where=left, postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.drop_column(TABLE, COLUMN)
