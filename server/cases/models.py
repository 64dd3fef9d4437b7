"""Tables of cases. What a worker says is ciphertext; what lies open is not personal: service, state, times, urgency."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from server.cases.vocabulary import Actor, IdentityMode, Phase, Urgency
from server.core.crypto import EncryptedText, KeyedDigest
from server.core.db import Base, CreatedAt, Id, enum_column
from server.notices.models import CallOutcome

OPENS_CASE = "case_secret"
"""Purpose of the digests of secrets."""
MESSAGE_TEXT = "case_message.text"
REVISION_ANSWERS = "case_revision.answers"
"""The context that its ciphertext is bound to."""


class Author(StrEnum):
    """Who wrote a message."""

    WORKER = "worker"
    STAFF = "staff"


class Redacted:
    """Prints kind and id, nothing else."""

    id: Any

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


class ServiceVersion(Base):
    """A service as it was declared when cases began to run on it. A trigger refuses UPDATE and DELETE."""

    __tablename__ = "service_version"

    service: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str]
    """SHA-256 of the document; see `Service.digest`."""
    document: Mapped[dict[str, Any]]
    created_at: Mapped[CreatedAt]


class Case(Redacted, Base):
    """One thing that a worker asked for.

    An anonymous case has a digest of its secret and no worker; any other has a worker and no secret. Of somebody
    without an account here, who told it to somebody else, it has a secret too, which opens nothing. One that was
    emptied (see `retention`) has neither.
    """

    __tablename__ = "service_case"
    __table_args__ = (
        sa.CheckConstraint("identity_mode <> 'anonymous' OR worker_id IS NULL", name="worker"),
        sa.CheckConstraint(
            "emptied_at IS NOT NULL OR (worker_id IS NULL) = (secret_digest IS NOT NULL)", name="secret"
        ),
        sa.Index("ix_service_case_worker_id_created_at_id", "worker_id", "created_at", "id"),
        sa.Index(
            "ix_service_case_nobodys",
            "service",
            postgresql_where=sa.text(
                "handler_no IS NULL AND lead_id IS NULL AND phase NOT IN ('done', 'withdrawn', 'lapsed')"
            ),
        ),
        sa.Index("ix_service_case_lead_id", "lead_id", postgresql_where=sa.text("lead_id IS NOT NULL")),
        sa.Index(
            "ix_service_case_handler_no_phase",
            "handler_no",
            "phase",
            postgresql_where=sa.text("handler_no IS NOT NULL"),
        ),
        sa.Index(
            "ix_service_case_carried_from_id",
            "carried_from_id",
            postgresql_where=sa.text("carried_from_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_service_case_opened_from_id",
            "opened_from_id",
            postgresql_where=sa.text("opened_from_id IS NOT NULL"),
        ),
        sa.Index("ix_service_case_unanswered", "handler_no", postgresql_where=sa.text("unanswered_since IS NOT NULL")),
        sa.CheckConstraint("lead_id <> id", name="lead"),
    )

    id: Mapped[Id]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    no: Mapped[str] = mapped_column(unique=True)
    service: Mapped[str]
    service_version: Mapped[int]
    """The one it runs on to its end, whatever the file says by then."""
    worker_id: Mapped[uuid.UUID | None]
    """Of the identity domain; no foreign key, so that asking never locks the worker's row."""
    identity_mode: Mapped[IdentityMode] = mapped_column(enum_column(IdentityMode))
    secret_digest: Mapped[bytes | None] = mapped_column(KeyedDigest(OPENS_CASE))
    """Keyed. The secret has 100 random bits: no slow hash is needed."""
    state: Mapped[str]
    phase: Mapped[Phase] = mapped_column(enum_column(Phase))
    urgency: Mapped[Urgency] = mapped_column(enum_column(Urgency))
    answers: Mapped[str] = mapped_column(EncryptedText("service_case.answers"))
    """JSON."""
    place: Mapped[str | None] = mapped_column(EncryptedText("service_case.place"))
    """`lat,lng`, GCJ-02, rounded to about 100 m before it was stored."""
    consents: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """What was agreed to for this case: `{"key", "version"}`."""
    spent: Mapped[list[str]]
    """Steps allowed once that were made."""
    round: Mapped[int] = mapped_column(sa.SmallInteger)
    """How often it was reopened."""
    union_id: Mapped[uuid.UUID | None]
    """The union that it was sent to; None while it is where its worker belongs."""
    meant_for_id: Mapped[uuid.UUID | None]
    """The union that it was for, where one above decides instead: that has nobody for it, or said nothing in time."""
    sent_from_id: Mapped[uuid.UUID | None]
    """The union whose staff last sent it on to one that they named; None where that was not kept."""
    away_from_home: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether the worker's own union has no part in it, since it may be about what that did: only where it lies, and
    above, is it seen. What was once kept away stays so."""
    handed_over: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether somebody sent it to this union: an office outside sees no case that only lies there by a rule."""
    handler_no: Mapped[str | None]
    """Staff number of who has it in hand."""
    barred_no: Mapped[str | None]
    """Staff number of who had it in hand when somebody else was asked for."""
    objected_to: Mapped[list[str]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    """Staff numbers of those whose decision its worker objects to: they make no step until it is decided anew; where a
    publication of another case is objected to, never."""
    lead_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("service_case.id"))
    """The case that it was merged into."""
    carried_from_id: Mapped[uuid.UUID | None]
    """The worker's case that it goes on from, see `going_on`; no foreign key, which would lock that one."""
    opened_from_id: Mapped[uuid.UUID | None]
    """The case that staff opened it from, see `opened_from`; no foreign key, which would lock that one."""
    unanswered_since: Mapped[datetime | None]
    """Since when words of its worker wait for the staff to answer, or to say that they were read; see `unanswered`."""
    version: Mapped[int]
    """Counts the changes; two people cannot make the same one."""
    emptied_at: Mapped[datetime | None]
    """When all that was personal in it was purged: number, state, times and counts are left."""


