"""The union tree, its members and what they said when they joined."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import EncryptedText
from server.core.db import Base, CreatedAt, Id, enum_column
from server.identity.models import Redacted
from server.unions.rules import COUNTED
from server.unions.vocabulary import Employment, MembershipState, UnionKind

MEMBER_NUMBERS = sa.Sequence("member_number_seq", metadata=Base.metadata)


class TradeUnion(Base):
    """One union."""

    __tablename__ = "trade_union"
    __table_args__ = (
        sa.CheckConstraint("term_years IN (3, 5)", name="term_years"),
        sa.CheckConstraint("(term_years IS NULL) = (term_began IS NULL)", name="term"),
    )

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    code: Mapped[str] = mapped_column(unique=True)
    """What rosters call it by."""
    name: Mapped[str]
    kind: Mapped[UnionKind] = mapped_column(enum_column(UnionKind))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("trade_union.id"), index=True)
    area_code: Mapped[str] = mapped_column(index=True)
    """City (4 digits), district (6) or street (9)."""
    firm_side: Mapped[bool] = mapped_column(default=False)
    """An employer's own union: where its employer is a party, it counts as the employer's side."""
    term_began: Mapped[date | None]
    """When its officers were elected."""
    term_years: Mapped[int | None] = mapped_column(sa.SmallInteger)
    """工会法 art. 16: three or five."""
    term_told: Mapped[date | None]
    """The day of the last reminder of an election: each is told once, and a new term has days of its own."""


class Membership(Redacted, Base):
    """A worker belongs to a union. Number and row stay the same for life; `MembershipEvent` tells how it went."""

    __tablename__ = "membership"

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"), unique=True)
    union_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("trade_union.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    """District code and seven digits of a sequence, e.g. 4403040000012."""
    state: Mapped[MembershipState] = mapped_column(enum_column(MembershipState))
    since: Mapped[date]


IS_MEMBER = Membership.state.in_(COUNTED)
"""Of memberships: those of somebody who is a member now. Who left belongs to no union any more."""


class WorkerOffice(Base):
    """Which office looks after a worker while they are nobody's member; without a row it is the one for all others."""

    __tablename__ = "worker_office"

    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"), primary_key=True)
    union_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("trade_union.id"))
    since: Mapped[datetime]

    def __repr__(self) -> str:
        return f"<WorkerOffice {self.worker_id}>"


class MembershipEvent(Redacted, Base):
    """One change of a membership, the admission included."""

    __tablename__ = "membership_event"
    __table_args__ = (sa.Index("ix_membership_event_membership_id_at", "membership_id", "at"),)

    id: Mapped[Id]
    membership_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("membership.id"))
    at: Mapped[datetime]
    source: Mapped[MembershipState | None] = mapped_column(enum_column(MembershipState))
    target: Mapped[MembershipState] = mapped_column(enum_column(MembershipState))
    union_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("trade_union.id"))
    """Where the member belonged after the change."""
    actor: Mapped[str]
    """As in the audit."""
    reason: Mapped[str | None] = mapped_column(EncryptedText("membership_event.reason"))


class JoiningRecord(Redacted, Base):
    """What a worker says when joining (入会登记表); what is not asked for stays empty."""

    __tablename__ = "joining_record"

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime]
    worker_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("worker.id"), unique=True)
    employment: Mapped[Employment | None] = mapped_column(enum_column(Employment))
    employer: Mapped[str | None] = mapped_column(EncryptedText("joining_record.employer"))
    """Employer, or platform and station, as the worker calls it."""
    work_area: Mapped[str | None] = mapped_column(EncryptedText("joining_record.work_area"))
    """Code of the street (9 digits) or community (12) where they usually work."""
    former_union: Mapped[str | None] = mapped_column(EncryptedText("joining_record.former_union"))
    """Where they were a member before; such a membership is transferred, not begun anew."""
    ethnicity: Mapped[str | None] = mapped_column(EncryptedText("joining_record.ethnicity"))
    education: Mapped[str | None] = mapped_column(EncryptedText("joining_record.education"))
    political_status: Mapped[str | None] = mapped_column(EncryptedText("joining_record.political_status"))
    skill_level: Mapped[str | None] = mapped_column(EncryptedText("joining_record.skill_level"))
    household: Mapped[str | None] = mapped_column(EncryptedText("joining_record.household"))
