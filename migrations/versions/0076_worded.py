"""What a message in the inbox is made of, so that it can be read in other languages."""

from alembic import op

revision = "0076"
down_revision = "0075"


def upgrade() -> None:
    """Messages from before keep their text, in simplified Chinese."""
    op.execute("ALTER TABLE notice ADD COLUMN IF NOT EXISTS worded bytea")


def downgrade() -> None:
    op.drop_column("notice", "worded")
