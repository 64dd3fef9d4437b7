"""Seats of an activity that are for the members of a union."""

from alembic import op

revision = "0080"
down_revision = "0079"

KEY = "fk_activity_group_members_of_id_trade_union"


def upgrade() -> None:
    """The foreign key is proved afterwards, when it keeps nobody from writing; what a failure left goes first."""
    op.execute("ALTER TABLE activity_group ADD COLUMN IF NOT EXISTS members_of_id uuid")
    op.execute(f"ALTER TABLE activity_group DROP CONSTRAINT IF EXISTS {KEY}")
    op.execute(
        f"ALTER TABLE activity_group ADD CONSTRAINT {KEY}"
        " FOREIGN KEY (members_of_id) REFERENCES trade_union (id) NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE activity_group VALIDATE CONSTRAINT {KEY}")


def downgrade() -> None:
    op.drop_column("activity_group", "members_of_id")
