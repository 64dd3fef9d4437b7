"""Case numbers are taken in blocks of 32."""

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.execute("ALTER SEQUENCE case_number INCREMENT BY 32")


def downgrade() -> None:
    # Past the block that was taken last.
    op.execute("SELECT nextval('case_number')")
    op.execute("ALTER SEQUENCE case_number INCREMENT BY 1")
