"""Recordings and films beside pictures and documents, and how long they last."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

CHECK = "ck_attachment_mediatype"
BEFORE = ("image/jpeg", "image/png", "application/pdf")
NEW = (
    "audio/mpeg",
    "audio/mp4",
    "audio/aac",
    "audio/amr",
    "audio/wav",
    "audio/ogg",
    "audio/webm",
    "video/mp4",
    "video/webm",
)


def upgrade() -> None:
    op.add_column("attachment", sa.Column("seconds", sa.SmallInteger))
    _allow(*BEFORE, *NEW)


def downgrade() -> None:
    """Recordings are forgotten; their files are swept away as what no row names."""
    op.execute(f"DELETE FROM attachment WHERE media_type IN {NEW}")
    _allow(*BEFORE)
    op.drop_column("attachment", "seconds")


def _allow(*kinds: str) -> None:
    op.drop_constraint(CHECK, "attachment", type_="check")
    op.create_check_constraint(CHECK, "attachment", f"media_type IN {kinds}")
