"""The job queue: procrastinate's own schema, without the triggers that NOTIFY on every insert.

The schema is that of the version pinned in requirements.txt. When the pin moves, the package's own migrations since
then become the next migration here.
"""

from importlib.metadata import version
from importlib.resources import files

from alembic import op

revision = "0002"
down_revision = "0001"

PINNED = "3.10.0"


def upgrade() -> None:
    if version("procrastinate") != PINNED:
        raise RuntimeError(f"migration 0002 installs the schema of procrastinate {PINNED}")
    # Driver level: the text holds percent signs and colons that are not parameters.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(files("procrastinate").joinpath("sql/schema.sql").read_text())
    cursor.close()
    op.execute("DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs")
    op.execute("DROP TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 ON procrastinate_jobs")


def downgrade() -> None:
    op.execute(
        """
        DO $$
        DECLARE found record;
        BEGIN
            FOR found IN SELECT tablename AS name FROM pg_tables
                WHERE schemaname = 'public' AND tablename LIKE 'procrastinate\\_%' LOOP
                EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', found.name);
            END LOOP;
            FOR found IN SELECT oid::regprocedure AS name FROM pg_proc
                WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate\\_%' LOOP
                EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', found.name);
            END LOOP;
            FOR found IN SELECT typname AS name FROM pg_type
                WHERE typnamespace = 'public'::regnamespace AND typname LIKE 'procrastinate\\_%'
                AND typtype IN ('e', 'c') LOOP
                EXECUTE format('DROP TYPE IF EXISTS %I CASCADE', found.name);
            END LOOP;
        END $$
        """
    )
