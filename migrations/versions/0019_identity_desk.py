"""The desk of verification: clocks, evidence, the identity service, what takes two members of the staff."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

INSTANT = sa.TIMESTAMP(timezone=True)

REASONS = ("not_confirmed", "number_taken", "paper", "source_away")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The condition of an enum column's CHECK."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def replace_check(table: str, name: str, condition: str) -> None:
    """Give a CHECK another condition."""
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, condition)


def upgrade() -> None:
    for name, kind in (
        ("seen_at", INSTANT),
        ("paper_valid_to", sa.Date),
        ("frozen_at", INSTANT),
        ("merged_into", sa.Uuid),
    ):
        op.add_column("worker", sa.Column(name, kind))
    op.create_foreign_key("fk_worker_merged_into", "worker", "worker", ["merged_into"], ["id"])
    op.create_index("ix_worker_merged_into", "worker", ["merged_into"])

    op.add_column("desk_request", sa.Column("wanted", sa.LargeBinary))
    op.add_column("desk_request", sa.Column("evidence_gone_at", INSTANT))
    replace_check("desk_request", "ck_desk_request_deskreason", one_of("reason", (*REASONS, "changed")))
    replace_check("clock", "ck_clock_ownerkind", one_of("owner_kind", ("case", "desk_request")))

    op.create_table(
        "identity_check",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("claim_hmac", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("said", sa.String(40)),
        sa.Column("answered_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_identity_check"),
        sa.UniqueConstraint("claim_hmac", name="uq_identity_check_claim_hmac"),
        sa.CheckConstraint(one_of("state", ("free", "asking", "answered")), name="ck_identity_check_checkstate"),
        sa.CheckConstraint(one_of("said", ("same", "different", "unknown")), name="ck_identity_check_said"),
    )
    op.create_table(
        "paired_act",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("other_worker_id", sa.Uuid),
        sa.Column("paper_valid_to", sa.Date),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_paired_act"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name="fk_paired_act_worker_id"),
        sa.ForeignKeyConstraint(["other_worker_id"], ["worker.id"], name="fk_paired_act_other_worker_id"),
        sa.CheckConstraint(one_of("kind", ("seen", "merge", "release", "unfreeze")), name="ck_paired_act_actkind"),
        sa.CheckConstraint(one_of("state", ("proposed", "done", "dropped")), name="ck_paired_act_actstate"),
        sa.CheckConstraint(
            "decided_by IS NULL OR state = 'dropped' OR decided_by <> proposed_by", name="ck_paired_act_two_people"
        ),
        sa.CheckConstraint("(kind = 'merge') = (other_worker_id IS NOT NULL)", name="ck_paired_act_other_account"),
    )
    op.create_index("ix_paired_act_worker_id", "paired_act", ["worker_id"])
    op.create_index(
        "uq_paired_act_kind_worker_id_proposed",
        "paired_act",
        ["kind", "worker_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )

    op.add_column("attachment", sa.Column("desk_request_id", sa.Uuid))
    op.create_index("ix_attachment_desk_request_id", "attachment", ["desk_request_id"])
    _attachments_belong_to(
        "case_id IS NOT NULL OR desk_request_id IS NOT NULL OR (owner_worker_id IS NULL) <> (claim_hash IS NULL)",
        "(claimed_at IS NOT NULL) = (num_nonnulls(case_id, desk_request_id) = 1)",
        unclaimed="claimed_at IS NULL",
    )


def downgrade() -> None:
    # Their files are removed by the sweep of files without a row.
    op.execute("DELETE FROM attachment WHERE desk_request_id IS NOT NULL")
    _attachments_belong_to(
        "case_id IS NOT NULL OR (owner_worker_id IS NULL) <> (claim_hash IS NULL)",
        "(case_id IS NULL) = (claimed_at IS NULL)",
        unclaimed="case_id IS NULL",
    )
    op.drop_column("attachment", "desk_request_id")
    op.drop_table("paired_act")
    op.drop_table("identity_check")
    # What was promised cannot be deleted; the triggers rest while the promises lose their subject.
    for table in ("clock_pause", "clock"):
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    op.execute("DELETE FROM clock_pause WHERE clock_id IN (SELECT id FROM clock WHERE owner_kind = 'desk_request')")
    op.execute("DELETE FROM clock WHERE owner_kind = 'desk_request'")
    for table in ("clock_pause", "clock"):
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    replace_check("clock", "ck_clock_ownerkind", one_of("owner_kind", ("case",)))
    op.execute("UPDATE desk_request SET reason = 'not_confirmed' WHERE reason = 'changed'")
    replace_check("desk_request", "ck_desk_request_deskreason", one_of("reason", REASONS))
    op.drop_column("desk_request", "evidence_gone_at")
    op.drop_column("desk_request", "wanted")
    for name in ("merged_into", "frozen_at", "paper_valid_to", "seen_at"):
        op.drop_column("worker", name)


def _attachments_belong_to(belongs: str, claimed: str, *, unclaimed: str) -> None:
    replace_check("attachment", "ck_attachment_belongs_to_somebody", belongs)
    replace_check("attachment", "ck_attachment_claimed", claimed)
    op.drop_index("ix_attachment_unclaimed", "attachment")
    op.create_index("ix_attachment_unclaimed", "attachment", ["created_at"], postgresql_where=sa.text(unclaimed))
