"""Who is nobody's member is looked after by one office, and is found there by the number on the paper."""

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0085"

TABLE = "worker_office"
INDEX = "ix_desk_request_id_number_hmac"


def upgrade() -> None:
    """Who named no office needs no row: what waits already lies with the union that config/routing.yaml names."""
    op.create_table(
        TABLE,
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("union_id", sa.Uuid, nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=f"fk_{TABLE}_worker_id"),
        sa.ForeignKeyConstraint(["union_id"], ["trade_union.id"], name=f"fk_{TABLE}_union_id"),
        if_not_exists=True,
    )
    op.execute("ALTER TABLE desk_request ADD COLUMN IF NOT EXISTS id_number_hmac bytea")
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.create_index(INDEX, "desk_request", ["id_number_hmac"], postgresql_concurrently=True)


def downgrade() -> None:
    """The offices that workers named are not kept."""
    op.drop_index(INDEX, "desk_request")
    op.drop_column("desk_request", "id_number_hmac")
    op.drop_table(TABLE)
