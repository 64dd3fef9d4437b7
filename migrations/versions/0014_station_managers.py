"""Those who keep places: the codes that make them managers, and what they say of a day."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "station_manager",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("station_id", sa.Uuid, nullable=False),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_station_manager"),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], ondelete="CASCADE", name="fk_station_manager_station_id"
        ),
    )
    op.create_index("ix_station_manager_worker_id", "station_manager", ["worker_id"])
    op.create_index(
        "uq_station_manager_station_id_worker_id_living",
        "station_manager",
        ["station_id", "worker_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "station_manager_code",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("station_id", sa.Uuid, nullable=False),
        sa.Column("code_hmac", sa.LargeBinary, nullable=False),
        sa.Column("issued_by", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.Column("used_by", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="pk_station_manager_code"),
        sa.UniqueConstraint("code_hmac", name="uq_station_manager_code_code_hmac"),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], ondelete="CASCADE", name="fk_station_manager_code_station_id"
        ),
    )
    op.create_index("ix_station_manager_code_station_id", "station_manager_code", ["station_id"])
    op.create_index("ix_station_manager_code_expires_at", "station_manager_code", ["expires_at"])
    op.create_table(
        "station_manager_wrong_code",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_station_manager_wrong_code"),
    )
    op.create_index("ix_station_manager_wrong_code_created_at", "station_manager_wrong_code", ["created_at"])
    op.create_index(
        "ix_station_manager_wrong_code_worker_id_created_at",
        "station_manager_wrong_code",
        ["worker_id", "created_at"],
    )
    op.add_column("station_override", sa.Column("by_manager", sa.Boolean, server_default=sa.false(), nullable=False))


def downgrade() -> None:
    # Without the mark nobody could tell them from those of the union; they are over by midnight anyway.
    op.execute("DELETE FROM station_override WHERE by_manager")
    op.drop_column("station_override", "by_manager")
    op.drop_table("station_manager_wrong_code")
    op.drop_table("station_manager_code")
    op.drop_table("station_manager")
