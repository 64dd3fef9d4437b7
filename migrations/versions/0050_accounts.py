"""A payment goes to the account that those saw who granted it."""

import sqlalchemy as sa
from alembic import op

from server.core.migrating import update_in_batches

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    version = sa.Column("version", sa.Integer, nullable=False, server_default="0")
    op.add_column("case_payment", version, if_not_exists=True)
    # What code of before still grants has 0: where the account was changed since it was asked for, two look again.
    update_in_batches(
        "case_payment",
        key="id",
        change="version = seen.version FROM service_case AS seen",
        where="seen.id = case_payment.case_id AND case_payment.version = 0",
    )


def downgrade() -> None:
    op.drop_column("case_payment", "version")
