"""Other hours for a whole street, and who decided on them."""

import sqlalchemy as sa
from alembic import op

from server.core.migrating import add_check

revision = "0064"
down_revision = "0063"

NAME = "ck_station_override_one_scope"


def upgrade() -> None:
    for column in (sa.Column("street_code", sa.Text), sa.Column("decided_by", sa.Text)):
        op.add_column("station_override", column, if_not_exists=True)
    add_check("station_override", NAME, "num_nonnulls(station_id, street_code, district_code) = 1")


def downgrade() -> None:
    # A district is too much for what was said of a street, and nothing else is left to name.
    op.execute("DELETE FROM station_override WHERE street_code IS NOT NULL")
    op.drop_constraint(op.f(NAME), "station_override", type_="check")
    op.create_check_constraint(op.f(NAME), "station_override", "num_nonnulls(station_id, district_code) = 1")
    op.drop_column("station_override", "decided_by")
    op.drop_column("station_override", "street_code")
