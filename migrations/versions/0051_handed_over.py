"""Whether a case lies with a union because somebody sent it there."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    # Of the cases of before it is found out in 0060: nothing waits for that.
    op.add_column("service_case", sa.Column("handed_over", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("service_case", "handed_over")
