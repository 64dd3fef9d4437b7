"""Which of its reasons a step named: why something was not taken up can be counted."""

from alembic import op

revision = "0078"
down_revision = "0077"


def upgrade() -> None:
    op.execute("ALTER TABLE case_event ADD COLUMN IF NOT EXISTS ground text")


def downgrade() -> None:
    op.drop_column("case_event", "ground")
