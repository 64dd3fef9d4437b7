"""The directory of places: stations, what they offer, exceptions, reports, and the edition in force."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

DATUM = ("gcj02", "wgs84", "bd09")
KINDS = ("post", "window", "centre", "library", "nursing_room", "canteen", "legal_desk")
ENTRIES = ("walk_in", "ring", "scan", "register", "members_only")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _instant(name: str, *, nullable: bool = False, now: bool = False) -> sa.Column:
    default = sa.func.now() if now else None
    return sa.Column(name, sa.TIMESTAMP(timezone=True), server_default=default, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "station",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", _enum("stationkind", *KINDS), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("district_code", sa.Text, nullable=False),
        sa.Column("street_code", sa.Text),
        sa.Column("community_code", sa.Text),
        sa.Column("lat", sa.Float, nullable=False),
        sa.Column("lng", sa.Float, nullable=False),
        sa.Column("source_datum", _enum("datum", *DATUM), nullable=False),
        sa.Column("source_lat", sa.Float, nullable=False),
        sa.Column("source_lng", sa.Float, nullable=False),
        sa.Column("entry", _enum("entry", *ENTRIES), nullable=False),
        sa.Column("hours", postgresql.JSONB, nullable=False),
        sa.Column("closed_days", postgresql.JSONB, nullable=False),
        sa.Column("duty_phone", sa.Text),
        sa.Column("duty_hours", postgresql.JSONB),
        sa.Column("capacity", sa.Integer),
        sa.Column("status", _enum("stationstatus", "open", "closed_for_good"), nullable=False),
        _instant("confirmed_at", nullable=True),
        _instant("created_at", now=True),
        _instant("updated_at", now=True),
        sa.PrimaryKeyConstraint("id", name="pk_station"),
        sa.UniqueConstraint("code", name="uq_station_code"),
        sa.CheckConstraint("code ~ '^[A-Z]{1,4}[0-9]{3,8}$'", name="code_form"),
        sa.CheckConstraint("lat BETWEEN -90 AND 90 AND lng BETWEEN -180 AND 180", name="position"),
        sa.CheckConstraint("capacity > 0", name="capacity_positive"),
    )
    op.create_table(
        "station_amenity",
        sa.Column("station_id", sa.Uuid, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("state", _enum("amenitystate", "ok", "broken", "unknown"), nullable=False),
        _instant("updated_at"),
        sa.PrimaryKeyConstraint("station_id", "code", name="pk_station_amenity"),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], ondelete="CASCADE", name="fk_station_amenity_station_id"
        ),
    )
    op.create_table(
        "station_override",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("station_id", sa.Uuid),
        sa.Column("district_code", sa.Text),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("kind", _enum("overridekind", "closed", "all_day", "hours"), nullable=False),
        sa.Column("hours", postgresql.JSONB),
        sa.Column("reason", sa.Text, nullable=False),
        _instant("created_at", now=True),
        sa.PrimaryKeyConstraint("id", name="pk_station_override"),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], ondelete="CASCADE", name="fk_station_override_station_id"
        ),
        sa.CheckConstraint("num_nonnulls(station_id, district_code) = 1", name="one_scope"),
        sa.CheckConstraint("first_day <= last_day", name="days_in_order"),
        sa.CheckConstraint("(kind = 'hours') = (hours IS NOT NULL)", name="hours_given"),
    )
    op.create_index("ix_station_override_station_id", "station_override", ["station_id"])
    op.create_index("ix_station_override_last_day", "station_override", ["last_day"])
    op.create_table(
        "station_report",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("station_id", sa.Uuid, nullable=False),
        sa.Column("kind", _enum("reportkind", "open", "locked", "broken", "fixed"), nullable=False),
        sa.Column("amenity", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("reporter", sa.LargeBinary, nullable=False),
        sa.Column("by_manager", sa.Boolean, server_default=sa.false(), nullable=False),
        _instant("created_at"),
        _instant("expires_at"),
        _instant("undone_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_station_report"),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], ondelete="CASCADE", name="fk_station_report_station_id"
        ),
        sa.CheckConstraint("amenity IS NULL OR kind IN ('broken', 'fixed')", name="amenity_fits"),
    )
    op.create_index("ix_station_report_station_id_created_at", "station_report", ["station_id", "created_at"])
    op.create_index("ix_station_report_created_at", "station_report", ["created_at"])
    op.create_table(
        "station_version",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("places", sa.Uuid, nullable=False),
        sa.Column("live", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_station_version"),
        sa.CheckConstraint("id = 1", name="one_row"),
    )


def downgrade() -> None:
    for table in ("station_version", "station_report", "station_override", "station_amenity", "station"):
        op.drop_table(table)
