"""Attachments: checked files, owned by a worker or whoever holds the secret until something claims them."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.cases.files.media import MediaType
from server.core.db import Base, CreatedAt, Id, enum_column


class Attachment(Base):
    """One stored file. Names that people gave their files are not kept."""

    __tablename__ = "attachment"
    __table_args__ = (
        sa.CheckConstraint(
            "case_id IS NOT NULL OR desk_request_id IS NOT NULL OR (owner_worker_id IS NULL) <> (claim_hash IS NULL)",
            name="belongs_to_somebody",
        ),
        sa.CheckConstraint("talk_id IS NULL OR (case_id IS NOT NULL AND message_id IS NULL)", name="talk"),
        sa.CheckConstraint(
            "field IS NULL OR (case_id IS NOT NULL AND message_id IS NULL AND talk_id IS NULL)", name="field"
        ),
        sa.CheckConstraint("(claimed_at IS NOT NULL) = (num_nonnulls(case_id, desk_request_id) = 1)", name="claimed"),
        sa.Index("ix_attachment_unclaimed", "created_at", postgresql_where=sa.text("claimed_at IS NULL")),
        sa.Index("ix_attachment_talk_id", "talk_id", postgresql_where=sa.text("talk_id IS NOT NULL")),
        sa.Index("ix_attachment_owner", "owner_worker_id", "created_at"),
    )

    id: Mapped[Id]
    owner_worker_id: Mapped[uuid.UUID | None]
    """Who uploaded it; nobody when it came without a token."""
    claim_hash: Mapped[bytes | None]
    """SHA-256 of the secret that claims it, until it is claimed."""
    case_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    message_id: Mapped[uuid.UUID | None]
    """The message of the case that it came with; none when it came with the answers."""
    field: Mapped[str | None]
    """Key of the field of the case's form that it was given to."""
    talk_id: Mapped[uuid.UUID | None]
    """What a worker and whoever has the case wrote to each other, that it came with: nobody else sees it."""
    note_id: Mapped[uuid.UUID | None]
    """The note of the staff that it came with: like the note, nothing for the worker."""
    desk_request_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The verification that it is evidence for."""
    sha256: Mapped[str]
    """Of what is stored, in hex."""
    size: Mapped[int]
    """Bytes, of what is stored."""
    media_type: Mapped[MediaType] = mapped_column(enum_column(MediaType, length=80))
    seconds: Mapped[int | None] = mapped_column(sa.SmallInteger)
    """How long a recording lasts."""
    storage_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    claimed_at: Mapped[datetime | None]


class Upload(Base):
    """A file that comes in parts, for a day. Afterwards it remembers what became of it."""

    __tablename__ = "upload"
    __table_args__ = (
        sa.CheckConstraint("(owner_worker_id IS NULL) <> (claim_hash IS NULL)", name="belongs_to_somebody"),
    )

    id: Mapped[Id]
    owner_worker_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    claim_hash: Mapped[bytes | None]
    """SHA-256 of the secret that lets a guest go on, and that claims the attachment."""
    size: Mapped[int]
    """Bytes, as it was announced."""
    created_at: Mapped[CreatedAt] = mapped_column(index=True)
    attachment_id: Mapped[uuid.UUID | None]
    """What it has become."""


class UploadPart(Base):
    """One part that has arrived, a file of its own until the last one is there."""

    __tablename__ = "upload_part"

    upload_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("upload.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True)
    """From 0."""
    sha256: Mapped[bytes]
    storage_key: Mapped[str] = mapped_column(unique=True)
