"""Why a role was not given."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.add_column("role_grant", sa.Column("refusal", sa.Text))


def downgrade() -> None:
    op.drop_column("role_grant", "refusal")
