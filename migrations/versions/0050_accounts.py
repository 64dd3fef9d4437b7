"""A payment goes to the account that those saw who granted it."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.add_column("case_payment", sa.Column("version", sa.Integer, nullable=False, server_default="0"))
    # What code of before still grants has 0: where the account was changed since it was asked for, two look again.
    op.execute("UPDATE case_payment p SET version = c.version FROM service_case c WHERE c.id = p.case_id")


def downgrade() -> None:
    op.drop_column("case_payment", "version")
