"""Cases that staff open from another one, and the running numbers of letters."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"

FROM = "ix_service_case_opened_from_id"
ISSUED = "uq_case_paper_issued"


def upgrade() -> None:
    """No foreign key: to prove it would read the whole table. While the indexes are built everything goes on; what a
    failure left of one is no index and goes first."""
    op.execute("ALTER TABLE service_case ADD COLUMN IF NOT EXISTS opened_from_id uuid")
    op.execute(
        "ALTER TABLE case_paper ADD COLUMN IF NOT EXISTS issued_by uuid,"
        " ADD COLUMN IF NOT EXISTS issued_year smallint, ADD COLUMN IF NOT EXISTS issued_no integer"
    )
    with op.get_context().autocommit_block():
        for name, table, columns, unique in (
            (FROM, "service_case", ["opened_from_id"], False),
            (ISSUED, "case_paper", ["issued_by", "kind", "issued_year", "issued_no"], True),
        ):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            left = sa.text(f"{columns[-1]} IS NOT NULL")
            op.create_index(name, table, columns, unique=unique, postgresql_where=left, postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index(ISSUED, "case_paper")
    op.drop_index(FROM, "service_case")
    for name in ("issued_no", "issued_year", "issued_by"):
        op.drop_column("case_paper", name)
    op.drop_column("service_case", "opened_from_id")
