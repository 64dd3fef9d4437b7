"""Who had a case in their hands is paid for it: to whom a payment goes, and to which account."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    op.add_column("case_payment", sa.Column("payee_no", sa.Text))
    op.add_column("case_assignee", sa.Column("account", sa.LargeBinary))


def downgrade() -> None:
    op.drop_column("case_assignee", "account")
    op.drop_column("case_payment", "payee_no")
