"""The inbox's table."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import EncryptedText
from server.core.db import Base, CreatedAt, Id


class Notice(Base):
    """One message in a worker's inbox. Title and body are sealed: together they tell what a worker is going through."""

    __tablename__ = "notice"
    __table_args__ = (sa.Index("ix_notice_worker_id_created_at_id", "worker_id", "created_at", "id"),)

    id: Mapped[Id]
    worker_id: Mapped[uuid.UUID]
    """Of the identity domain; no foreign key, so that writing a notice never locks the worker's row."""
    kind: Mapped[str]
    """What it is about, e.g. `case.replied`; chooses the icon."""
    title: Mapped[str] = mapped_column(EncryptedText("notice.title"))
    body: Mapped[str] = mapped_column(EncryptedText("notice.body"))
    link: Mapped[str]
    """Path inside the mini-program, e.g. `/cases/SQ260313-0042-K`."""
    created_at: Mapped[CreatedAt]
    read_at: Mapped[datetime | None]
