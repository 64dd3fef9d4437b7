"""On which day a class of what a case held was purged."""

from alembic import op

from server.core.migrating import update_in_batches

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    # Of what is gone already nobody knows the day for one case. Code of before that still runs goes on writing lists:
    # whoever reads stands both.
    update_in_batches(
        "case_retention",
        key="case_id",
        change="purged = coalesce("
        "(SELECT jsonb_object_agg(key, NULL) FROM jsonb_array_elements_text(purged) AS key), '{}')",
        where="jsonb_typeof(purged) = 'array'",
    )


def downgrade() -> None:
    op.execute(
        "UPDATE case_retention SET purged = coalesce("
        "(SELECT jsonb_agg(key ORDER BY key) FROM jsonb_object_keys(purged) AS key), '[]')"
        " WHERE jsonb_typeof(purged) = 'object'"
    )
