"""What stands on the paper of somebody for whom a case was typed, while a second person looks at it."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"


def upgrade() -> None:
    op.add_column("case_proxy", sa.Column("paper", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("case_proxy", "paper")
