"""Notices on their way out of the app: by WeChat, by SMS, or by a person who calls."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def _one_of(name: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{name} IN ({listed})", name=f"ck_notice_delivery_{CHECKS[name]}")


CHECKS = {"state": "deliverystate", "way": "way", "failure": "failure"}


def upgrade() -> None:
    op.create_table(
        "notice_delivery",
        sa.Column("notice_id", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("tries", sa.SmallInteger, nullable=False),
        sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("template_id", sa.Text),
        sa.Column("message_id", sa.Text),
        sa.Column("failure", sa.String(40)),
        sa.Column("called_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("called_by", sa.Text),
        sa.PrimaryKeyConstraint("notice_id", name="pk_notice_delivery"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_delivery_notice_id", ondelete="CASCADE"),
        _one_of("state", "waiting", "sending", "sent", "unknown", "undelivered", "not_needed"),
        _one_of("way", "wechat", "sms"),
        _one_of("failure", "no_way", "refused", "malformed", "gave_up"),
    )
    op.create_index("ix_notice_delivery_worker_id", "notice_delivery", ["worker_id"])
    op.create_index("ix_notice_delivery_message_id", "notice_delivery", ["message_id"])
    op.create_index(
        "ix_notice_delivery_open",
        "notice_delivery",
        ["due_at"],
        postgresql_where=sa.text("state IN ('waiting', 'sending', 'unknown')"),
    )
    op.create_index(
        "ix_notice_delivery_to_call",
        "notice_delivery",
        ["kind"],
        postgresql_where=sa.text("state IN ('undelivered', 'unknown') AND called_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("notice_delivery")
