"""Tables of the inbox, and of what may be sent by WeChat."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import EncryptedText
from server.core.db import Base, CreatedAt, Id, enum_column


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


class SubscriptionAnswer(StrEnum):
    """What a worker said in WeChat's dialog."""

    ACCEPT = "accept"
    REJECT = "reject"


class SubscriptionGrant(Base):
    """How many messages of one template a worker still allows."""

    __tablename__ = "subscription_grant"
    __table_args__ = (sa.CheckConstraint("remaining >= 0", name="remaining_not_negative"),)

    worker_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """Of the identity domain; no foreign key, as for notices."""
    template_id: Mapped[str] = mapped_column(primary_key=True)
    """WeChat's; under another id nothing was allowed."""
    remaining: Mapped[int]
    answer: Mapped[SubscriptionAnswer] = mapped_column(enum_column(SubscriptionAnswer))
    """The last one, so that nobody is asked again at once after a reject."""
    answered_at: Mapped[datetime]
    switched_off_at: Mapped[datetime | None]
    """When the worker last switched the template off in WeChat itself; accepts of before do not count."""
