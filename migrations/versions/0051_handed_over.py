"""Whether a case lies with a union because somebody sent it there."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"

SENT_BEFORE = """
    UPDATE service_case SET handed_over = true
    FROM (
        SELECT DISTINCT ON (event.case_id)
            event.case_id, version.document #>> ARRAY['flow', 'transitions', event.step, 'office'] AS office
        FROM case_event AS event
        JOIN service_case AS one ON one.id = event.case_id
        JOIN service_version AS version ON version.service = one.service AND version.version = one.service_version
        WHERE version.document #>> ARRAY['flow', 'transitions', event.step, 'office'] IS NOT NULL
        ORDER BY event.case_id, event.number DESC
    ) AS moved
    WHERE moved.case_id = service_case.id AND moved.office = 'to' AND service_case.union_id IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("service_case", sa.Column("handed_over", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(SENT_BEFORE)
    op.alter_column("service_case", "handed_over", server_default=None)


def downgrade() -> None:
    op.drop_column("service_case", "handed_over")
