"""What is purged when, what is held, and receipts of what is gone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0040"
down_revision = "0039"

INSTANT = sa.TIMESTAMP(timezone=True)
KEPT = {
    "worker": "(identity_mode = 'anonymous') = (worker_id IS NULL)",
    "secret": "(identity_mode = 'anonymous') = (secret_digest IS NOT NULL)",
}
"""Checks on cases that have not been emptied."""


def upgrade() -> None:
    op.create_table(
        "case_retention",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("due_at", INSTANT),
        sa.Column("rules_version", sa.Integer, nullable=False),
        sa.Column("purged", JSONB, nullable=False),
        sa.Column("held_at", INSTANT),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_retention"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_retention_case_id"),
        sa.CheckConstraint("due_at IS NULL OR ended_at IS NOT NULL", name="ended"),
    )
    for column in ("due_at", "rules_version"):
        op.create_index(
            f"ix_case_retention_{column}", "case_retention", [column], postgresql_where=sa.text("due_at IS NOT NULL")
        )
    op.create_table(
        "purge_receipt",
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("retention_class", sa.Text, nullable=False),
        sa.Column("rules_version", sa.Integer, nullable=False),
        sa.Column("cases", sa.Integer, nullable=False),
        sa.Column("answers", sa.Integer, nullable=False),
        sa.Column("texts", sa.Integer, nullable=False),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("seal", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_purge_receipt"),
    )
    op.execute(
        "CREATE TRIGGER purge_receipt_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON purge_receipt"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.add_column("service_case", sa.Column("emptied_at", INSTANT))
    for name in KEPT:
        op.drop_constraint(f"ck_service_case_{name}", "service_case", type_="check")
    for name, kept in KEPT.items():
        op.create_check_constraint(f"ck_service_case_{name}", "service_case", f"emptied_at IS NOT NULL OR {kept}")
    op.execute("DROP TRIGGER clock_change_append_only ON clock_change")
    for name, acts, unless in (
        ("append_only", "DELETE OR TRUNCATE", ""),
        # A purge takes the words out of a reason; who changed what, and when, stays.
        ("kept", "UPDATE", " WHEN (coalesce(current_setting('warmbee.purging', true), '') <> 'on')"),
    ):
        op.execute(
            f"CREATE TRIGGER clock_change_{name} BEFORE {acts} ON clock_change"
            f" FOR EACH STATEMENT{unless} EXECUTE FUNCTION refuse_change()"
        )
    # Cases that have ended already wait for the first night like those that end from now on.
    op.execute(
        """
        INSERT INTO case_retention (case_id, ended_at, due_at, rules_version, purged)
        SELECT ended.id, ended.at, ended.at, 0, '[]' FROM (
            SELECT one.id, (SELECT max(event.at) FROM case_event event WHERE event.case_id = one.id) AS at
            FROM service_case one
            JOIN service_version declared ON declared.service = one.service AND declared.version = one.service_version
            WHERE declared.document #> ARRAY['flow', 'states', one.state, 'final'] = 'true'
        ) ended
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER clock_change_append_only ON clock_change")
    op.execute("DROP TRIGGER clock_change_kept ON clock_change")
    op.execute(
        "CREATE TRIGGER clock_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON clock_change"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    for name in KEPT:
        op.drop_constraint(f"ck_service_case_{name}", "service_case", type_="check")
    # Who asked is gone for good; without the column such a case is an anonymous one that nothing opens.
    op.execute(
        "UPDATE service_case SET identity_mode = 'anonymous', worker_id = NULL, secret_digest = ''"
        " WHERE emptied_at IS NOT NULL"
    )
    op.drop_column("service_case", "emptied_at")
    for name, kept in KEPT.items():
        op.create_check_constraint(f"ck_service_case_{name}", "service_case", kept)
    op.drop_table("purge_receipt")
    op.drop_table("case_retention")
