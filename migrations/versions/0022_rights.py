"""Closing an account with its receipt, requests for correction, and the short-lived right of a session."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"

INSTANT = sa.TIMESTAMP(timezone=True)
LIVING = sa.text("cancelled_at IS NULL AND erased_at IS NULL")


def upgrade() -> None:
    op.add_column("login_session", sa.Column("stepped_up_until", INSTANT))
    op.create_table(
        "account_closing",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("closes_at", INSTANT, nullable=False),
        sa.Column("cancelled_at", INSTANT),
        sa.Column("erased_at", INSTANT),
        sa.Column("receipt", JSONB),
        sa.PrimaryKeyConstraint("id", name="pk_account_closing"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name="fk_account_closing_worker_id"),
        sa.CheckConstraint("cause IN ('worker', 'wechat')", name="ck_account_closing_closingcause"),
        sa.CheckConstraint("(erased_at IS NULL) = (receipt IS NULL)", name="ck_account_closing_receipt"),
    )
    op.create_index(
        "uq_account_closing_worker_id_living", "account_closing", ["worker_id"], unique=True, postgresql_where=LIVING
    )
    op.create_index("ix_account_closing_closes_at_living", "account_closing", ["closes_at"], postgresql_where=LIVING)
    op.create_table(
        "correction_request",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("text", sa.LargeBinary),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.Column("decided_by", sa.Text),
        sa.Column("answer", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_correction_request"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name="fk_correction_request_worker_id"),
        sa.CheckConstraint("state IN ('open', 'done', 'refused')", name="ck_correction_request_correctionstate"),
    )
    op.create_index("ix_correction_request_worker_id", "correction_request", ["worker_id"])
    op.create_index(
        "uq_correction_request_worker_id_open",
        "correction_request",
        ["worker_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("correction_request")
    op.drop_table("account_closing")
    op.drop_column("login_session", "stepped_up_until")
