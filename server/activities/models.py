"""Activities and their groups."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.core.access import Level
from server.core.db import Base, CreatedAt, Id, enum_column
from server.identity.models import LevelColumn
from server.seats.models import MOST_COMPANIONS, SeatPool
from server.unions.models import TradeUnion


class ActivityKind(StrEnum):
    """What it is; chooses the icon and the filter."""

    HEALTH = "health"
    COURSE = "course"
    LECTURE = "lecture"
    FESTIVAL = "festival"
    SPORT = "sport"
    CULTURE = "culture"
    CARE = "care"
    FAMILY = "family"
    SKILLS = "skills"


KIND_NAMES = {
    ActivityKind.HEALTH: "体检健康",
    ActivityKind.COURSE: "夜校课程",
    ActivityKind.LECTURE: "讲座",
    ActivityKind.FESTIVAL: "节日活动",
    ActivityKind.SPORT: "运动",
    ActivityKind.CULTURE: "文化",
    ActivityKind.CARE: "关爱慰问",
    ActivityKind.FAMILY: "亲子",
    ActivityKind.SKILLS: "技能比武",
}


class Mode(StrEnum):
    """How seats are given out."""

    FIRST_COME = "first_come"


class Publication(StrEnum):
    """Whether it takes place."""

    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Activity(Base):
    """Something that takes place once, at a time and a place."""

    __tablename__ = "activity"
    __table_args__ = (
        sa.CheckConstraint(
            "opens_at < closes_at AND closes_at <= ends_at AND starts_at < ends_at AND cancel_until <= ends_at",
            name="times_in_order",
        ),
        sa.CheckConstraint(f"companions BETWEEN 0 AND {MOST_COMPANIONS}", name="companions_few"),
        sa.Index("ix_activity_kind_ends_at", "kind", "ends_at"),
        sa.Index("ix_activity_starts_at_id", "starts_at", "id"),
        sa.Index("ix_activity_ends_at", "ends_at"),
        sa.Index("ix_activity_search", "search", postgresql_using="gin"),
    )

    id: Mapped[Id]
    title: Mapped[str]
    kind: Mapped[ActivityKind] = mapped_column(enum_column(ActivityKind))
    summary: Mapped[str]
    rules: Mapped[str]
    """What to bring, whom it is for, what happens when one is late."""
    place: Mapped[str]
    """Where to go, as one would tell a rider."""
    station_code: Mapped[str | None]
    """The station it takes place at, if it is one. Of the stations domain, which is not asked here."""
    district_code: Mapped[str]
    """Six digits, e.g. 440304."""
    organiser_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("trade_union.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    opens_at: Mapped[datetime]
    """From then on one can sign up."""
    closes_at: Mapped[datetime]
    """From then on no more."""
    cancel_until: Mapped[datetime]
    """Until then a seat can be given up in the app."""
    required_level: Mapped[Level] = mapped_column(LevelColumn)
    mode: Mapped[Mode] = mapped_column(enum_column(Mode))
    companions: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
    """How many each may bring; they take seats."""
    waiting_first: Mapped[list[str] | None] = mapped_column(ARRAY(sa.Text))
    """Values of `WorkerGroup` that come before all others on the waiting list; None where all are alike."""
    publication: Mapped[Publication] = mapped_column(enum_column(Publication), default=Publication.PUBLISHED)
    called_off_because: Mapped[str | None]
    """Shown to everybody. None where it takes place, and where it was called off before the reason was kept."""
    search: Mapped[Any] = mapped_column(TSVECTOR)
    created_at: Mapped[CreatedAt]

    organiser: Mapped[TradeUnion] = relationship()
    groups: Mapped[list["ActivityGroup"]] = relationship(order_by="ActivityGroup.place_in_list")


class ActivityGroup(Base):
    """A part of the seats, for everybody, for certain work, or for members."""

    __tablename__ = "activity_group"
    __table_args__ = (sa.UniqueConstraint("activity_id", "key"),)

    id: Mapped[Id]
    activity_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("activity.id"))
    key: Mapped[str]
    name: Mapped[str]
    place_in_list: Mapped[int] = mapped_column(sa.SmallInteger)
    worker_groups: Mapped[list[str] | None] = mapped_column(ARRAY(sa.Text))
    """Values of `WorkerGroup` that may take these seats; None for everybody."""
    members_of_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("trade_union.id"))
    """Only members of this union, or of one under it, may take these seats; None for everybody."""
    pool_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("seat_pool.id"), unique=True)

    pool: Mapped[SeatPool] = relationship()
    members_of: Mapped[TradeUnion | None] = relationship()
