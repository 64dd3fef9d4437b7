"""Tables of the inbox, and of what may be sent by WeChat."""

import uuid
from datetime import datetime
from enum import StrEnum

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import EncryptedText
from server.core.db import Base, CreatedAt, Id, enum_column
from server.notices.worded import Worded


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
    """In simplified Chinese, whole: so it goes into the export, and to a process of the release before."""
    worded: Mapped[str | None] = mapped_column(EncryptedText("notice.worded"))
    """JSON `{words, slots}`: the body's words with named gaps and what fills them. None where there are no gaps, and in
    messages from before they were kept."""
    link: Mapped[str]
    """Path inside the mini-program, e.g. `/cases/SQ260313-0042-K`."""
    created_at: Mapped[CreatedAt]
    read_at: Mapped[datetime | None]

    @property
    def said(self) -> Worded:
        """The body as other languages want it."""
        if self.worded is None:
            return Worded(self.body)
        return Worded(**orjson.loads(self.worded))


class Way(StrEnum):
    """How a message leaves the app."""

    WECHAT = "wechat"
    SMS = "sms"


class DeliveryState(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    SENDING = "sending"
    """Written before it is sent, so that a crash leaves a trace and nothing is sent twice."""
    SENT = "sent"
    UNKNOWN = "unknown"
    """It was handed over, and no answer came. Not sent again: it may have arrived."""
    UNDELIVERED = "undelivered"
    NOT_NEEDED = "not_needed"
    """The worker had read it in the inbox by then, or nobody gets into the account: who has the phone is not known."""


NOT_ARRIVED = (DeliveryState.UNDELIVERED, DeliveryState.UNKNOWN)
"""For all that is known."""


class Failure(StrEnum):
    """Why a message did not arrive."""

    NO_WAY = "no_way"
    """No subscription, and no phone or no consent to be contacted."""
    REFUSED = "refused"
    MALFORMED = "malformed"
    """A template's fields are not those of the file: an operator has to act."""
    GAVE_UP = "gave_up"
    """Tried as often as it is worth."""


class CallOutcome(StrEnum):
    """What came of ringing somebody up."""

    TOLD = "told"
    MISSED = "missed"
    """Nobody answered; of a matter that is over, too often."""
    WRONG_NUMBER = "wrong_number"


class Delivery(Base):
    """One notice on its way out of the app. Holds no words: those are in the notice, and in `config/notices.yaml`."""

    __tablename__ = "notice_delivery"
    __table_args__ = (
        sa.Index(
            "ix_notice_delivery_open", "due_at", postgresql_where=sa.text("state IN ('waiting', 'sending', 'unknown')")
        ),
        sa.Index(
            "ix_notice_delivery_to_call",
            "kind",
            postgresql_where=sa.text("state IN ('undelivered', 'unknown') AND called_at IS NULL"),
        ),
        sa.CheckConstraint("outcome IS NULL OR called_at IS NOT NULL", name="outcome"),
    )

    notice_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[CreatedAt]
    worker_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[str]
    in_confidence: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Nobody is told who gets it: it is in no list of whom to ring up."""
    state: Mapped[DeliveryState] = mapped_column(enum_column(DeliveryState))
    way: Mapped[Way] = mapped_column(enum_column(Way))
    """The one in use, or the next to try."""
    tries: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    """Of this way."""
    due_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    template_id: Mapped[str | None]
    """Of WeChat's message, once one was handed over."""
    message_id: Mapped[str | None] = mapped_column(index=True)
    """WeChat's number for it."""
    failure: Mapped[Failure | None] = mapped_column(enum_column(Failure))
    missed_calls: Mapped[list[datetime]] = mapped_column(
        ARRAY(sa.TIMESTAMP(timezone=True)), default=list, server_default="{}"
    )
    """When somebody rang up in vain."""
    called_at: Mapped[datetime | None]
    """When nobody had to ring up any more."""
    called_by: Mapped[str | None]
    """`staff:<number>`, who rang up instead."""
    outcome: Mapped[CallOutcome | None] = mapped_column(enum_column(CallOutcome))


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


class StaffNotice(Base):
    """One message in the inbox of a member of the staff. Names a case by its number, and nobody."""

    __tablename__ = "staff_notice"
    __table_args__ = (
        sa.Index("ix_staff_notice_staff_no_created_at_id", "staff_no", "created_at", "id"),
        sa.Index("ix_staff_notice_nobody", "id", postgresql_where=sa.text("staff_no IS NULL AND read_at IS NULL")),
    )

    id: Mapped[Id]
    staff_no: Mapped[str | None]
    """None where nobody was on duty: `/status` says so until somebody looks."""
    kind: Mapped[str]
    """`clock.80`, `clock.100`, `clock.150`."""
    text: Mapped[str]
    """In our words: the number of the case, what runs out and when."""
    link: Mapped[str]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    sms_at: Mapped[datetime | None]
    """When it was sent by SMS too."""
