"""Pushes of WeChat that had their effect, and when a worker switched a template off in WeChat."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "wechat_push",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("digest", name="pk_wechat_push"),
    )
    op.create_index("ix_wechat_push_received_at", "wechat_push", ["received_at"])
    op.add_column("subscription_grant", sa.Column("switched_off_at", sa.TIMESTAMP(timezone=True)))


def downgrade() -> None:
    op.drop_column("subscription_grant", "switched_off_at")
    op.drop_table("wechat_push")
