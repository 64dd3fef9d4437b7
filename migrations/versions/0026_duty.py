"""The duty roster, absences, and the inbox of the staff."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "staff_duty",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("union_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date),
        sa.Column("phone", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_staff_duty"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_account.id"], name="fk_staff_duty_staff_id"),
        sa.ForeignKeyConstraint(["union_id"], ["trade_union.id"], name="fk_staff_duty_union_id"),
        sa.CheckConstraint("kind IN ('desk', 'chair', 'head')", name="dutykind"),
        sa.CheckConstraint("last_day >= first_day", name="days"),
    )
    op.create_index("ix_staff_duty_staff_id", "staff_duty", ["staff_id"])
    op.create_index("ix_staff_duty_union_id", "staff_duty", ["union_id"])
    op.create_table(
        "staff_absence",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("delegate_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="pk_staff_absence"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_account.id"], name="fk_staff_absence_staff_id"),
        sa.ForeignKeyConstraint(["delegate_id"], ["staff_account.id"], name="fk_staff_absence_delegate_id"),
        sa.CheckConstraint("last_day >= first_day", name="days"),
        sa.CheckConstraint("delegate_id <> staff_id", name="delegate"),
    )
    op.create_index("ix_staff_absence_staff_id", "staff_absence", ["staff_id"])
    op.create_table(
        "staff_notice",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("staff_no", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT),
        sa.Column("sms_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_staff_notice"),
    )
    op.create_index("ix_staff_notice_staff_no_created_at_id", "staff_notice", ["staff_no", "created_at", "id"])
    op.create_index(
        "ix_staff_notice_nobody",
        "staff_notice",
        ["id"],
        postgresql_where=sa.text("staff_no IS NULL AND read_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("staff_notice")
    op.drop_table("staff_absence")
    op.drop_table("staff_duty")
