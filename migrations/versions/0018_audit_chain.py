"""The chain over audited acts, purges of what is old, and alarms about unusual reading."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

TABLES = ("audit_event", "audit_link", "audit_segment", "audit_purge")


def upgrade() -> None:
    op.add_column(
        "audit_event",
        sa.Column("xid", sa.BigInteger, server_default=sa.text("pg_current_xact_id()::text::bigint"), nullable=False),
    )
    op.create_index("ix_audit_event_xid", "audit_event", ["xid"])
    op.alter_column("audit_event", "detail", nullable=True)
    op.create_table(
        "audit_segment",
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("horizon", sa.BigInteger, nullable=False),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("first_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_segment"),
    )
    op.create_index("ix_audit_segment_last_at", "audit_segment", ["last_at"])
    op.create_table(
        "audit_link",
        sa.Column("segment", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("event_digest", sa.LargeBinary, nullable=False),
        sa.Column("detail_digest", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("segment", "place", name="pk_audit_link"),
        sa.UniqueConstraint("event_id", name="uq_audit_link_event_id"),
        sa.ForeignKeyConstraint(["segment"], ["audit_segment.number"], name="fk_audit_link_segment"),
    )
    op.create_table(
        "audit_purge",
        sa.Column("segment", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("seal", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("segment", "what", name="pk_audit_purge"),
        sa.ForeignKeyConstraint(["segment"], ["audit_segment.number"], name="fk_audit_purge_segment"),
        sa.CheckConstraint("what IN ('details', 'events')", name="purged"),
    )
    op.create_table(
        "audit_alarm",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("settled_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("settled_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_audit_alarm"),
        sa.CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled"),
    )
    op.execute(
        """
        CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'TRUNCATE' OR coalesce(current_setting('warmbee.audit_purge', true), '') <> 'on' THEN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute("DROP TRIGGER audit_event_append_only ON audit_event")
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()"
        )
    # Runs as its owner, so that the service itself needs no right to delete.
    op.execute(
        """
        CREATE FUNCTION audit_forget(number_ bigint, what_ text) RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        DECLARE
            forgotten integer;
        BEGIN
            IF NOT EXISTS (SELECT FROM audit_purge WHERE segment = number_ AND what = what_) THEN
                RAISE EXCEPTION 'a purge leaves a note first' USING ERRCODE = 'insufficient_privilege';
            END IF;
            PERFORM set_config('warmbee.audit_purge', 'on', true);
            IF what_ = 'events' THEN
                IF EXISTS (
                    SELECT FROM audit_segment WHERE number = number_ AND last_at > now() - interval '185 days'
                ) THEN
                    RAISE EXCEPTION 'records are kept for 185 days' USING ERRCODE = 'insufficient_privilege';
                END IF;
                DELETE FROM audit_event USING audit_link
                    WHERE audit_event.id = audit_link.event_id AND audit_link.segment = number_;
                GET DIAGNOSTICS forgotten = ROW_COUNT;
                DELETE FROM audit_link WHERE segment = number_;
            ELSE
                UPDATE audit_event SET detail = NULL FROM audit_link
                    WHERE audit_event.id = audit_link.event_id AND audit_link.segment = number_;
                GET DIAGNOSTICS forgotten = ROW_COUNT;
            END IF;
            PERFORM set_config('warmbee.audit_purge', 'off', true);
            RETURN forgotten;
        END $$
        """
    )
    op.execute("REVOKE EXECUTE ON FUNCTION audit_forget(bigint, text) FROM PUBLIC")


def downgrade() -> None:
    op.execute("DROP FUNCTION audit_forget(bigint, text)")
    op.drop_table("audit_alarm")
    op.drop_table("audit_purge")
    op.drop_table("audit_link")
    op.drop_table("audit_segment")
    op.execute("DROP TRIGGER audit_event_append_only ON audit_event")
    op.execute("DROP FUNCTION audit_refuse_change()")
    op.execute("UPDATE audit_event SET detail = '{}' WHERE detail IS NULL")
    op.execute(
        "CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.drop_index("ix_audit_event_xid", "audit_event")
    op.drop_column("audit_event", "xid")
    op.alter_column("audit_event", "detail", nullable=False)
