"""What came of ringing up whom no message reached, and of dates of cases that nobody has an account for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0049"
down_revision = "0048"

OUTCOMES = ("told", "missed", "wrong_number")


def upgrade() -> None:
    moment = sa.TIMESTAMP(timezone=True)
    op.add_column("notice_delivery", sa.Column("missed_calls", ARRAY(moment), nullable=False, server_default="{}"))
    for table in ("notice_delivery", "case_date_reminder"):
        if table == "case_date_reminder":
            op.add_column(table, sa.Column("sms_at", moment))
            op.add_column(table, sa.Column("called_at", moment))
            op.add_column(table, sa.Column("called_by", sa.Text))
        op.add_column(table, sa.Column("outcome", sa.String(40)))
        op.create_check_constraint(f"ck_{table}_calloutcome", table, f"outcome IN {OUTCOMES}")
    op.execute("UPDATE notice_delivery SET outcome = 'told' WHERE called_at IS NOT NULL")
    # Code of before that still runs notes a call without what came of it.
    op.create_check_constraint(
        "ck_notice_delivery_outcome", "notice_delivery", "outcome IS NULL OR called_at IS NOT NULL"
    )
    op.create_check_constraint(
        "ck_case_date_reminder_outcome", "case_date_reminder", "(called_at IS NULL) = (outcome IS NULL)"
    )


def downgrade() -> None:
    for table, columns in {
        "notice_delivery": ("outcome", "missed_calls"),
        "case_date_reminder": ("outcome", "called_by", "called_at", "sms_at"),
    }.items():
        op.drop_constraint(f"ck_{table}_outcome", table, type_="check")
        for column in columns:
            op.drop_column(table, column)
