"""That 12345 says of an order, or is told, that it is not solved after all."""

import sqlalchemy as sa
from alembic import op

from server.core.migrating import add_check

revision = "0052"
down_revision = "0051"

BEFORE = ("order", "taken", "answered", "closed", "returned", "recalled")
COLUMNS = {"case_exchange": "their_state", "case_exchange_message": "word"}


def upgrade() -> None:
    _allow(*BEFORE, "reopened")


def downgrade() -> None:
    """That it is not solved is not told any more; of an order that was taken up again they have answered."""
    op.execute(sa.text("DELETE FROM case_exchange_message WHERE word = 'reopened'"))
    op.execute(sa.text("UPDATE case_exchange SET their_state = 'answered' WHERE their_state = 'reopened'"))
    _allow(*BEFORE)


def _allow(*words: str) -> None:
    for table, column in COLUMNS.items():
        add_check(table, f"ck_{table}_word", f"{column} IN {words}")
