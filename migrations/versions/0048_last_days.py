"""That workers were told of a date so many days before it."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    op.create_table(
        "case_date_reminder",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("days", sa.SmallInteger, nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "key", "days", name="pk_case_date_reminder"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_date_reminder_case_id"),
    )


def downgrade() -> None:
    op.drop_table("case_date_reminder")
