"""A case that a named union returns goes back to the one that sent it there."""

from alembic import op

revision = "0085"
down_revision = "0084"


def upgrade() -> None:
    """No foreign key: to prove it would read the whole table. Of what was sent on before it is not known."""
    op.execute("ALTER TABLE service_case ADD COLUMN IF NOT EXISTS sent_from_id uuid")


def downgrade() -> None:
    op.drop_column("service_case", "sent_from_id")
