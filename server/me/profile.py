"""What a worker is shown about themselves: enough to recognise it, too little to be worth reading over a shoulder."""

import uuid
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy.orm import Session

from server.core.access import Level
from server.identity import desk
from server.identity.consents import GrantedConsent, consents_of
from server.identity.models import DeskRequest, DeskState, Outcome, Worker, WorkerGroup
from server.identity.rules import mask_name, mask_phone
from server.identity.verification import BY_HAND
from server.unions.service import membership_of
from server.unions.vocabulary import MembershipState


@dataclass(frozen=True, slots=True)
class UnionSummary:
    """A union, by code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class MembershipSummary:
    """A worker's membership."""

    number: str
    state: MembershipState
    since: date
    union: UnionSummary


@dataclass(frozen=True, slots=True)
class WorkerSummary:
    """What comes with a session."""

    id: uuid.UUID
    level: Level
    phone_masked: str | None
    name_masked: str | None
    worker_group: WorkerGroup | None
    membership: MembershipSummary | None


@dataclass(frozen=True, slots=True)
class VerificationState:
    """How far the last verification has come."""

    state: Outcome
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class Profile(WorkerSummary):
    """What a worker sees of their account."""

    verification: VerificationState | None
    consents: list[GrantedConsent]


def summary_of(session: Session, worker: Worker) -> WorkerSummary:
    """One query for a verified worker, none for the others: only verification makes members."""
    found = membership_of(session, worker.id) if worker.level >= Level.L2 else None
    membership = None
    if found is not None:
        row, union = found
        membership = MembershipSummary(row.number, row.state, row.since, UnionSummary(union.code, union.name))
    return WorkerSummary(
        id=worker.id,
        level=worker.level,
        phone_masked=None if worker.phone is None else mask_phone(worker.phone),
        name_masked=None if worker.name is None else mask_name(worker.name),
        worker_group=worker.worker_group,
        membership=membership,
    )


def profile_of(session: Session, worker_id: uuid.UUID) -> Profile:
    """Everything that `GET /me` tells."""
    worker = session.get_one(Worker, worker_id)
    summary = summary_of(session, worker)
    return Profile(
        **{part.name: getattr(summary, part.name) for part in fields(summary)},
        verification=_verification_of(session, worker),
        consents=consents_of(session, worker_id),
    )


def _verification_of(session: Session, worker: Worker) -> VerificationState | None:
    if worker.verified_at is not None:
        return VerificationState(Outcome.MATCHED, worker.verified_at, None)
    request = desk.latest_request_of(session, worker.id)
    return None if request is None else _of_request(request)


def _of_request(request: DeskRequest) -> VerificationState:
    if request.state is DeskState.REFUSED and request.decided_at is not None:
        return VerificationState(Outcome.REFUSED, request.decided_at, request.note)
    return VerificationState(Outcome.MANUAL, request.created_at, BY_HAND)
