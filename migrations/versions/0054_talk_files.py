"""Files in the talk of a worker and whoever has their case."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    op.add_column("attachment", sa.Column("talk_id", sa.Uuid))
    op.create_check_constraint(
        "ck_attachment_talk", "attachment", "talk_id IS NULL OR (case_id IS NOT NULL AND message_id IS NULL)"
    )


def downgrade() -> None:
    # Nobody could tell any more who may see them; the files follow their rows in the next night.
    op.execute("DELETE FROM attachment WHERE talk_id IS NOT NULL")
    op.drop_constraint("ck_attachment_talk", "attachment", type_="check")
    op.drop_column("attachment", "talk_id")
