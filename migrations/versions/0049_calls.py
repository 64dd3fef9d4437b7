"""What came of ringing up whom no message reached, and of dates of cases that nobody has an account for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from server.core.migrating import add_check, update_in_batches

revision = "0049"
down_revision = "0048"

OUTCOMES = ("told", "missed", "wrong_number")


def upgrade() -> None:
    moment = sa.TIMESTAMP(timezone=True)
    missed = sa.Column("missed_calls", ARRAY(moment), nullable=False, server_default="{}")
    op.add_column("notice_delivery", missed, if_not_exists=True)
    for column in (sa.Column("sms_at", moment), sa.Column("called_at", moment), sa.Column("called_by", sa.Text)):
        op.add_column("case_date_reminder", column, if_not_exists=True)
    for table in ("notice_delivery", "case_date_reminder"):
        op.add_column(table, sa.Column("outcome", sa.String(40)), if_not_exists=True)
    for table in ("notice_delivery", "case_date_reminder"):
        add_check(table, f"ck_{table}_calloutcome", f"outcome IN {OUTCOMES}")
    update_in_batches("notice_delivery", key="notice_id", change="outcome = 'told'", where="called_at IS NOT NULL")
    # Code of before that still runs notes a call without what came of it.
    add_check("notice_delivery", "ck_notice_delivery_outcome", "outcome IS NULL OR called_at IS NOT NULL")
    add_check("case_date_reminder", "ck_case_date_reminder_outcome", "(called_at IS NULL) = (outcome IS NULL)")


def downgrade() -> None:
    for table, columns in {
        "notice_delivery": ("outcome", "missed_calls"),
        "case_date_reminder": ("outcome", "called_by", "called_at", "sms_at"),
    }.items():
        op.drop_constraint(op.f(f"ck_{table}_outcome"), table, type_="check")
        for column in columns:
            op.drop_column(table, column)
