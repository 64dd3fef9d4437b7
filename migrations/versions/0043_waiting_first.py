"""Whose work comes before all others on an activity's waiting list."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.add_column("activity", sa.Column("waiting_first", ARRAY(sa.Text)))


def downgrade() -> None:
    op.drop_column("activity", "waiting_first")