class CaseEvent(Redacted, Base):
    """One step of a case: what the worker reads in the timeline. A trigger refuses UPDATE and DELETE."""

    __tablename__ = "case_event"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "number"),
        sa.CheckConstraint("(actor = 'staff') = (staff_no IS NOT NULL)", name="staff_no"),
    )

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"))
    number: Mapped[int]
    """The case's version after the step."""
    at: Mapped[datetime]
    step: Mapped[str]
    source: Mapped[str | None]
    target: Mapped[str]
    actor: Mapped[Actor] = mapped_column(enum_column(Actor))
    staff_no: Mapped[str | None]
    stood_in_for: Mapped[str | None]
    """Staff number of whoever had it in hand and was away that day."""
    what: Mapped[str]
    """In the words of the service's file; never the worker's own."""
    ground: Mapped[str | None]
    """Key of the reason that the step named, so that they can be counted."""


class CaseMessage(Redacted, Base):
    """One message between worker and staff, readable by both."""

    __tablename__ = "case_message"
    __table_args__ = (
        sa.Index("ix_case_message_case_id_at_id", "case_id", "at", "id"),
        sa.CheckConstraint("(author = 'staff') = (staff_no IS NOT NULL)", name="staff_no"),
    )

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"))
    at: Mapped[datetime]
    author: Mapped[Author] = mapped_column(enum_column(Author))
    staff_no: Mapped[str | None]
    text: Mapped[str] = mapped_column(EncryptedText(MESSAGE_TEXT))


class CaseNote(Redacted, Base):
    """What staff write for each other: why a case is sent on or back. The worker does not see it."""

    __tablename__ = "case_note"
    __table_args__ = (sa.Index("ix_case_note_case_id_at_id", "case_id", "at", "id"),)

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"))
    at: Mapped[datetime]
    staff_no: Mapped[str]
    step: Mapped[str | None]
    """With which it was written, or a `proposals.PairedAct` whose reason it is; None for a note by itself."""
    text: Mapped[str] = mapped_column(EncryptedText("case_note.text"))


class CaseProposal(Redacted, Base):
    """A step, or an act beside the flow, that takes two persons, or the annulment of a missed promise."""

    __tablename__ = "case_proposal"
    __table_args__ = (
        sa.CheckConstraint("(step IS NULL) <> (clock_id IS NULL)", name="what"),
        sa.CheckConstraint("asked_by <> decided_by", name="two_persons"),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by"),
        sa.CheckConstraint("(decided_at IS NULL) = (approved IS NULL)", name="decided"),
        sa.Index(
            "uq_case_proposal_open",
            "case_id",
            sa.text("coalesce(step, clock_id::text)"),
            unique=True,
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"))
    step: Mapped[str | None]
    clock_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("clock.id"))
    """Whose miss is not to count."""
    amount: Mapped[int | None]
    """By how much a clock is to be extended, in the unit of its basis; None for as much as its rule allows."""
    text: Mapped[str] = mapped_column(EncryptedText("case_proposal.text"))
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool | None]


