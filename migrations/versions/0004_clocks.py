"""Clocks and their pauses. What was promised can be neither changed nor deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "clock",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("owner_kind", sa.String(40), nullable=False),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("deadline", sa.Text, nullable=False),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("basis", sa.String(40), nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("pausable", sa.Boolean, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("original_due_at", INSTANT, nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("paused_at", INSTANT),
        sa.Column("paused_amount", sa.Integer, nullable=False),
        sa.Column("stopped_at", INSTANT),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clock"),
        sa.CheckConstraint("owner_kind IN ('case')", name="ck_clock_ownerkind"),
        sa.CheckConstraint("basis IN ('calendar_days', 'working_days', 'hours', 'years')", name="ck_clock_basis"),
        sa.CheckConstraint("amount >= 1", name="ck_clock_amount"),
        sa.CheckConstraint("paused_amount >= 0", name="ck_clock_paused_amount"),
        sa.CheckConstraint("paused_at IS NULL OR (pausable AND stopped_at IS NULL)", name="ck_clock_paused"),
    )
    op.create_index("ix_clock_owner", "clock", ["owner_kind", "owner_id"])
    op.create_index(
        "uq_clock_running",
        "clock",
        ["owner_kind", "owner_id", "key"],
        unique=True,
        postgresql_where=sa.text("stopped_at IS NULL"),
    )
    op.create_table(
        "clock_pause",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("clock_id", sa.Uuid, nullable=False),
        sa.Column("paused_at", INSTANT, nullable=False),
        sa.Column("resumed_at", INSTANT, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clock_pause"),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name="fk_clock_pause_clock_id"),
        sa.CheckConstraint("resumed_at >= paused_at", name="ck_clock_pause_order"),
    )
    op.create_index("ix_clock_pause_clock_id", "clock_pause", ["clock_id"])
    op.execute(
        """
        CREATE FUNCTION keep_promise() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'a clock is never deleted' USING ERRCODE = 'insufficient_privilege';
            END IF;
            IF OLD.stopped_at IS NOT NULL OR (
                (NEW.id, NEW.owner_kind, NEW.owner_id, NEW.key, NEW.name, NEW.deadline, NEW.rule_version, NEW.basis,
                 NEW.amount, NEW.pausable, NEW.started_at, NEW.original_due_at, NEW.created_at)
                IS DISTINCT FROM
                (OLD.id, OLD.owner_kind, OLD.owner_id, OLD.key, OLD.name, OLD.deadline, OLD.rule_version, OLD.basis,
                 OLD.amount, OLD.pausable, OLD.started_at, OLD.original_due_at, OLD.created_at)
            ) THEN
                RAISE EXCEPTION 'what a clock promised stays' USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER clock_keeps_promise BEFORE UPDATE OR DELETE ON clock"
        " FOR EACH ROW EXECUTE FUNCTION keep_promise()"
    )
    op.execute(
        "CREATE TRIGGER clock_pause_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON clock_pause"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("clock_pause")
    op.drop_table("clock")
    op.execute("DROP FUNCTION keep_promise()")
