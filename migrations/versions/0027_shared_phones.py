"""Several workers behind one WeChat account, and the PIN that keeps them apart."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

INSTANT = sa.TIMESTAMP(timezone=True)
WAYS = "ck_login_session_signinway"


def upgrade() -> None:
    op.create_table(
        "worker_pin",
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("pin_hash", sa.LargeBinary, nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.Column("tries", sa.SmallInteger, nullable=False),
        sa.Column("locked_until", INSTANT),
        sa.PrimaryKeyConstraint("worker_id", name="pk_worker_pin"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name="fk_worker_pin_worker_id"),
    )
    op.add_column("wechat_login", sa.Column("used_at", INSTANT))
    op.execute("UPDATE wechat_login SET used_at = created_at")
    op.alter_column("wechat_login", "used_at", nullable=False)
    op.drop_constraint("uq_wechat_login_openid_hmac", "wechat_login", type_="unique")
    op.create_unique_constraint("uq_wechat_login_openid_hmac_worker_id", "wechat_login", ["openid_hmac", "worker_id"])
    op.add_column("login_session", sa.Column("wechat_login_id", sa.Uuid))
    op.create_foreign_key(
        "fk_login_session_wechat_login_id", "login_session", "wechat_login", ["wechat_login_id"], ["id"]
    )
    op.create_index("ix_login_session_wechat_login_id", "login_session", ["wechat_login_id"])
    op.add_column("login_session", sa.Column("pin_checked_until", INSTANT))
    op.drop_constraint(WAYS, "login_session", type_="check")
    op.create_check_constraint(WAYS, "login_session", "way IN ('wechat', 'sms', 'demo', 'switch')")


def downgrade() -> None:
    """Sessions of whoever was switched to end. Of several workers behind one WeChat account the last one keeps it."""
    op.execute("DELETE FROM login_session WHERE way = 'switch'")
    op.drop_constraint(WAYS, "login_session", type_="check")
    op.create_check_constraint(WAYS, "login_session", "way IN ('wechat', 'sms', 'demo')")
    op.drop_column("login_session", "pin_checked_until")
    op.drop_index("ix_login_session_wechat_login_id", "login_session")
    op.drop_constraint("fk_login_session_wechat_login_id", "login_session", type_="foreignkey")
    op.drop_column("login_session", "wechat_login_id")
    op.execute(
        "DELETE FROM wechat_login older USING wechat_login newer WHERE older.openid_hmac = newer.openid_hmac"
        " AND (older.used_at, older.id) < (newer.used_at, newer.id)"
    )
    op.drop_constraint("uq_wechat_login_openid_hmac_worker_id", "wechat_login", type_="unique")
    op.create_unique_constraint("uq_wechat_login_openid_hmac", "wechat_login", ["openid_hmac"])
    op.drop_column("wechat_login", "used_at")
    op.drop_table("worker_pin")
