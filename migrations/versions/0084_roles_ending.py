"""Roles of the staff are renewed before they end, and those concerned are told that they do."""

from alembic import op

revision = "0084"
down_revision = "0083"

INDEX = "uq_role_grant_staff_id_role_union_id_open"
OPEN = "state IN ('requested', 'granted')"


def upgrade() -> None:
    """A role that is held may be asked for once more; the table has a few rows for each of the staff."""
    op.execute("ALTER TABLE role_grant ADD COLUMN IF NOT EXISTS warned_at timestamptz")
    op.drop_index(INDEX, table_name="role_grant")
    op.create_index(INDEX, "role_grant", ["staff_id", "role", "union_id", "state"], unique=True, postgresql_where=OPEN)


def downgrade() -> None:
    """What was asked for to follow another is not kept."""
    op.execute(
        "DELETE FROM role_grant AS next USING role_grant AS held"
        " WHERE next.state = 'requested' AND held.state = 'granted'"
        " AND (next.staff_id, next.role, next.union_id) = (held.staff_id, held.role, held.union_id)"
    )
    op.drop_index(INDEX, table_name="role_grant")
    op.create_index(INDEX, "role_grant", ["staff_id", "role", "union_id"], unique=True, postgresql_where=OPEN)
    op.drop_column("role_grant", "warned_at")
