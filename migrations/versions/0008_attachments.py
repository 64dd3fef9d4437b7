"""Attachments."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("owner_worker_id", sa.Uuid),
        sa.Column("claim_hash", sa.LargeBinary),
        sa.Column("case_id", sa.Uuid),
        sa.Column("message_id", sa.Uuid),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("storage_key", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("claimed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.UniqueConstraint("storage_key", name="uq_attachment_storage_key"),
        sa.CheckConstraint(
            "case_id IS NOT NULL OR (owner_worker_id IS NULL) <> (claim_hash IS NULL)",
            name="ck_attachment_belongs_to_somebody",
        ),
        sa.CheckConstraint("(case_id IS NULL) = (claimed_at IS NULL)", name="ck_attachment_claimed"),
        sa.CheckConstraint(
            "media_type IN ('image/jpeg', 'image/png', 'application/pdf')",
            name="ck_attachment_mediatype",
        ),
    )
    op.create_index("ix_attachment_case_id", "attachment", ["case_id"])
    op.create_index("ix_attachment_owner", "attachment", ["owner_worker_id", "created_at"])
    op.create_index(
        "ix_attachment_unclaimed", "attachment", ["created_at"], postgresql_where=sa.text("case_id IS NULL")
    )


def downgrade() -> None:
    op.drop_table("attachment")
