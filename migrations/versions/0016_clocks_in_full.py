"""Clocks that count back from an event, ring alarms, are extended once, recomputed and annulled with a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

INSTANT = sa.TIMESTAMP(timezone=True)
OLD_BASES = ("calendar_days", "working_days", "hours", "years")
BASES = (*OLD_BASES, "plain_days", "working_hours", "day_hours")
PROMISED = (
    "id, owner_kind, owner_id, key, name, deadline, rule_version, basis, amount, pausable, started_at,"
    " original_due_at, created_at"
)
NEWLY_PROMISED = f"{PROMISED}, event_at, owed_by, extension, alarms"


def upgrade() -> None:
    _replace_check("basis", f"basis IN {BASES!r}")
    op.add_column("clock", sa.Column("event_at", INSTANT))
    op.add_column("clock", sa.Column("owed_by", sa.String(40), server_default="union", nullable=False))
    op.add_column("clock", sa.Column("extension", sa.Integer, server_default="0", nullable=False))
    op.add_column("clock", sa.Column("extended", sa.Integer, server_default="0", nullable=False))
    op.add_column("clock", sa.Column("alarms", sa.Text, server_default="", nullable=False))
    op.add_column("clock", sa.Column("alarm_at", INSTANT))
    # What runs already rings when it runs out; what has stopped stays as it is.
    op.execute("UPDATE clock SET alarms = '100%', alarm_at = due_at WHERE stopped_at IS NULL")
    op.execute(
        "UPDATE clock SET owed_by = 'worker', alarms = '', alarm_at = NULL"
        " WHERE stopped_at IS NULL AND deadline IN ('NEED_MORE', 'CONFIRM')"
    )
    for column in ("owed_by", "extension", "extended", "alarms"):
        op.alter_column("clock", column, server_default=None)
    _replace_check("amount", "amount >= 1 OR (amount = 0 AND event_at IS NOT NULL)")
    op.create_check_constraint("extended", "clock", "extended BETWEEN 0 AND extension")
    op.create_check_constraint("owedby", "clock", "owed_by IN ('union', 'worker', 'outside')")
    op.create_index(
        "ix_clock_alarm_at_id",
        "clock",
        ["alarm_at", "id"],
        postgresql_where=sa.text("stopped_at IS NULL AND paused_at IS NULL AND alarm_at IS NOT NULL"),
    )
    op.create_index(
        "ix_clock_id_provisional", "clock", ["id"], postgresql_where=sa.text("stopped_at IS NULL AND provisional")
    )
    op.create_table(
        "clock_change",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("clock_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("due_before", INSTANT, nullable=False),
        sa.Column("due_after", INSTANT, nullable=False),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("asked_by", sa.Text),
        sa.Column("approved_by", sa.Text),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clock_change"),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name="fk_clock_change_clock_id"),
        sa.CheckConstraint("kind IN ('extension', 'recomputation', 'annulment')", name="ck_clock_change_changekind"),
        sa.CheckConstraint("(kind = 'recomputation') = (asked_by IS NULL)", name="ck_clock_change_asked_by"),
        sa.CheckConstraint("(asked_by IS NULL) = (approved_by IS NULL)", name="ck_clock_change_approved_by"),
        sa.CheckConstraint("asked_by <> approved_by", name="ck_clock_change_two_persons"),
    )
    op.create_index("ix_clock_change_clock_id", "clock_change", ["clock_id"])
    op.create_index(
        "uq_clock_change_once",
        "clock_change",
        ["clock_id", "kind"],
        unique=True,
        postgresql_where=sa.text("kind IN ('extension', 'annulment')"),
    )
    op.execute(
        "CREATE TRIGGER clock_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON clock_change"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    _keep_promise(NEWLY_PROMISED)


def downgrade() -> None:
    op.drop_table("clock_change")
    _keep_promise(PROMISED)
    op.drop_index("ix_clock_id_provisional", "clock")
    op.drop_index("ix_clock_alarm_at_id", "clock")
    op.execute("ALTER TABLE clock DROP CONSTRAINT ck_clock_ck_clock_amount")
    for column in ("alarm_at", "alarms", "extended", "extension", "owed_by", "event_at"):
        op.drop_column("clock", column)
    # Rows of a kind that was not known before stay; only new ones are checked.
    for name, condition in (("amount", "amount >= 1"), ("basis", f"basis IN {OLD_BASES!r}")):
        op.execute(f"ALTER TABLE clock DROP CONSTRAINT IF EXISTS ck_clock_ck_clock_{name}")
        op.execute(f"ALTER TABLE clock ADD CONSTRAINT ck_clock_ck_clock_{name} CHECK ({condition}) NOT VALID")


def _replace_check(name: str, condition: str) -> None:
    # The convention for names was applied to names that followed it already.
    op.execute(f"ALTER TABLE clock DROP CONSTRAINT ck_clock_ck_clock_{name}")
    op.execute(f"ALTER TABLE clock ADD CONSTRAINT ck_clock_ck_clock_{name} CHECK ({condition})")


def _keep_promise(columns: str) -> None:
    old, new = (", ".join(f"{row}.{column.strip()}" for column in columns.split(",")) for row in ("OLD", "NEW"))
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION keep_promise() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'a clock is never deleted' USING ERRCODE = 'insufficient_privilege';
            END IF;
            IF OLD.stopped_at IS NOT NULL OR (({new}) IS DISTINCT FROM ({old})) THEN
                RAISE EXCEPTION 'what a clock promised stays' USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NEW;
        END $$
        """
    )
