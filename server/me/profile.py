"""What a worker is shown about themselves: enough to recognise it, too little to be worth reading over a shoulder."""

import uuid
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy.orm import Session, aliased

from server.clocks.models import Clock
from server.core.access import Level
from server.core.clock import midnight, today
from server.identity import desk
from server.identity.consents import GrantedConsent, consents_of
from server.identity.models import DeskState, Outcome, Worker, WorkerGroup
from server.identity.rules import mask_name, mask_phone
from server.identity.verification import BY_HAND, PAPER_GRACE
from server.me.closing import UNDER_WAY
from server.me.models import AccountClosing
from server.unions.invitations import open_invitation
from server.unions.models import Membership, TradeUnion
from server.unions.responsible import responsible_for
from server.unions.rules import COUNTED
from server.unions.service import membership_of
from server.unions.vocabulary import MembershipState

PAPER_RAN_OUT = "登记的证件过期满 30 天，认证停了。用新证件再认证一次就好，原来的事都还在。"


class UnionSummary(Struct, frozen=True):
    """A union, by code and name."""

    code: str
    name: str


class MembershipSummary(Struct, frozen=True):
    """A worker's membership."""

    number: str
    state: MembershipState
    since: date
    union: UnionSummary


class WorkerSummary(Struct, frozen=True):
    """What comes with a session."""

    id: uuid.UUID
    level: Level
    phone_masked: str | None
    name_masked: str | None
    worker_group: WorkerGroup | None
    membership: MembershipSummary | None
    """Of who is a member now; who left is none any more."""


class VerificationState(Struct, frozen=True):
    """How far the last verification has come."""

    state: Outcome
    at: datetime
    reason: str | None
    wanted: str | None = None
    """What the desk needs the worker to send."""
    clock: Clock | None = None
    """Until when the desk decides; while something is wanted it stands still."""
    paper_valid_to: date | None = None
    """Last day of the paper, where the desk noted one; kept when the verification ended with it."""
    renew_by: date | None = None
    """Of a paper that has run out: the day from which the verification no longer holds."""


class InvitationSummary(Struct, frozen=True):
    """The question of a union that has the worker on its list."""

    union: UnionSummary
    put_off: bool


class Profile(WorkerSummary, frozen=True):
    """What a worker sees of their account."""

    verification: VerificationState | None
    consents: list[GrantedConsent]
    closing: AccountClosing | None
    """While the account can still be kept."""
    invitation: InvitationSummary | None
    """Of who is no member, and stands on a list that a unit sent."""
    office: UnionSummary | None
    """The union that the worker's matters lie with; None where there is no office at all."""


def summary_of(session: Session, worker: Worker) -> WorkerSummary:
    """One query for a verified worker, none for the others: only verification makes members."""
    return _summary(worker, membership_of(session, worker.id) if worker.level >= Level.L2 else None)


def profile_of(session: Session, worker_id: uuid.UUID) -> Profile:
    """Everything that `GET /me` tells."""
    looking_after = aliased(TradeUnion)
    worker, closing, membership, union, office = session.execute(
        sa.select(Worker, AccountClosing, Membership, TradeUnion, looking_after)
        .outerjoin(AccountClosing, sa.and_(AccountClosing.worker_id == Worker.id, UNDER_WAY))
        .outerjoin(Membership, Membership.worker_id == Worker.id)
        .outerjoin(TradeUnion, TradeUnion.id == Membership.union_id)
        .outerjoin(looking_after, looking_after.id == responsible_for(Worker.id))
        .where(Worker.id == worker_id)
    ).one()
    # Only who is verified is a member, also where the register still holds what they were.
    shown = membership is not None and worker.level >= Level.L2
    summary = _summary(worker, (membership, union) if shown else None)
    return Profile(
        **asdict(summary),
        verification=_verification_of(session, worker),
        consents=consents_of(session, worker_id),
        closing=closing,
        invitation=_invitation_of(session, worker) if summary.membership is None else None,
        office=None if office is None else UnionSummary(office.code, office.name),
    )


def _summary(worker: Worker, found: tuple[Membership, TradeUnion] | None) -> WorkerSummary:
    membership = None
    if found is not None and found[0].state in COUNTED:
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


def _invitation_of(session: Session, worker: Worker) -> InvitationSummary | None:
    if worker.level < Level.L2:
        return None
    asked = open_invitation(session, worker)
    return None if asked is None else InvitationSummary(UnionSummary(asked.union.code, asked.union.name), asked.put_off)


def _verification_of(session: Session, worker: Worker) -> VerificationState | None:
    request = desk.latest_request_of(session, worker.id)
    if request is not None and request.state is DeskState.OPEN:
        return VerificationState(
            Outcome.MANUAL, request.created_at, BY_HAND, wanted=request.wanted, clock=desk.clock_of(request)
        )
    paper = worker.paper_valid_to
    if worker.verified_at is not None:
        renew_by = _ends_on(paper) if paper is not None and paper < today() else None
        return VerificationState(Outcome.MATCHED, worker.verified_at, None, paper_valid_to=paper, renew_by=renew_by)
    if paper is not None:
        ended = midnight(_ends_on(paper))
        if request is None or request.decided_at is None or request.decided_at < ended:
            return VerificationState(Outcome.REFUSED, ended, PAPER_RAN_OUT, paper_valid_to=paper)
    if request is not None and request.state is DeskState.REFUSED and request.decided_at is not None:
        return VerificationState(Outcome.REFUSED, request.decided_at, request.note)
    return None


def _ends_on(paper_valid_to: date) -> date:
    return paper_valid_to + PAPER_GRACE + timedelta(days=1)
