"""An index by which a joiner's name is looked for on the rosters."""

from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_index("ix_roster_entry_name_hmac", "roster_entry", ["name_hmac"])


def downgrade() -> None:
    op.drop_index("ix_roster_entry_name_hmac", table_name="roster_entry")
