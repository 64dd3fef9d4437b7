"""That a phone on a list is none, for whoever sent the list."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"


def upgrade() -> None:
    op.add_column(
        "membership_invitation", sa.Column("wrong_number", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("membership_invitation", "wrong_number")
