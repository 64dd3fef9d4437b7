"""Cases of several workers that are one dispute."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"


def upgrade() -> None:
    op.create_table(
        "case_group",
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("service_case.id"), primary_key=True),
        sa.Column("head_id", sa.Uuid, nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("told_at", sa.TIMESTAMP(timezone=True)),
    )
    op.create_index("ix_case_group_head_id", "case_group", ["head_id"])


def downgrade() -> None:
    op.drop_table("case_group")
