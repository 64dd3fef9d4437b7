"""Tables of the directory of places."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.core.crypto import EncryptedText, KeyedDigest
from server.core.datum import Datum
from server.core.db import Base, CreatedAt, Id, enum_column
from server.stations.amenities import AmenityState
from server.stations.rules import ReportKind

REPORTER = "station_reporter"
"""Purpose of the digests that tell reporters apart."""


class StationKind(StrEnum):
    """What kind of place it is."""

    POST = "post"
    """暖蜂驿站"""
    WINDOW = "window"
    """暖蜂窗口"""
    CENTRE = "centre"
    """职工服务中心"""
    LIBRARY = "library"
    """职工书屋"""
    NURSING_ROOM = "nursing_room"
    """爱心妈妈小屋"""
    CANTEEN = "canteen"
    """工会大食堂"""
    LEGAL_DESK = "legal_desk"
    """法律服务站点"""


class Entry(StrEnum):
    """How one gets in."""

    WALK_IN = "walk_in"
    RING = "ring"
    SCAN = "scan"
    REGISTER = "register"
    MEMBERS_ONLY = "members_only"


class StationStatus(StrEnum):
    """Whether the place still exists as such."""

    OPEN = "open"
    CLOSED_FOR_GOOD = "closed_for_good"


class OverrideKind(StrEnum):
    """What is different on certain days."""

    CLOSED = "closed"
    ALL_DAY = "all_day"
    HOURS = "hours"


class Station(Base):
    """One place. Its position is in GCJ-02; where it came from in another datum, that position is kept beside it."""

    __tablename__ = "station"
    __table_args__ = (
        sa.CheckConstraint("code ~ '^[A-Z]{1,4}[0-9]{3,8}$'", name="code_form"),
        sa.CheckConstraint("lat BETWEEN -90 AND 90 AND lng BETWEEN -180 AND 180", name="position"),
        sa.CheckConstraint("capacity > 0", name="capacity_positive"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    """On the sign at the door and in its QR, e.g. FT0007. Never given to another place."""
    name: Mapped[str]
    kind: Mapped[StationKind] = mapped_column(enum_column(StationKind))
    address: Mapped[str]
    district_code: Mapped[str]
    """Six digits, e.g. 440304."""
    street_code: Mapped[str | None]
    """Nine digits; begins with the district's."""
    community_code: Mapped[str | None]
    """Twelve digits; begins with the street's."""
    lat: Mapped[float]
    lng: Mapped[float]
    source_datum: Mapped[Datum] = mapped_column(enum_column(Datum))
    source_lat: Mapped[float]
    source_lng: Mapped[float]
    entry: Mapped[Entry] = mapped_column(enum_column(Entry))
    hours: Mapped[dict[str, Any]]
    """`{"mon": ["09:00-17:00"], …, "holiday"?: […]}`, see `hours.weekly_from_json`."""
    closed_days: Mapped[list[str]]
    """Of `hours.ClosedDay`."""
    duty_phone: Mapped[str | None]
    duty_hours: Mapped[dict[str, Any] | None]
    """When somebody answers the phone, in the form of `hours`."""
    capacity: Mapped[int | None]
    """Seats."""
    status: Mapped[StationStatus] = mapped_column(enum_column(StationStatus))
    confirmed_at: Mapped[datetime | None]
    """When the union or the manager last said that all this is so."""
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(server_default=sa.func.now(), onupdate=sa.func.now())

    amenities: Mapped[list["StationAmenity"]] = relationship(
        cascade="all, delete-orphan", order_by="StationAmenity.code", passive_deletes=True
    )

    @property
    def area_code(self) -> str:
        """Code of its street, else of its district: who looks after it."""
        return self.street_code or self.district_code


class StationAmenity(Base):
    """A service that the place offers; no row, not offered."""

    __tablename__ = "station_amenity"

    station_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("station.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    """S01–S30 of config/amenities.csv."""
    state: Mapped[AmenityState] = mapped_column(enum_column(AmenityState))
    updated_at: Mapped[datetime]
    """When somebody last looked."""


class StationOverride(Base):
    """Other hours on certain days, for one place, a street or a district (typhoon, Spring Festival)."""

    __tablename__ = "station_override"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(station_id, street_code, district_code) = 1", name="one_scope"),
        sa.CheckConstraint("first_day <= last_day", name="days_in_order"),
        sa.CheckConstraint("(kind = 'hours') = (hours IS NOT NULL)", name="hours_given"),
    )

    id: Mapped[Id]
    station_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("station.id", ondelete="CASCADE"), index=True)
    street_code: Mapped[str | None]
    district_code: Mapped[str | None]
    first_day: Mapped[date]
    last_day: Mapped[date] = mapped_column(index=True)
    kind: Mapped[OverrideKind] = mapped_column(enum_column(OverrideKind))
    hours: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    """`["09:00-12:00"]`, only with kind `hours`."""
    reason: Mapped[str]
    """Shown to everybody, e.g. 台风停工."""
    by_manager: Mapped[bool] = mapped_column(server_default=sa.false())
    """Said by somebody who keeps the place, for today; the others come from the union."""
    decided_by: Mapped[str | None]
    """The office that decided, for the union's eyes: 区三防指挥部. None of what a manager says."""
    created_at: Mapped[CreatedAt]


class StationReport(Base):
    """What somebody at the place said. Who it was is not kept, only a keyed digest that tells people apart."""

    __tablename__ = "station_report"
    __table_args__ = (
        sa.Index("ix_station_report_station_id_created_at", "station_id", "created_at"),
        sa.CheckConstraint("amenity IS NULL OR kind IN ('broken', 'fixed')", name="amenity_fits"),
    )

    id: Mapped[Id]
    station_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("station.id", ondelete="CASCADE"))
    kind: Mapped[ReportKind] = mapped_column(enum_column(ReportKind))
    amenity: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(EncryptedText("station_report.note"))
    """In the reporter's words; for the union's eyes only."""
    reporter: Mapped[bytes] = mapped_column(KeyedDigest(REPORTER))
    by_manager: Mapped[bool] = mapped_column(server_default=sa.false())
    created_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    """Until when it counts."""
    undone_at: Mapped[datetime | None]


class StationVersion(Base):
    """One row: which edition of the directory and of what changes at the places is in force.

    Random, so that no edition is ever taken for another, also after a restore.
    """

    __tablename__ = "station_version"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    places: Mapped[uuid.UUID]
    live: Mapped[uuid.UUID]
