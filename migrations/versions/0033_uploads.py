"""Files that come in parts, and can go on after a broken connection."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("owner_worker_id", sa.Uuid),
        sa.Column("claim_hash", sa.LargeBinary),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("attachment_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.CheckConstraint("(owner_worker_id IS NULL) <> (claim_hash IS NULL)", name="ck_upload_belongs_to_somebody"),
    )
    op.create_index("ix_upload_created_at", "upload", ["created_at"])
    op.create_index("ix_upload_owner_worker_id", "upload", ["owner_worker_id"])
    op.create_table(
        "upload_part",
        sa.Column("upload_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("storage_key", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "number", name="pk_upload_part"),
        sa.UniqueConstraint("storage_key", name="uq_upload_part_storage_key"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_upload_part_upload_id", ondelete="CASCADE"),
    )


def downgrade() -> None:
    """What was on its way is sent anew; its files are swept away."""
    op.drop_table("upload_part")
    op.drop_table("upload")
