"""A step of somebody who stands in for whoever is away says for whom."""

from alembic import op

revision = "0081"
down_revision = "0080"


def upgrade() -> None:
    """Steps of before do not say it; the audit does."""
    op.execute("ALTER TABLE case_event ADD COLUMN IF NOT EXISTS stood_in_for text")


def downgrade() -> None:
    op.drop_column("case_event", "stood_in_for")
