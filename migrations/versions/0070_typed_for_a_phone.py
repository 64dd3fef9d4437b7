"""Whether something is under way for a phone is found by the phone, not by all that was ever typed for somebody."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"

NAME = "ix_case_proxy_phone_hmac"
TABLE = "case_proxy"


def upgrade() -> None:
    """While it is built everything goes on; what a failure left of it is no index and goes first."""
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        left = sa.text("phone_hmac IS NOT NULL")
        op.create_index(NAME, TABLE, ["phone_hmac"], postgresql_where=left, postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
