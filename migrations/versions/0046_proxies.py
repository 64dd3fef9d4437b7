"""Who typed a case for whom."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "case_proxy",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("staff_no", sa.Text),
        sa.Column("station_code", sa.Text),
        sa.Column("name", sa.LargeBinary),
        sa.Column("phone", sa.LargeBinary),
        sa.Column("phone_hmac", sa.LargeBinary),
        sa.Column("receipt_at", INSTANT),
        sa.Column("claimed_at", INSTANT),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_proxy"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_proxy_case_id"),
        sa.CheckConstraint("(staff_no IS NULL) <> (station_code IS NULL)", name="typed_by_one"),
    )
    op.create_index(
        "ix_case_proxy_station_code_at",
        "case_proxy",
        ["station_code", "at"],
        postgresql_where=sa.text("station_code IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("case_proxy")
