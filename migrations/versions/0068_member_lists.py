"""Lists of members that the staff send, and what came of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0068"
down_revision = "0067"

KINDS = ("roster", "leavers", "city_base")
STATES = ("queued", "reading", "done", "failed")
LINES = ("only_theirs", "only_ours", "other_union", "fault", "repeated")


def upgrade() -> None:
    moment = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "member_list",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", moment, server_default=sa.func.now(), nullable=False),
        sa.Column("staff_no", sa.Text, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("rehearsal", sa.Boolean, nullable=False),
        sa.Column("csv", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("parts", ARRAY(sa.Text), nullable=False),
        sa.Column("offices", ARRAY(sa.Uuid), nullable=False),
        sa.Column("tries", sa.SmallInteger, nullable=False),
        sa.Column("rows_read", sa.Integer, nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("written", sa.Boolean, nullable=False),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_member_list"),
        sa.CheckConstraint(f"kind IN {KINDS}", name="ck_member_list_listkind"),
        sa.CheckConstraint(f"state IN {STATES}", name="ck_member_list_liststate"),
    )
    op.create_index(
        "uq_member_list_under_way",
        "member_list",
        ["staff_no"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'reading')"),
    )
    op.create_index("ix_member_list_staff_no_created_at", "member_list", ["staff_no", "created_at"])
    op.create_table(
        "member_list_line",
        sa.Column("list_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("row", sa.Integer),
        sa.Column("number", sa.Text),
        sa.Column("theirs", sa.Text),
        sa.Column("ours", sa.Text),
        sa.Column("sentence", sa.Text),
        sa.PrimaryKeyConstraint("list_id", "kind", "place", name="pk_member_list_line"),
        sa.ForeignKeyConstraint(
            ["list_id"], ["member_list.id"], name="fk_member_list_line_list_id", ondelete="CASCADE"
        ),
        sa.CheckConstraint(f"kind IN {LINES}", name="ck_member_list_line_linekind"),
    )


def downgrade() -> None:
    op.drop_table("member_list_line")
    op.drop_table("member_list")
