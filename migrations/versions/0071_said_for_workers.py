"""That something was written down in a worker's name is told to the phone that they left."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"


def upgrade() -> None:
    op.add_column("case_proxy", sa.Column("said_at", sa.TIMESTAMP(timezone=True)))


def downgrade() -> None:
    op.drop_column("case_proxy", "said_at")
