"""Tables of those who keep places."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import KeyedDigest
from server.core.db import Base, CreatedAt, Id

MANAGER_CODE = "station_manager_code"
"""Of the codes' digests."""


class StationManager(Base):
    """A worker keeps a place. Several may; who stops and begins again has another row."""

    __tablename__ = "station_manager"
    __table_args__ = (
        sa.Index(
            "uq_station_manager_station_id_worker_id_living",
            "station_id",
            "worker_id",
            unique=True,
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    station_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("station.id", ondelete="CASCADE"))
    worker_id: Mapped[uuid.UUID] = mapped_column(index=True)
    """Of the identity domain; no foreign key, so that nothing here locks the worker's row."""
    created_at: Mapped[CreatedAt]
    revoked_at: Mapped[datetime | None]


class ManagerCode(Base):
    """What the street gives to a new manager, as a digest. It makes one worker a manager, once."""

    __tablename__ = "station_manager_code"

    id: Mapped[Id]
    station_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("station.id", ondelete="CASCADE"), index=True)
    code_hmac: Mapped[bytes] = mapped_column(KeyedDigest(MANAGER_CODE), unique=True)
    issued_by: Mapped[str]
    """As in the audit: `staff:<number>`."""
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    used_by: Mapped[uuid.UUID | None]


class WrongManagerCode(Base):
    """A worker typed a code that is none. What was typed is not kept."""

    __tablename__ = "station_manager_wrong_code"
    __table_args__ = (sa.Index("ix_station_manager_wrong_code_worker_id_created_at", "worker_id", "created_at"),)

    id: Mapped[Id]
    worker_id: Mapped[uuid.UUID]
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
