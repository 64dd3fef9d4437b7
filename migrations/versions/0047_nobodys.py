"""An index of the cases that nobody has in hand: a street that has none of them is told so at once."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.create_index(
        "ix_service_case_nobodys",
        "service_case",
        ["service"],
        postgresql_where=sa.text(
            "handler_no IS NULL AND lead_id IS NULL AND phase NOT IN ('done', 'withdrawn', 'lapsed')"
        ),
    )


def downgrade() -> None:
    op.drop_index("ix_service_case_nobodys", "service_case")
