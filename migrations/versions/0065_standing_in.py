"""When whoever stands in for somebody who is away was told that it begins."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    op.add_column("staff_absence", sa.Column("begun_at", sa.TIMESTAMP(timezone=True)))


def downgrade() -> None:
    op.drop_column("staff_absence", "begun_at")
