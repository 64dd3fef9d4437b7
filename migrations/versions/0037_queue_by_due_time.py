"""No index of cases by phase: the queue goes by what is due first, and the planner took it for a short cut."""

from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.drop_index("ix_service_case_phase_created_at_id", table_name="service_case")


def downgrade() -> None:
    op.create_index("ix_service_case_phase_created_at_id", "service_case", ["phase", "created_at", "id"])
