"""Whom to ring up is found by those who left a number and have no account, not by all cases without one."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"

INDEXES = {
    "ix_case_proxy_case_id_phone": ("case_proxy", "phone IS NOT NULL"),
    "ix_case_date_reminder_case_id_uncalled": ("case_date_reminder", "called_at IS NULL"),
}


def upgrade() -> None:
    """While they are built everything goes on; what a failure left of one is no index and goes first."""
    with op.get_context().autocommit_block():
        for name, (table, where) in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.create_index(name, table, ["case_id"], postgresql_where=sa.text(where), postgresql_concurrently=True)


def downgrade() -> None:
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
