"""The files of a talk are found without reading those of everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"

NAME = "ix_attachment_talk_id"


def upgrade() -> None:
    """While it is built files are stored as ever; what a failure left of it is no index and goes first."""
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.create_index(
            NAME,
            "attachment",
            ["talk_id"],
            postgresql_where=sa.text("talk_id IS NOT NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index(NAME, "attachment")
