"""How many may share a phone, where the desk confirmed more than five."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("worker", sa.Column("may_share_with", sa.SmallInteger))


def downgrade() -> None:
    op.drop_column("worker", "may_share_with")
