"""Indexes by which the desk's report finds the promises and the answers of a month."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.create_index("ix_clock_key_due_at", "clock", ["key", "due_at"], postgresql_where=sa.text("owner_kind = 'case'"))
    op.create_index("ix_case_rating_question_answered_at", "case_rating_question", ["answered_at"])


def downgrade() -> None:
    op.drop_index("ix_case_rating_question_answered_at", table_name="case_rating_question")
    op.drop_index("ix_clock_key_due_at", table_name="clock")
