"""What steps do beyond their flow: calls that were made, what is published for a time, money granted and paid."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "case_call",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("staff_no", sa.Text, nullable=False),
        sa.Column("reached", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_call"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_call_case_id"),
    )
    op.create_index("ix_case_call_case_id_at", "case_call", ["case_id", "at"])
    op.create_table(
        "case_publication",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("name_masked", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_publication"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_publication_case_id"),
        sa.CheckConstraint("until > since", name="period"),
    )
    op.create_index("ix_case_publication_until", "case_publication", ["until"])
    op.create_index("ix_case_publication_case_id", "case_publication", ["case_id"])
    op.create_table(
        "case_payment",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("granted_by", sa.Text, nullable=False),
        sa.Column("paid_at", INSTANT),
        sa.Column("prepared_by", sa.Text),
        sa.Column("confirmed_by", sa.Text),
        sa.Column("cancelled_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_case_payment"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_payment_case_id"),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("asked_by <> granted_by", name="granted_by_two"),
        sa.CheckConstraint("prepared_by <> confirmed_by", name="paid_by_two"),
        sa.CheckConstraint("(paid_at IS NULL) = (prepared_by IS NULL)", name="prepared"),
        sa.CheckConstraint("(paid_at IS NULL) = (confirmed_by IS NULL)", name="confirmed"),
        sa.CheckConstraint("paid_at IS NULL OR cancelled_at IS NULL", name="ended"),
    )
    op.create_index("ix_case_payment_case_id", "case_payment", ["case_id"])
    op.create_index(
        "uq_case_payment_owed",
        "case_payment",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("paid_at IS NULL AND cancelled_at IS NULL"),
    )


def downgrade() -> None:
    for table in ("case_payment", "case_publication", "case_call"):
        op.drop_table(table)
