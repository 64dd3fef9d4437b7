"""Append-only tables let their ciphertexts be made anew under another key, and nothing else."""

from alembic import op

revision = "0021"
down_revision = "0020"

REFUSE = """
    CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {}
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$
"""
UNLESS_ROTATING = """
        IF TG_OP = 'UPDATE' AND current_setting('warmbee.rotating', true) = 'on' THEN
            RETURN NULL;
        END IF;
"""


def upgrade() -> None:
    op.execute(REFUSE.format(UNLESS_ROTATING))


def downgrade() -> None:
    op.execute(REFUSE.format(""))