class CaseRevision(Redacted, Base):
    """The answers as they were before they were changed."""

    __tablename__ = "case_revision"
    __table_args__ = (sa.UniqueConstraint("case_id", "number"),)

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"))
    number: Mapped[int]
    """The case's version that they belonged to."""
    at: Mapped[datetime]
    """Until when they stood."""
    answers: Mapped[str] = mapped_column(EncryptedText(REVISION_ANSWERS))
    staff_no: Mapped[str | None]
    """Who of the staff changed them; None for the worker."""


class CaseRating(Base):
    """How it went, in the worker's eyes; once for each time the case was answered. Never shown to the handler."""

    __tablename__ = "case_rating"
    __table_args__ = (
        sa.CheckConstraint("attitude BETWEEN 1 AND 5", name="attitude"),
        sa.CheckConstraint("result BETWEEN 1 AND 5", name="result"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"), primary_key=True)
    round: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    solved: Mapped[bool]
    attitude: Mapped[int] = mapped_column(sa.SmallInteger)
    result: Mapped[int] = mapped_column(sa.SmallInteger)
    comment: Mapped[str | None] = mapped_column(EncryptedText("case_rating.comment"))


class CasePhoneRating(Base):
    """What a worker said on the phone to somebody who had no part in the case. Counted apart from `CaseRating`."""

    __tablename__ = "case_phone_rating"
    __table_args__ = (
        sa.CheckConstraint("attitude BETWEEN 1 AND 5", name="attitude"),
        sa.CheckConstraint("result BETWEEN 1 AND 5", name="result"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"), primary_key=True)
    round: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    staff_no: Mapped[str]
    solved: Mapped[bool]
    attitude: Mapped[int] = mapped_column(sa.SmallInteger)
    result: Mapped[int] = mapped_column(sa.SmallInteger)


class Unheard(StrEnum):
    """Why somebody who was rung up to say how it went did not."""

    MISSED = "missed"
    """Nobody answered, too often."""
    WRONG_NUMBER = "wrong_number"
    DECLINED = "declined"


class RatingQuestion(Base):
    """When a worker is next asked how it went; once more after the first time, and then no more but by phone."""

    __tablename__ = "case_rating_question"
    __table_args__ = (sa.CheckConstraint("(unheard_at IS NULL) = (unheard IS NULL)", name="unheard_at"),)

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"), primary_key=True)
    round: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    answered_at: Mapped[datetime] = mapped_column(index=True)
    ask_at: Mapped[datetime | None] = mapped_column(index=True)
    """None once all was asked, or nothing is left to ask."""
    missed_calls: Mapped[list[datetime]] = mapped_column(
        ARRAY(sa.TIMESTAMP(timezone=True)), default=list, server_default="{}"
    )
    """When somebody rang up in vain."""
    unheard_at: Mapped[datetime | None] = mapped_column(index=True)
    """When nobody had to ring up any more, with nothing heard."""
    unheard: Mapped[Unheard | None] = mapped_column(enum_column(Unheard))


class DateReminder(Base):
    """That a worker was told of a computed date so many days before it; of who has no account, that the desk was."""

    __tablename__ = "case_date_reminder"
    __table_args__ = (
        sa.CheckConstraint("(called_at IS NULL) = (outcome IS NULL)", name="outcome"),
        sa.Index("ix_case_date_reminder_case_id_uncalled", "case_id", postgresql_where=sa.text("called_at IS NULL")),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """Of the computed value."""
    days: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    sms_at: Mapped[datetime | None]
    """When the phone was told of which the desk was given the number."""
    called_at: Mapped[datetime | None]
    """When nobody had to ring up any more."""
    called_by: Mapped[str | None]
    """Staff number."""
    outcome: Mapped[CallOutcome | None] = mapped_column(enum_column(CallOutcome))


class CaseGroup(Base):
    """A case among those of the same dispute, each of which stays on its own."""

    __tablename__ = "case_group"

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"), primary_key=True)
    head_id: Mapped[uuid.UUID] = mapped_column(index=True)
    """The first of them, which stands for all; no foreign key, so that finding them never waits for that case."""
    since: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """Of the head: when whoever has to know was told that they are many."""


class SecretTries(Base):
    """Wrong secrets given for a case number, whether there is such a case or not: the answer must not tell."""

    __tablename__ = "case_secret_tries"

    no: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int] = mapped_column(sa.SmallInteger)
    since: Mapped[datetime] = mapped_column(index=True)
