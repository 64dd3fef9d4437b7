"""Activities and their groups."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

KINDS = ("health", "course", "lecture", "festival", "sport", "culture", "care", "family", "skills")


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("station_code", sa.Text),
        sa.Column("district_code", sa.Text, nullable=False),
        sa.Column("starts_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ends_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("opens_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("closes_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("cancel_until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("required_level", sa.SmallInteger, nullable=False),
        sa.Column("mode", sa.String(40), nullable=False),
        sa.Column("publication", sa.String(40), nullable=False),
        sa.Column("search", postgresql.TSVECTOR, nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
        sa.CheckConstraint(
            "opens_at < closes_at AND closes_at <= ends_at AND starts_at < ends_at AND cancel_until <= ends_at",
            name="ck_activity_times_in_order",
        ),
        sa.CheckConstraint(f"kind IN {KINDS}", name="ck_activity_activitykind"),
        sa.CheckConstraint("mode IN ('first_come')", name="ck_activity_mode"),
        sa.CheckConstraint("publication IN ('published', 'cancelled')", name="ck_activity_publication"),
    )
    op.create_index("ix_activity_starts_at_id", "activity", ["starts_at", "id"])
    op.create_index("ix_activity_ends_at", "activity", ["ends_at"])
    op.create_index("ix_activity_search", "activity", ["search"], postgresql_using="gin")

    op.create_table(
        "activity_group",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("place_in_list", sa.SmallInteger, nullable=False),
        sa.Column("worker_groups", postgresql.ARRAY(sa.Text)),
        sa.Column("pool_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_activity_group"),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_activity_group_activity_id"),
        sa.ForeignKeyConstraint(["pool_id"], ["seat_pool.id"], name="fk_activity_group_pool_id"),
        sa.UniqueConstraint("activity_id", "key", name="uq_activity_group_activity_id_key"),
        sa.UniqueConstraint("pool_id", name="uq_activity_group_pool_id"),
    )


def downgrade() -> None:
    op.drop_table("activity_group")
    op.drop_table("activity")
