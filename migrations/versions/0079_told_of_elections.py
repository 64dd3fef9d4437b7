"""Of which day those who keep a union were reminded that its officers have to be elected."""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"


def upgrade() -> None:
    op.add_column("trade_union", sa.Column("term_told", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("trade_union", "term_told")
