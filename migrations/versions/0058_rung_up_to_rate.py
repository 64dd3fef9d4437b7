"""Whoever said nothing of how it went is rung up; that nothing was heard is kept too."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0058"
down_revision = "0057"

TABLE = "case_rating_question"


def upgrade() -> None:
    moment = sa.TIMESTAMP(timezone=True)
    op.add_column(TABLE, sa.Column("missed_calls", ARRAY(moment), nullable=False, server_default="{}"))
    op.add_column(TABLE, sa.Column("unheard_at", moment))
    op.add_column(TABLE, sa.Column("unheard", sa.String(40)))
    op.create_check_constraint(f"ck_{TABLE}_unheard", TABLE, "unheard IN ('missed', 'wrong_number', 'declined')")
    op.create_check_constraint(f"ck_{TABLE}_unheard_at", TABLE, "(unheard_at IS NULL) = (unheard IS NULL)")
    op.create_index(f"ix_{TABLE}_unheard_at", TABLE, ["unheard_at"])


def downgrade() -> None:
    op.drop_constraint(f"ck_{TABLE}_unheard_at", TABLE, type_="check")
    for column in ("unheard", "unheard_at", "missed_calls"):
        op.drop_column(TABLE, column)
