"""Files in the talk of a worker and whoever has their case."""

import sqlalchemy as sa
from alembic import op

from server.core.migrating import add_check

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    op.add_column("attachment", sa.Column("talk_id", sa.Uuid), if_not_exists=True)
    add_check("attachment", "ck_attachment_talk", "talk_id IS NULL OR (case_id IS NOT NULL AND message_id IS NULL)")


def downgrade() -> None:
    # Nobody could tell any more who may see them; the files follow their rows in the next night.
    op.execute("DELETE FROM attachment WHERE talk_id IS NOT NULL")
    op.drop_constraint(op.f("ck_attachment_talk"), "attachment", type_="check")
    op.drop_column("attachment", "talk_id")
