"""Whoever said nothing of how it went is rung up; that nothing was heard is kept too."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from server.core.migrating import add_check

revision = "0058"
down_revision = "0057"

TABLE = "case_rating_question"


def upgrade() -> None:
    moment = sa.TIMESTAMP(timezone=True)
    for column in (
        sa.Column("missed_calls", ARRAY(moment), nullable=False, server_default="{}"),
        sa.Column("unheard_at", moment),
        sa.Column("unheard", sa.String(40)),
    ):
        op.add_column(TABLE, column, if_not_exists=True)
    add_check(TABLE, f"ck_{TABLE}_unheard", "unheard IN ('missed', 'wrong_number', 'declined')")
    add_check(TABLE, f"ck_{TABLE}_unheard_at", "(unheard_at IS NULL) = (unheard IS NULL)")
    op.create_index(f"ix_{TABLE}_unheard_at", TABLE, ["unheard_at"])


def downgrade() -> None:
    op.drop_constraint(op.f(f"ck_{TABLE}_unheard_at"), TABLE, type_="check")
    for column in ("unheard", "unheard_at", "missed_calls"):
        op.drop_column(TABLE, column)
