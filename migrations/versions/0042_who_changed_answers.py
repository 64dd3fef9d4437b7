"""Who of the staff changed the answers of a case, so that whoever was slower is told."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.add_column("case_revision", sa.Column("staff_no", sa.Text()))


def downgrade() -> None:
    op.drop_column("case_revision", "staff_no")
