"""Terms of unions, histories of memberships, joining data, and the staff with their roles."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

INSTANT = sa.TIMESTAMP(timezone=True)
CHECK = "ck_membership_ck_membership_membershipstate"
STATES = "'active', 'transferring', 'retained', 'left', 'lapsed', 'deceased'"
EMPLOYMENTS = "'employed', 'platform_station', 'platform_crowd', 'own_truck', 'ride_hailing', 'domestic', 'other'"


def upgrade() -> None:
    _unions()
    _memberships()
    _staff()


def _unions() -> None:
    op.add_column("trade_union", sa.Column("firm_side", sa.Boolean, nullable=False, server_default="false"))
    op.execute("UPDATE trade_union SET firm_side = true WHERE kind = 'unit'")
    op.alter_column("trade_union", "firm_side", server_default=None)
    op.add_column("trade_union", sa.Column("term_began", sa.Date))
    op.add_column("trade_union", sa.Column("term_years", sa.SmallInteger))
    op.execute(
        "ALTER TABLE trade_union ADD CONSTRAINT ck_trade_union_term_years CHECK (term_years IN (3, 5)),"
        " ADD CONSTRAINT ck_trade_union_term CHECK ((term_years IS NULL) = (term_began IS NULL))"
    )
    op.create_index("ix_trade_union_area_code", "trade_union", ["area_code"])


def _memberships() -> None:
    op.execute(f"ALTER TABLE membership DROP CONSTRAINT {CHECK}")
    op.execute(f"ALTER TABLE membership ADD CONSTRAINT {CHECK} CHECK (state IN ({STATES}))")
    op.create_table(
        "membership_event",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("membership_id", sa.Uuid, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("source", sa.String(40)),
        sa.Column("target", sa.String(40), nullable=False),
        sa.Column("union_id", sa.Uuid, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_membership_event"),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name="fk_membership_event_membership_id"),
        sa.ForeignKeyConstraint(["union_id"], ["trade_union.id"], name="fk_membership_event_union_id"),
        sa.CheckConstraint(f"source IN ({STATES})", name="ck_membership_event_source"),
        sa.CheckConstraint(f"target IN ({STATES})", name="ck_membership_event_target"),
    )
    op.create_index("ix_membership_event_membership_id_at", "membership_event", ["membership_id", "at"])
    op.create_table(
        "joining_record",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("worker_id", sa.Uuid, nullable=False),
        sa.Column("employment", sa.String(40)),
        sa.Column("employer", sa.LargeBinary),
        sa.Column("work_area", sa.LargeBinary),
        sa.Column("former_union", sa.LargeBinary),
        sa.Column("ethnicity", sa.LargeBinary),
        sa.Column("education", sa.LargeBinary),
        sa.Column("political_status", sa.LargeBinary),
        sa.Column("skill_level", sa.LargeBinary),
        sa.Column("household", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_joining_record"),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name="fk_joining_record_worker_id"),
        sa.UniqueConstraint("worker_id", name="uq_joining_record_worker_id"),
        sa.CheckConstraint(f"employment IN ({EMPLOYMENTS})", name="ck_joining_record_employment"),
    )


def _staff() -> None:
    op.create_table(
        "staff_account",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("union_id", sa.Uuid, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_staff_account"),
        sa.UniqueConstraint("number", name="uq_staff_account_number"),
        sa.ForeignKeyConstraint(["union_id"], ["trade_union.id"], name="fk_staff_account_union_id"),
    )
    op.create_index("ix_staff_account_union_id", "staff_account", ["union_id"])
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("apart", sa.Text),
        sa.Column("union_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("requested_by_id", sa.Uuid),
        sa.Column("decided_by_id", sa.Uuid),
        sa.Column("decided_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_role_grant"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_account.id"], name="fk_role_grant_staff_id"),
        sa.ForeignKeyConstraint(["union_id"], ["trade_union.id"], name="fk_role_grant_union_id"),
        sa.ForeignKeyConstraint(["requested_by_id"], ["staff_account.id"], name="fk_role_grant_requested_by_id"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff_account.id"], name="fk_role_grant_decided_by_id"),
        sa.CheckConstraint("state IN ('requested', 'granted', 'refused', 'ended')", name="ck_role_grant_grantstate"),
        sa.CheckConstraint("state = 'refused' OR requested_by_id <> decided_by_id", name="ck_role_grant_two_persons"),
        sa.CheckConstraint("state <> 'granted' OR decided_by_id <> staff_id", name="ck_role_grant_not_for_oneself"),
    )
    op.create_index("ix_role_grant_staff_id_state", "role_grant", ["staff_id", "state"])
    op.create_index(
        "uq_role_grant_staff_id_role_union_id_open",
        "role_grant",
        ["staff_id", "role", "union_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('requested', 'granted')"),
    )
    op.create_index(
        "uq_role_grant_staff_id_apart_granted",
        "role_grant",
        ["staff_id", "apart"],
        unique=True,
        postgresql_where=sa.text("state = 'granted'"),
    )


def downgrade() -> None:
    op.drop_table("role_grant")
    op.drop_table("staff_account")
    op.drop_table("joining_record")
    op.drop_table("membership_event")
    op.execute(f"ALTER TABLE membership DROP CONSTRAINT {CHECK}")
    op.execute("UPDATE membership SET state = 'active'")
    op.execute(f"ALTER TABLE membership ADD CONSTRAINT {CHECK} CHECK (state IN ('active'))")
    op.drop_index("ix_trade_union_area_code", "trade_union")
    op.drop_column("trade_union", "term_years")
    op.drop_column("trade_union", "term_began")
    op.drop_column("trade_union", "firm_side")
