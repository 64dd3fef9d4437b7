"""When workers are asked how it went, and what they say of it on the phone."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "case_phone_rating",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("round", sa.SmallInteger, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("staff_no", sa.Text, nullable=False),
        sa.Column("solved", sa.Boolean, nullable=False),
        sa.Column("attitude", sa.SmallInteger, nullable=False),
        sa.Column("result", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "round", name="pk_case_phone_rating"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_phone_rating_case_id"),
        sa.CheckConstraint("attitude BETWEEN 1 AND 5", name="attitude"),
        sa.CheckConstraint("result BETWEEN 1 AND 5", name="result"),
    )
    op.create_table(
        "case_rating_question",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("round", sa.SmallInteger, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.Column("ask_at", INSTANT),
        sa.PrimaryKeyConstraint("case_id", "round", name="pk_case_rating_question"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_rating_question_case_id"),
    )
    op.create_index("ix_case_rating_question_ask_at", "case_rating_question", ["ask_at"])


def downgrade() -> None:
    op.drop_table("case_rating_question")
    op.drop_table("case_phone_rating")
