"""Seats of an activity that are for the members of a union."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"

KEY = "fk_activity_group_members_of_id_trade_union"


def upgrade() -> None:
    """There are few groups: the foreign key is proved at once."""
    op.add_column("activity_group", sa.Column("members_of_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(KEY, "activity_group", "trade_union", ["members_of_id"], ["id"])


def downgrade() -> None:
    op.drop_column("activity_group", "members_of_id")
