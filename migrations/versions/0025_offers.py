"""Offers of seats, companions, alarms of the books; how an activity uses them."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

INSTANT = sa.TIMESTAMP(timezone=True)
STATES_BEFORE = "state IN ('signed', 'waiting', 'cancelled')"
STATES = "state IN ('signed', 'waiting', 'offered', 'cancelled', 'passed')"
HOLDING = "state IN ('signed', 'offered')"


def upgrade() -> None:
    op.add_column("seat_pool", sa.Column("offers", sa.Boolean, server_default=sa.false(), nullable=False))
    op.add_column("seat_pool", sa.Column("parties", sa.Integer, server_default="0", nullable=False))
    op.execute("UPDATE seat_pool SET parties = taken WHERE taken > 0")

    op.add_column("seat_claim", sa.Column("companions", sa.SmallInteger, server_default="0", nullable=False))
    op.add_column("seat_claim", sa.Column("promoted_at", INSTANT))
    op.add_column("seat_claim", sa.Column("offer_until", INSTANT))
    op.drop_constraint("ck_seat_claim_signed_has_a_number", "seat_claim", type_="check")
    op.create_check_constraint("ck_seat_claim_seat_has_a_number", "seat_claim", f"NOT {HOLDING} OR seat_no IS NOT NULL")
    op.create_check_constraint(
        "ck_seat_claim_offer_has_an_end", "seat_claim", "(state = 'offered') = (offer_until IS NOT NULL)"
    )
    op.create_check_constraint("ck_seat_claim_companions_few", "seat_claim", "companions BETWEEN 0 AND 2")
    _states(STATES, holding=HOLDING, living="state IN ('signed', 'waiting', 'offered')")
    op.create_index(
        "ix_seat_claim_offer_until",
        "seat_claim",
        ["offer_until"],
        postgresql_where=sa.text("state = 'offered'"),
    )

    op.create_table(
        "seat_alarm",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("pool_id", sa.Uuid, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("gone_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_seat_alarm"),
        sa.ForeignKeyConstraint(["pool_id"], ["seat_pool.id"], name="fk_seat_alarm_pool_id"),
    )
    op.create_index(
        "uq_seat_alarm_open",
        "seat_alarm",
        ["pool_id", "what"],
        unique=True,
        postgresql_where=sa.text("gone_at IS NULL"),
    )

    op.add_column("activity", sa.Column("companions", sa.SmallInteger, server_default="0", nullable=False))
    op.create_check_constraint("ck_activity_companions_few", "activity", "companions BETWEEN 0 AND 2")
    op.create_index("ix_activity_kind_ends_at", "activity", ["kind", "ends_at"])


def downgrade() -> None:
    op.drop_index("ix_activity_kind_ends_at", "activity")
    op.drop_column("activity", "companions")
    op.drop_table("seat_alarm")
    # What was offered is taken as wanted; seats of companions are given back, there is nowhere to write them.
    op.drop_index("ix_seat_claim_offer_until", "seat_claim")
    op.drop_constraint("ck_seat_claim_offer_has_an_end", "seat_claim", type_="check")
    op.execute("UPDATE seat_claim SET state = 'signed' WHERE state = 'offered'")
    op.execute("UPDATE seat_claim SET state = 'cancelled' WHERE state = 'passed'")
    _states(STATES_BEFORE, holding="state = 'signed'", living="state IN ('signed', 'waiting')")
    op.drop_constraint("ck_seat_claim_seat_has_a_number", "seat_claim", type_="check")
    op.create_check_constraint(
        "ck_seat_claim_signed_has_a_number", "seat_claim", "state <> 'signed' OR seat_no IS NOT NULL"
    )
    op.drop_column("seat_claim", "offer_until")
    op.drop_column("seat_claim", "promoted_at")
    op.drop_column("seat_claim", "companions")
    op.execute("UPDATE seat_pool SET taken = parties")
    op.drop_column("seat_pool", "parties")
    op.drop_column("seat_pool", "offers")


def _states(states: str, *, holding: str, living: str) -> None:
    """The states a claim may have, and the two rules over some of them."""
    op.drop_constraint("ck_seat_claim_claimstate", "seat_claim", type_="check")
    op.create_check_constraint("ck_seat_claim_claimstate", "seat_claim", states)
    for name in ("uq_seat_claim_living", "uq_seat_claim_seat_no"):
        op.drop_index(name, "seat_claim")
    op.create_index(
        "uq_seat_claim_living",
        "seat_claim",
        ["scope_id", "holder_id"],
        unique=True,
        postgresql_where=sa.text(living),
    )
    op.create_index(
        "uq_seat_claim_seat_no",
        "seat_claim",
        ["pool_id", "seat_no"],
        unique=True,
        postgresql_where=sa.text(holding),
    )
