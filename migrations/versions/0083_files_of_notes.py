"""Files that staff keep with a note, for each other: as little for the worker as the note."""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"


def upgrade() -> None:
    op.add_column("attachment", sa.Column("note_id", sa.Uuid()))


def downgrade() -> None:
    op.drop_column("attachment", "note_id")
