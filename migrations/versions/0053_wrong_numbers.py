"""When the SMS provider said that a number is none, to which a receipt was to go."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    op.add_column("case_proxy", sa.Column("wrong_number_at", sa.TIMESTAMP(timezone=True)))


def downgrade() -> None:
    op.drop_column("case_proxy", "wrong_number_at")
