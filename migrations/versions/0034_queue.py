"""The staff's queue: an index for what somebody has in hand, and filters that they keep."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.create_index(
        "ix_service_case_handler_no_phase",
        "service_case",
        ["handler_no", "phase"],
        postgresql_where=sa.text("handler_no IS NOT NULL"),
    )
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("staff_no", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filter"),
        sa.UniqueConstraint("staff_no", "name", name="uq_saved_filter_staff_no_name"),
    )


def downgrade() -> None:
    op.drop_table("saved_filter")
    op.drop_index("ix_service_case_handler_no_phase", "service_case")
