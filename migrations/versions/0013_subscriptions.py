"""How many messages of each template a worker allows WeChat to deliver."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "subscription_grant",
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("template_id", sa.Text, nullable=False),
        sa.Column("remaining", sa.Integer, nullable=False),
        sa.Column("answer", sa.String(40), nullable=False),
        sa.Column("answered_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", "template_id", name="pk_subscription_grant"),
        sa.CheckConstraint("remaining >= 0", name="ck_subscription_grant_remaining_not_negative"),
        sa.CheckConstraint("answer IN ('accept', 'reject')", name="ck_subscription_grant_subscriptionanswer"),
    )


def downgrade() -> None:
    op.drop_table("subscription_grant")
