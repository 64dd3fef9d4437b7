"""Cases in somebody's hands: who can be assigned, who was, and what they and the worker write to each other alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0044"
down_revision = "0043"

INSTANT = sa.TIMESTAMP(timezone=True)
ENDINGS = ("declined", "silent", "changed", "taken_back", "over")
AUTHORS = ("worker", "staff")


def upgrade() -> None:
    op.create_table(
        "case_assignee",
        sa.Column("staff_no", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("skills", ARRAY(sa.Text), nullable=False),
        sa.Column("languages", ARRAY(sa.Text), nullable=False),
        sa.Column("most", sa.SmallInteger, nullable=False),
        sa.Column("phone", sa.LargeBinary),
        sa.Column("parties", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("staff_no", "role", name="pk_case_assignee"),
        sa.CheckConstraint("most > 0", name="most"),
    )
    op.create_table(
        "case_assignment",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("staff_no", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("assigned_by", sa.Text, nullable=False),
        sa.Column("assigned_at", INSTANT, nullable=False),
        sa.Column("accepted_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("ending", sa.Enum(*ENDINGS, native_enum=False, create_constraint=True, name="ending", length=40)),
        sa.Column("handed_on_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_case_assignment"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_assignment_case_id"),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended"),
    )
    op.create_index("ix_case_assignment_case_id", "case_assignment", ["case_id"])
    op.create_index("ix_case_assignment_staff_no", "case_assignment", ["staff_no", "assigned_at"])
    op.create_index(
        "uq_case_assignment_living",
        "case_assignment",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "case_talk",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("assignment_id", sa.Uuid, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column(
            "author",
            sa.Enum(*AUTHORS, native_enum=False, create_constraint=True, name="author", length=40),
            nullable=False,
        ),
        sa.Column("text", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_talk"),
        sa.ForeignKeyConstraint(["assignment_id"], ["case_assignment.id"], name="fk_case_talk_assignment_id"),
    )
    op.create_index("ix_case_talk_assignment_id_at", "case_talk", ["assignment_id", "at"])


def downgrade() -> None:
    for table in ("case_talk", "case_assignment", "case_assignee"):
        op.drop_table(table)
