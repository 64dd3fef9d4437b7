"""A file of a case may be given to a field of its form."""

from alembic import op

revision = "0066"
down_revision = "0065"

TABLE = "attachment"
CHECK = "ck_attachment_field"
CONDITION = "field IS NULL OR (case_id IS NOT NULL AND message_id IS NULL AND talk_id IS NULL)"


def upgrade() -> None:
    """The check is looked at without keeping anybody from storing files meanwhile."""
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS field text")
        op.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {CHECK}")
        op.execute(f"ALTER TABLE {TABLE} ADD CONSTRAINT {CHECK} CHECK ({CONDITION}) NOT VALID")
        op.execute(f"ALTER TABLE {TABLE} VALIDATE CONSTRAINT {CHECK}")


def downgrade() -> None:
    op.drop_constraint(CHECK, TABLE)
    op.drop_column(TABLE, "field")
