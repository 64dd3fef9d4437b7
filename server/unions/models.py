"""The union tree and its members."""

import uuid
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, CreatedAt, Id, enum_column


class UnionKind(StrEnum):
    """Where in the tree a union stands."""

    CITY = "city"
    """市总工会"""
    DISTRICT = "district"
    """区总工会"""
    STREET = "street"
    """街道总工会"""
    FEDERATION = "federation"
    """工联会: of a community, a park, a building or an industry"""
    UNIT = "unit"
    """单位工会"""


class MembershipState(StrEnum):
    ACTIVE = "active"


MEMBER_NUMBERS = sa.Sequence("member_number_seq", metadata=Base.metadata)


class TradeUnion(Base):
    """One union."""

    __tablename__ = "trade_union"

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    code: Mapped[str] = mapped_column(unique=True)
    """What rosters call it by."""
    name: Mapped[str]
    kind: Mapped[UnionKind] = mapped_column(enum_column(UnionKind))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("trade_union.id"), index=True)
    area_code: Mapped[str]
    """City (4 digits), district (6) or street (9)."""


class Membership(Base):
    """A worker belongs to a union."""

    __tablename__ = "membership"

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"), unique=True)
    union_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("trade_union.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    """District code and seven digits of a sequence, e.g. 4403040000012."""
    state: Mapped[MembershipState] = mapped_column(enum_column(MembershipState))
    since: Mapped[date]
