"""Tables of what is exchanged with 12345."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from server.cases.models import Redacted
from server.cases.vocabulary import Direction
from server.city.words import Word
from server.core.crypto import EncryptedText
from server.core.db import Base, Id, enum_column


class CaseExchange(Redacted, Base):
    """One case that is also an order of 12345: their number, their state, their clock. Ours runs on beside it."""

    __tablename__ = "case_exchange"

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"), unique=True)
    direction: Mapped[Direction] = mapped_column(enum_column(Direction))
    begun_at: Mapped[datetime]
    their_no: Mapped[str | None] = mapped_column(unique=True)
    """None until they have answered with one."""
    their_state: Mapped[Word] = mapped_column(enum_column(Word))
    """The last they told of an order of ours; of one of theirs, `ORDER` until they say more of it."""
    their_seq: Mapped[int]
    """Of the last message that counted; an earlier one that comes late changes nothing."""
    their_due_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    """When they last told something."""
    office: Mapped[str | None]
    """Which of their offices has it."""
    asks_rating: Mapped[bool]
    """They ask how it went: we do not ask again."""
    said: Mapped[str | None] = mapped_column(EncryptedText("case_exchange.said"))
    """Their last words, whole."""
    caller_name: Mapped[str | None] = mapped_column(EncryptedText("case_exchange.caller_name"))
    caller_phone: Mapped[str | None] = mapped_column(EncryptedText("case_exchange.caller_phone"))
    """Who called 12345, as far as 12345 tells."""


class ExchangeMessage(Redacted, Base):
    """One message to 12345. Its id is the same at every try, so it counts once however often it arrives."""

    __tablename__ = "case_exchange_message"
    __table_args__ = (
        sa.Index("ix_case_exchange_message_exchange_id", "exchange_id", "id"),
        sa.Index("ix_case_exchange_message_due_at", "due_at", postgresql_where=sa.text("sent_at IS NULL")),
    )

    id: Mapped[Id]
    exchange_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case_exchange.id"))
    word: Mapped[Word] = mapped_column(enum_column(Word))
    at: Mapped[datetime]
    text: Mapped[str | None] = mapped_column(EncryptedText("case_exchange_message.text"))
    """Of an order: written anew for 12345, never the worker's own words."""
    facts: Mapped[str | None] = mapped_column(EncryptedText("case_exchange_message.facts"))
    """Of an order: what of the form an office outside may see, JSON of labels and answers; never own words."""
    files: Mapped[dict[str, str | None] | None] = mapped_column(JSONB(none_as_null=True))
    """Of an order that arrived: the attachments that were to go along, by id, each with the code by which they did not
    take it, or None. None of an order of which it was not kept."""
    tries: Mapped[int] = mapped_column(sa.SmallInteger)
    due_at: Mapped[datetime]
    """When it is tried next."""
    sent_at: Mapped[datetime | None]
    trouble: Mapped[str | None]
    """Why the last try failed: a word of ours or a code of theirs, nothing personal."""
    refused: Mapped[bool]
    """They do not take it: somebody has to look, and may have it sent again."""
