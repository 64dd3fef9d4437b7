"""What may be about the worker's own union is kept away from there."""

from alembic import op

revision = "0087"
down_revision = "0086"


def upgrade() -> None:
    """With a default that is a constant no row is written. What was sent before stays where it is seen."""
    op.execute("ALTER TABLE service_case ADD COLUMN IF NOT EXISTS away_from_home boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    op.drop_column("service_case", "away_from_home")
