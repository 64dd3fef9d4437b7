"""The union that a case was meant for stays known when another above it decides."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    op.add_column("service_case", sa.Column("meant_for_id", sa.Uuid))


def downgrade() -> None:
    op.drop_column("service_case", "meant_for_id")
