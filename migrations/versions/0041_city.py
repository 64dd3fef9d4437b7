"""Cases that are orders of 12345 too, and what it still has to be told; a case whose sender has no account here."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

INSTANT = sa.TIMESTAMP(timezone=True)
WORDS = "('order', 'taken', 'answered', 'closed', 'returned', 'recalled')"
BEFORE = {
    "worker": "emptied_at IS NOT NULL OR (identity_mode = 'anonymous') = (worker_id IS NULL)",
    "secret": "emptied_at IS NOT NULL OR (identity_mode = 'anonymous') = (secret_digest IS NOT NULL)",
}
AFTER = {
    "worker": "identity_mode <> 'anonymous' OR worker_id IS NULL",
    "secret": "emptied_at IS NOT NULL OR (worker_id IS NULL) = (secret_digest IS NOT NULL)",
}


def upgrade() -> None:
    _check(AFTER)
    op.create_table(
        "case_exchange",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("direction", sa.String(40), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("their_no", sa.Text),
        sa.Column("their_state", sa.String(40), nullable=False),
        sa.Column("their_seq", sa.Integer, nullable=False),
        sa.Column("their_due_at", INSTANT),
        sa.Column("told_at", INSTANT),
        sa.Column("office", sa.Text),
        sa.Column("asks_rating", sa.Boolean, nullable=False),
        sa.Column("said", sa.LargeBinary),
        sa.Column("caller_name", sa.LargeBinary),
        sa.Column("caller_phone", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_case_exchange"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_exchange_case_id"),
        sa.CheckConstraint("direction IN ('in', 'out')", name="direction"),
        sa.CheckConstraint(f"their_state IN {WORDS}", name="word"),
        sa.UniqueConstraint("case_id", name="uq_case_exchange_case_id"),
        sa.UniqueConstraint("their_no", name="uq_case_exchange_their_no"),
    )
    op.create_table(
        "case_exchange_message",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("word", sa.String(40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("text", sa.LargeBinary),
        sa.Column("facts", sa.LargeBinary),
        sa.Column("tries", sa.SmallInteger, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("trouble", sa.Text),
        sa.Column("refused", sa.Boolean, nullable=False),
        sa.CheckConstraint(f"word IN {WORDS}", name="word"),
        sa.PrimaryKeyConstraint("id", name="pk_case_exchange_message"),
        sa.ForeignKeyConstraint(["exchange_id"], ["case_exchange.id"], name="fk_case_exchange_message_exchange_id"),
    )
    op.create_index("ix_case_exchange_message_exchange_id", "case_exchange_message", ["exchange_id", "id"])
    op.create_index(
        "ix_case_exchange_message_due_at",
        "case_exchange_message",
        ["due_at"],
        postgresql_where=sa.text("sent_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("case_exchange_message")
    op.drop_table("case_exchange")
    _check(BEFORE)


def _check(rules: dict[str, str]) -> None:
    for name, rule in rules.items():
        op.drop_constraint(f"ck_service_case_{name}", "service_case", type_="check")
        op.create_check_constraint(f"ck_service_case_{name}", "service_case", rule)
