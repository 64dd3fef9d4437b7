"""How members of the staff sign in to the console: passwords, authenticators, recovery codes, sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "staff_credential",
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("password_hash", sa.LargeBinary, nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.Column("temporary_until", INSTANT),
        sa.Column("totp_secret", sa.LargeBinary),
        sa.Column("totp_step", sa.BigInteger),
        sa.Column("tries", sa.SmallInteger, nullable=False),
        sa.Column("locked_until", INSTANT),
        sa.PrimaryKeyConstraint("staff_id", name="pk_staff_credential"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_account.id"], name="fk_staff_credential_staff_id"),
    )
    op.create_table(
        "staff_recovery_code",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("code_hmac", sa.LargeBinary, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_staff_recovery_code"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_account.id"], name="fk_staff_recovery_code_staff_id"),
    )
    op.create_index("ix_staff_recovery_code_staff_id", "staff_recovery_code", ["staff_id"])
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("code_at", INSTANT),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_staff_session"),
        sa.UniqueConstraint("token_hash", name="uq_staff_session_token_hash"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_account.id"], name="fk_staff_session_staff_id"),
    )
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id"])


def downgrade() -> None:
    op.drop_table("staff_session")
    op.drop_table("staff_recovery_code")
    op.drop_table("staff_credential")
