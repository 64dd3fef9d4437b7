"""Which files went along with an order to 12345, and which it did not take."""

from alembic import op

revision = "0088"
down_revision = "0087"


def upgrade() -> None:
    """No row is written. Of what was sent before it is not known."""
    op.execute("ALTER TABLE case_exchange_message ADD COLUMN IF NOT EXISTS files jsonb")


def downgrade() -> None:
    op.drop_column("case_exchange_message", "files")
