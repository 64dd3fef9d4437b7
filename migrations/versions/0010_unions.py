"""The union tree and its members."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "trade_union",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("parent_id", sa.Uuid),
        sa.Column("area_code", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trade_union"),
        sa.UniqueConstraint("code", name="uq_trade_union_code"),
        sa.ForeignKeyConstraint(["parent_id"], ["trade_union.id"], name="fk_trade_union_parent_id"),
        sa.CheckConstraint(
            "kind IN ('city', 'district', 'street', 'federation', 'unit')", name="ck_trade_union_unionkind"
        ),
    )
    op.create_index("ix_trade_union_parent_id", "trade_union", ["parent_id"])
    op.execute("CREATE SEQUENCE member_number_seq")
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("union_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name="fk_membership_worker_id"),
        sa.ForeignKeyConstraint(["union_id"], ["trade_union.id"], name="fk_membership_union_id"),
        sa.UniqueConstraint("worker_id", name="uq_membership_worker_id"),
        sa.UniqueConstraint("number", name="uq_membership_number"),
        sa.CheckConstraint("state IN ('active')", name="ck_membership_membershipstate"),
    )
    op.create_index("ix_membership_union_id", "membership", ["union_id"])


def downgrade() -> None:
    op.drop_table("membership")
    op.execute("DROP SEQUENCE member_number_seq")
    op.drop_table("trade_union")
