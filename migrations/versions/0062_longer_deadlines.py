"""A promise may be given the time of a longer deadline: more than its own rule lets it be extended by."""

from alembic import op

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    # What is looser holds for every row that there is; they are looked through once the lock is gone.
    op.execute("ALTER TABLE clock DROP CONSTRAINT ck_clock_extended")
    op.execute("ALTER TABLE clock ADD CONSTRAINT ck_clock_extended CHECK (extended >= 0) NOT VALID")
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE clock VALIDATE CONSTRAINT ck_clock_extended")


def downgrade() -> None:
    op.execute("ALTER TABLE clock DROP CONSTRAINT ck_clock_extended")
    # Rows that were given more stay; only new ones are checked.
    op.execute("ALTER TABLE clock ADD CONSTRAINT ck_clock_extended CHECK (extended BETWEEN 0 AND extension) NOT VALID")
