"""Pools of seats and the claims on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "seat_pool",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("scope_id", sa.Uuid, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("taken", sa.Integer, server_default="0", nullable=False),
        sa.Column("waiting_enabled", sa.Boolean, nullable=False),
        sa.Column("closed", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("last_no", sa.Integer, server_default="0", nullable=False),
        sa.Column("free_nos", postgresql.ARRAY(sa.Integer), server_default="{}", nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seat_pool"),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name="ck_seat_pool_taken_within_capacity"),
        sa.CheckConstraint("owner IN ('activity')", name="ck_seat_pool_ownerkind"),
    )
    # Room on the page for the next versions of a row that a rush updates hundreds of times a second.
    op.execute("ALTER TABLE seat_pool SET (fillfactor = 50)")
    op.create_index("ix_seat_pool_scope_id", "seat_pool", ["scope_id"])

    op.create_table(
        "seat_claim",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("pool_id", sa.Uuid, nullable=False),
        sa.Column("scope_id", sa.Uuid, nullable=False),
        sa.Column("holder_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("priority", sa.SmallInteger, server_default="0", nullable=False),
        sa.Column("queued_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("seat_no", sa.Integer),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seat_claim"),
        sa.ForeignKeyConstraint(["pool_id"], ["seat_pool.id"], name="fk_seat_claim_pool_id"),
        sa.CheckConstraint("state IN ('signed', 'waiting', 'cancelled')", name="ck_seat_claim_claimstate"),
        sa.CheckConstraint("state <> 'signed' OR seat_no IS NOT NULL", name="ck_seat_claim_signed_has_a_number"),
        sa.CheckConstraint("state <> 'waiting' OR queued_at IS NOT NULL", name="ck_seat_claim_waiting_has_a_time"),
    )
    op.create_index(
        "uq_seat_claim_living",
        "seat_claim",
        ["scope_id", "holder_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('signed', 'waiting')"),
    )
    op.create_index(
        "uq_seat_claim_seat_no",
        "seat_claim",
        ["pool_id", "seat_no"],
        unique=True,
        postgresql_where=sa.text("state = 'signed'"),
    )
    op.create_index(
        "ix_seat_claim_waiting",
        "seat_claim",
        ["pool_id", "priority", "queued_at", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_seat_claim_holder_id", "seat_claim", ["holder_id", "id"])


def downgrade() -> None:
    op.drop_table("seat_claim")
    op.drop_table("seat_pool")
