"""Cases in confidence, sent on to another union, handled by somebody, merged; notes of staff; steps by two persons."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

INSTANT = sa.TIMESTAMP(timezone=True)
# The convention for names was applied to a name that followed it already.
MODES = "ck_service_case_ck_service_case_identitymode"


def upgrade() -> None:
    _allow_modes("'named', 'confidential', 'anonymous'")
    op.add_column("service_case", sa.Column("union_id", sa.Uuid))
    op.add_column("service_case", sa.Column("handler_no", sa.Text))
    op.add_column("service_case", sa.Column("barred_no", sa.Text))
    op.add_column("service_case", sa.Column("lead_id", sa.Uuid))
    op.create_foreign_key("fk_service_case_lead_id", "service_case", "service_case", ["lead_id"], ["id"])
    op.create_check_constraint("lead", "service_case", "lead_id <> id")
    op.create_index(
        "ix_service_case_lead_id", "service_case", ["lead_id"], postgresql_where=sa.text("lead_id IS NOT NULL")
    )
    op.create_table(
        "case_note",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("staff_no", sa.Text, nullable=False),
        sa.Column("step", sa.Text),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_note"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_note_case_id"),
    )
    op.create_index("ix_case_note_case_id_at_id", "case_note", ["case_id", "at", "id"])
    op.create_table(
        "case_proposal",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("step", sa.Text),
        sa.Column("clock_id", sa.Uuid),
        sa.Column("amount", sa.Integer),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", INSTANT),
        sa.Column("approved", sa.Boolean),
        sa.PrimaryKeyConstraint("id", name="pk_case_proposal"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_proposal_case_id"),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name="fk_case_proposal_clock_id"),
        sa.CheckConstraint("(step IS NULL) <> (clock_id IS NULL)", name="what"),
        sa.CheckConstraint("asked_by <> decided_by", name="two_persons"),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by"),
        sa.CheckConstraint("(decided_at IS NULL) = (approved IS NULL)", name="decided"),
    )
    op.create_index(
        "uq_case_proposal_open",
        "case_proposal",
        ["case_id", sa.text("coalesce(step, clock_id::text)")],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("case_proposal")
    op.drop_table("case_note")
    op.drop_index("ix_service_case_lead_id", "service_case")
    for column in ("lead_id", "barred_no", "handler_no", "union_id"):
        op.drop_column("service_case", column)
    # What was sent in confidence is named from now on: its worker stays known to the union, and to nobody else.
    op.execute("UPDATE service_case SET identity_mode = 'named' WHERE identity_mode = 'confidential'")
    _allow_modes("'named', 'anonymous'")


def _allow_modes(modes: str) -> None:
    op.execute(f"ALTER TABLE service_case DROP CONSTRAINT {MODES}")
    op.execute(f"ALTER TABLE service_case ADD CONSTRAINT {MODES} CHECK (identity_mode IN ({modes}))")
