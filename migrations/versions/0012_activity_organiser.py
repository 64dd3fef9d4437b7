"""Who organises an activity."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("activity", sa.Column("organiser_id", sa.Uuid))
    # What was announced before is of the union at the top.
    op.execute(
        "UPDATE activity SET organiser_id = (SELECT id FROM trade_union WHERE parent_id IS NULL ORDER BY id LIMIT 1)"
    )
    op.alter_column("activity", "organiser_id", nullable=False)
    op.create_foreign_key("fk_activity_organiser_id", "activity", "trade_union", ["organiser_id"], ["id"])
    op.create_index("ix_activity_organiser_id", "activity", ["organiser_id"])


def downgrade() -> None:
    op.drop_column("activity", "organiser_id")
