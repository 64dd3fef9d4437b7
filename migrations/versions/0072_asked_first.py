"""Who stands on a list that a unit sent is asked first whether they want to join."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"

TABLE = "membership_invitation"
ANSWERS = ("join", "decline", "not_me", "later")


def upgrade() -> None:
    moment = sa.TIMESTAMP(timezone=True)
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", moment, server_default=sa.func.now(), nullable=False),
        sa.Column("list_id", sa.Uuid),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("union_id", sa.Uuid, nullable=False),
        sa.Column("id_number_hmac", sa.LargeBinary, nullable=False),
        sa.Column("worker_id", sa.Uuid),
        sa.Column("phone", sa.LargeBinary),
        sa.Column("phone_hmac", sa.LargeBinary),
        sa.Column("texted_at", moment),
        sa.Column("answer", sa.String(40)),
        sa.Column("answered_at", moment),
        sa.Column("told_at", moment),
        sa.Column("reminded_at", moment),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        sa.UniqueConstraint("id_number_hmac", name=f"uq_{TABLE}_id_number_hmac"),
        sa.ForeignKeyConstraint(["list_id"], ["member_list.id"], name=f"fk_{TABLE}_list_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["union_id"], ["trade_union.id"], name=f"fk_{TABLE}_union_id"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=f"fk_{TABLE}_worker_id"),
        sa.CheckConstraint(f"answer IN {ANSWERS}", name=f"ck_{TABLE}_invitationanswer"),
    )
    for column in ("list_id", "worker_id"):
        op.create_index(f"ix_{TABLE}_{column}", TABLE, [column])
    waiting = "worker_id IS NOT NULL AND reminded_at IS NULL AND (answer IS NULL OR answer = 'later')"
    op.create_index(f"ix_{TABLE}_told_at", TABLE, ["told_at"], postgresql_where=sa.text(waiting))
    known = sa.text("phone_hmac IS NOT NULL")
    op.create_index(f"ix_{TABLE}_phone_hmac", TABLE, ["phone_hmac"], postgresql_where=known)
    op.create_index(f"ix_{TABLE}_to_text", TABLE, ["id"], postgresql_where=sa.text("phone IS NOT NULL"))


def downgrade() -> None:
    op.drop_table(TABLE)
