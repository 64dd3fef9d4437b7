"""Messages of which nobody is asked to ring up, because it would tell who sent a case in confidence."""

from alembic import op

from server.core.migrating import update_in_batches

revision = "0082"
down_revision = "0081"


def upgrade() -> None:
    """What waits already, for its way out or for a call, is marked too."""
    op.execute("ALTER TABLE notice_delivery ADD COLUMN IF NOT EXISTS in_confidence boolean DEFAULT false NOT NULL")
    update_in_batches(
        "notice_delivery",
        key="notice_id",
        change="in_confidence = true FROM notice JOIN service_case ON service_case.no = substr(notice.link, 8)",
        where="notice.id = notice_delivery.notice_id AND service_case.identity_mode = 'confidential'"
        " AND notice_delivery.state IN ('waiting', 'sending', 'unknown', 'undelivered')"
        " AND notice_delivery.called_at IS NULL",
    )


def downgrade() -> None:
    op.drop_column("notice_delivery", "in_confidence")
