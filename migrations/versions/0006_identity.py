"""Workers, sign-ins, verification and consents."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INSTANT = sa.TIMESTAMP(timezone=True)

ID_TYPES = ("resident_id", "residence_permit", "hk_mo_pass", "tw_pass", "foreigner_id", "passport")
WORKER_GROUPS = (
    "food_delivery",
    "courier",
    "ride_hailing",
    "freight",
    "domestic",
    "designated_driver",
    "sanitation",
    "construction",
    "employee",
    "other",
)
CONSENTS = (
    "terms",
    "identity",
    "face",
    "location",
    "health",
    "finance",
    "family",
    "sharing",
    "publication",
    "contact",
    "truth",
)


def one_of(column: str, values: tuple[str, ...], *, name: str) -> sa.CheckConstraint:
    """The CHECK of an enum column."""
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=name)


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("phone", sa.LargeBinary),
        sa.Column("phone_hmac", sa.LargeBinary),
        sa.Column("phone_confirmed_at", INSTANT),
        sa.Column("name", sa.LargeBinary),
        sa.Column("id_type", sa.String(40)),
        sa.Column("id_number", sa.LargeBinary),
        sa.Column("id_number_hmac", sa.LargeBinary),
        sa.Column("worker_group", sa.String(40)),
        sa.Column("verified_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_worker"),
        sa.UniqueConstraint("id_number_hmac", name="uq_worker_id_number_hmac"),
        sa.CheckConstraint("level BETWEEN 0 AND 3", name="ck_worker_level"),
        one_of("id_type", ID_TYPES, name="ck_worker_idtype"),
        one_of("worker_group", WORKER_GROUPS, name="ck_worker_workergroup"),
    )
    op.create_index("ix_worker_phone_hmac", "worker", ["phone_hmac"])
    op.create_table(
        "wechat_login",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("openid", sa.LargeBinary, nullable=False),
        sa.Column("openid_hmac", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wechat_login"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name="fk_wechat_login_worker_id"),
        sa.UniqueConstraint("openid_hmac", name="uq_wechat_login_openid_hmac"),
    )
    op.create_index("ix_wechat_login_worker_id", "wechat_login", ["worker_id"])
    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_login_session"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name="fk_login_session_worker_id"),
        sa.UniqueConstraint("token_hash", name="uq_login_session_token_hash"),
        one_of("way", ("wechat", "sms", "demo"), name="ck_login_session_signinway"),
    )
    op.create_index("ix_login_session_worker_id", "login_session", ["worker_id"])
    op.create_index("ix_login_session_expires_at", "login_session", ["expires_at"])
    op.create_table(
        "sms_code",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("phone_hmac", sa.LargeBinary, nullable=False),
        sa.Column("code_hmac", sa.LargeBinary, nullable=False),
        sa.Column("phone", sa.LargeBinary),
        sa.Column("code", sa.LargeBinary),
        sa.Column("withheld", sa.Boolean, nullable=False),
        sa.Column("tries", sa.SmallInteger, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.Column("sent_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_sms_code"),
    )
    op.create_index("ix_sms_code_phone_hmac_created_at", "sms_code", ["phone_hmac", "created_at"])
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name="fk_consent_worker_id"),
        one_of("key", CONSENTS, name="ck_consent_consentkey"),
    )
    op.create_index(
        "uq_consent_worker_id_key_version",
        "consent",
        ["worker_id", "key", "version"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "verification_attempt",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_verification_attempt"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name="fk_verification_attempt_worker_id"),
        one_of("outcome", ("matched", "manual", "refused"), name="ck_verification_attempt_outcome"),
    )
    op.create_index("ix_verification_attempt_worker_id_created_at", "verification_attempt", ["worker_id", "created_at"])
    op.create_table(
        "desk_request",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("name", sa.LargeBinary),
        sa.Column("id_type", sa.String(40), nullable=False),
        sa.Column("id_number", sa.LargeBinary),
        sa.Column("worker_group", sa.String(40), nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.Column("decided_by", sa.Text),
        sa.Column("note", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_desk_request"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name="fk_desk_request_worker_id"),
        one_of("state", ("open", "approved", "refused", "replaced"), name="ck_desk_request_deskstate"),
        one_of(
            "reason",
            ("not_confirmed", "number_taken", "paper", "source_away"),
            name="ck_desk_request_deskreason",
        ),
        one_of("id_type", ID_TYPES, name="ck_desk_request_idtype"),
        one_of("worker_group", WORKER_GROUPS, name="ck_desk_request_workergroup"),
    )
    op.create_index("ix_desk_request_worker_id", "desk_request", ["worker_id"])
    op.create_index(
        "uq_desk_request_worker_id_open",
        "desk_request",
        ["worker_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "roster_entry",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("id_type", sa.String(40), nullable=False),
        sa.Column("id_number_hmac", sa.LargeBinary, nullable=False),
        sa.Column("name_hmac", sa.LargeBinary, nullable=False),
        sa.Column("union_id", sa.Uuid, nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_roster_entry"),
        sa.UniqueConstraint("id_number_hmac", name="uq_roster_entry_id_number_hmac"),
        one_of("id_type", ID_TYPES, name="ck_roster_entry_idtype"),
    )


def downgrade() -> None:
    for table in (
        "roster_entry",
        "desk_request",
        "verification_attempt",
        "consent",
        "sms_code",
        "login_session",
        "wechat_login",
        "worker",
    ):
        op.drop_table(table)
