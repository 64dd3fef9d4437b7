"""Cases: service versions, cases, their timeline, messages, earlier answers, ratings, wrong secrets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"

INSTANT = sa.TIMESTAMP(timezone=True)
APPEND_ONLY = ("service_version", "case_event")


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("case_number")))
    op.create_table(
        "service_version",
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("service", "version", name="pk_service_version"),
    )
    op.create_table(
        "service_case",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("no", sa.Text, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("service_version", sa.Integer, nullable=False),
        sa.Column("worker_id", sa.Uuid),
        sa.Column("identity_mode", sa.String(40), nullable=False),
        sa.Column("secret_digest", sa.LargeBinary),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("urgency", sa.String(40), nullable=False),
        sa.Column("answers", sa.LargeBinary, nullable=False),
        sa.Column("place", sa.LargeBinary),
        sa.Column("consents", JSONB, nullable=False),
        sa.Column("spent", JSONB, nullable=False),
        sa.Column("round", sa.SmallInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_service_case"),
        sa.UniqueConstraint("no", name="uq_service_case_no"),
        sa.CheckConstraint("identity_mode IN ('named', 'anonymous')", name="ck_service_case_identitymode"),
        sa.CheckConstraint(
            "phase IN ('draft', 'submitted', 'need_more', 'handling', 'wait_external', 'decided', 'done', 'reopened',"
            " 'withdrawn', 'lapsed')",
            name="ck_service_case_phase",
        ),
        sa.CheckConstraint("urgency IN ('normal', 'urgent')", name="ck_service_case_urgency"),
        sa.CheckConstraint("(identity_mode = 'anonymous') = (worker_id IS NULL)", name="ck_service_case_worker"),
        sa.CheckConstraint(
            "(identity_mode = 'anonymous') = (secret_digest IS NOT NULL)", name="ck_service_case_secret"
        ),
    )
    op.create_index("ix_service_case_worker_id_created_at_id", "service_case", ["worker_id", "created_at", "id"])
    op.create_index("ix_service_case_phase_created_at_id", "service_case", ["phase", "created_at", "id"])
    op.create_table(
        "case_event",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("source", sa.Text),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("staff_no", sa.Text),
        sa.Column("what", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_event"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_event_case_id"),
        sa.UniqueConstraint("case_id", "number", name="uq_case_event_case_id_number"),
        sa.CheckConstraint("actor IN ('worker', 'staff', 'system')", name="ck_case_event_actor"),
        sa.CheckConstraint("(actor = 'staff') = (staff_no IS NOT NULL)", name="ck_case_event_staff_no"),
    )
    op.create_table(
        "case_message",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("author", sa.String(40), nullable=False),
        sa.Column("staff_no", sa.Text),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_message"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_message_case_id"),
        sa.CheckConstraint("author IN ('worker', 'staff')", name="ck_case_message_author"),
        sa.CheckConstraint("(author = 'staff') = (staff_no IS NOT NULL)", name="ck_case_message_staff_no"),
    )
    op.create_index("ix_case_message_case_id_at_id", "case_message", ["case_id", "at", "id"])
    op.create_table(
        "case_revision",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("answers", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_revision"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_revision_case_id"),
        sa.UniqueConstraint("case_id", "number", name="uq_case_revision_case_id_number"),
    )
    op.create_table(
        "case_rating",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("round", sa.SmallInteger, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("solved", sa.Boolean, nullable=False),
        sa.Column("attitude", sa.SmallInteger, nullable=False),
        sa.Column("result", sa.SmallInteger, nullable=False),
        sa.Column("comment", sa.LargeBinary),
        sa.PrimaryKeyConstraint("case_id", "round", name="pk_case_rating"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_rating_case_id"),
        sa.CheckConstraint("attitude BETWEEN 1 AND 5", name="ck_case_rating_attitude"),
        sa.CheckConstraint("result BETWEEN 1 AND 5", name="ck_case_rating_result"),
    )
    op.create_table(
        "case_secret_tries",
        sa.Column("no", sa.Text, nullable=False),
        sa.Column("tries", sa.SmallInteger, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("no", name="pk_case_secret_tries"),
    )
    op.create_index("ix_case_secret_tries_since", "case_secret_tries", ["since"])
    # For the job that ends what nobody supplemented or objected to in time.
    op.create_index(
        "ix_clock_due_at", "clock", ["due_at"], postgresql_where=sa.text("stopped_at IS NULL AND paused_at IS NULL")
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_index("ix_clock_due_at", "clock")
    for table in (
        "case_secret_tries",
        "case_rating",
        "case_revision",
        "case_message",
        "case_event",
        "service_case",
        "service_version",
    ):
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("case_number")))
