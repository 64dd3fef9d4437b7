"""Why an activity was called off, as those who signed up were told."""

from alembic import op

revision = "0089"
down_revision = "0088"


def upgrade() -> None:
    """No row is written. Why those before were called off was told, and not kept."""
    op.execute("ALTER TABLE activity ADD COLUMN IF NOT EXISTS called_off_because text")


def downgrade() -> None:
    op.drop_column("activity", "called_off_because")
