"""Looking at accounts and roles of the staff: for administrators, in the subtrees of the unions they work for."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session, aliased

from server.core import audit
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import not_found
from server.core.private import Private
from server.unions.models import TradeUnion
from server.unions.staff.authority import offices_of, reach_of
from server.unions.staff.models import RoleGrant, StaffAccount, StaffCredential
from server.unions.staff.roles import Role, roles
from server.unions.staff.vocabulary import GrantState, Right
from server.unions.tree import OFFICES, subtree_of

SHOWN = 100
DECIDED_WITHIN = timedelta(days=30)
ENDING_WITHIN = timedelta(days=14)
ENDED_WITHIN = timedelta(days=30)
"""What ended lately and nobody asked for anew is shown with what ends."""


class Line(Private, frozen=True):
    """An account in a list."""

    number: str
    name: str
    union_name: str
    roles: tuple[str, ...]
    closed: bool
    locked: bool


class Listing(Struct):
    """The first accounts of those that fit."""

    lines: list[Line]
    left_out: int


class Request(Struct, frozen=True):
    """A role that somebody is to get, or got."""

    grant: RoleGrant
    role: Role
    number: str
    union_name: str
    asked_by: str | None
    decided_by: str | None


class Dossier(Struct):
    """An account with what hangs on it."""

    account: StaffAccount
    union: TradeUnion
    has_password: bool
    temporary_until: datetime | None
    has_authenticator: bool
    locked_until: datetime | None
    """Only while it is in the future."""
    requests: list[Request]
    """Roles that count now or wait, the newest first."""


def search(*, words: str, by: str) -> Listing:
    """Accounts whose number or name holds these words, by number. One look is recorded.

    Raises:
        Problem: 403 for whoever administers nothing.
    """
    with transaction() as session:
        rows = session.execute(
            sa.select(StaffAccount, TradeUnion.name, StaffCredential.locked_until)
            .join(TradeUnion, TradeUnion.id == StaffAccount.union_id)
            .outerjoin(StaffCredential, StaffCredential.staff_id == StaffAccount.id)
            .where(StaffAccount.union_id.in_(_scope(session, by)))
            .order_by(StaffAccount.closed_at.is_not(None), StaffAccount.number)
        ).all()
        # Names are ciphertext; a district has some hundreds of accounts.
        wanted = words.strip().lower()
        fitting = [row for row in rows if wanted in row[0].number.lower() or wanted in row[0].name.lower()]
        shown = fitting[:SHOWN]
        held = _roles_of(session, [account.id for account, _, _ in shown])
        audit.record(
            actor=audit.staff(by), action="staff.list", subject_kind="staff_account", detail={"accounts": len(shown)}
        )
    return Listing(
        lines=[
            Line(
                number=account.number,
                name=account.name,
                union_name=union_name,
                roles=tuple(held.get(account.id, ())),
                closed=account.closed_at is not None,
                locked=locked_until is not None and locked_until > now(),
            )
            for account, union_name, locked_until in shown
        ],
        left_out=len(fitting) - len(shown),
    )


def dossier(*, number: str, by: str) -> Dossier:
    """An account, whole; the look is recorded.

    Raises:
        Problem: 403, and 404 for an account that works elsewhere.
    """
    with transaction() as session:
        row = session.execute(
            sa.select(StaffAccount, TradeUnion, StaffCredential)
            .join(TradeUnion, TradeUnion.id == StaffAccount.union_id)
            .outerjoin(StaffCredential, StaffCredential.staff_id == StaffAccount.id)
            .where(StaffAccount.number == number, StaffAccount.union_id.in_(_scope(session, by)))
        ).one_or_none()
        if row is None:
            raise not_found()
        account, union, credential = row
        audit.record(actor=audit.staff(by), action="staff.read", subject_kind="staff_account", subject_id=account.id)
        locked_until = None if credential is None else credential.locked_until
        return Dossier(
            account=account,
            union=union,
            has_password=credential is not None,
            temporary_until=None if credential is None else credential.temporary_until,
            has_authenticator=credential is not None and credential.totp_secret is not None,
            locked_until=locked_until if locked_until is not None and locked_until > now() else None,
            requests=_requests(
                session,
                RoleGrant.staff_id == account.id,
                sa.or_(
                    RoleGrant.state == GrantState.REQUESTED,
                    sa.and_(RoleGrant.state == GrantState.GRANTED, RoleGrant.until > now()),
                ),
            ),
        )


def waiting_requests(*, by: str) -> list[Request]:
    """Roles that wait for a second person, the oldest first.

    Raises:
        Problem: 403 for whoever grants no roles.
    """
    session: Session = db.session()
    return _requests(session, RoleGrant.state == GrantState.REQUESTED, _theirs(session, by))[::-1]


def count_waiting_grants(*, by: str) -> int:
    """How many roles wait for a second person. Raises as `waiting_requests` does."""
    session: Session = db.session()
    waiting = sa.and_(RoleGrant.state == GrantState.REQUESTED, _theirs(session, by))
    return session.scalar(sa.select(sa.func.count()).select_from(RoleGrant).where(waiting)) or 0


def ending_roles(*, by: str) -> list[Request]:
    """Roles that end soon and that nobody has asked to go on, the next first. Raises as `waiting_requests` does."""
    session: Session = db.session()
    ending = _requests(session, *_ending(session, by))
    return sorted(ending, key=lambda one: one.grant.until)


def count_ending_roles(*, by: str) -> int:
    """How many. Raises as `waiting_requests` does."""
    session: Session = db.session()
    counted = (
        sa.select(sa.func.count()).select_from(RoleGrant).join(StaffAccount, StaffAccount.id == RoleGrant.staff_id)
    )
    return session.scalar(counted.where(*_ending(session, by))) or 0


def decided_requests(*, by: str) -> list[Request]:
    """Roles that were asked for lately and are decided, the newest first. Raises as `waiting_requests` does."""
    session: Session = db.session()
    return _requests(
        session,
        RoleGrant.decided_at > now() - DECIDED_WITHIN,
        RoleGrant.requested_by_id.is_not(None),
        _theirs(session, by),
    )


def unions_in_scope(*, by: str, right: Right) -> Sequence[TradeUnion]:
    """The unions for which somebody may do this, from the top down. Raises as `offices_of` does."""
    session: Session = db.session()
    offices = offices_of(session, number=by, right=right)
    return session.scalars(
        sa.select(TradeUnion)
        .where(TradeUnion.id.in_(subtree_of(*(office.id for office in offices))))
        .order_by(sa.func.length(TradeUnion.code), TradeUnion.code)
    ).all()


def organisations_named(words: str, *, by: str, limit: int) -> Sequence[str]:
    """Names, with these words in them, of employers' and trades' unions where somebody works on cases. One query."""
    session: Session = db.session()
    reach = reach_of(number=by, right=Right.CASE_WORK)
    return session.scalars(
        sa.select(TradeUnion.name)
        .where(
            TradeUnion.id.in_(sa.select(reach.c.union_id)),
            TradeUnion.kind.not_in(OFFICES),
            TradeUnion.name.contains(words, autoescape=True),
        )
        .order_by(TradeUnion.name)
        .limit(limit)
    ).all()


def _scope(session: Session, by: str) -> sa.Select[tuple[uuid.UUID]]:
    offices = offices_of(session, number=by, right=Right.STAFF_ACCOUNTS, or_rights={Right.STAFF_GRANTS})
    return subtree_of(*(office.id for office in offices))


def _theirs(session: Session, by: str) -> sa.ColumnElement[bool]:
    offices = offices_of(session, number=by, right=Right.STAFF_GRANTS)
    return RoleGrant.union_id.in_(subtree_of(*(office.id for office in offices)))


def _ending(session: Session, by: str) -> list[sa.ColumnElement[bool]]:
    following = aliased(RoleGrant)
    asked = sa.exists().where(
        following.staff_id == RoleGrant.staff_id,
        following.role == RoleGrant.role,
        following.union_id == RoleGrant.union_id,
        following.state == GrantState.REQUESTED,
    )
    return [
        RoleGrant.state == GrantState.GRANTED,
        RoleGrant.until > now() - ENDED_WITHIN,
        RoleGrant.until <= now() + ENDING_WITHIN,
        StaffAccount.closed_at.is_(None),
        ~asked,
        _theirs(session, by),
    ]


def _roles_of(session: Session, staff_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    rows = session.execute(
        sa.select(RoleGrant.staff_id, RoleGrant.role, TradeUnion.name)
        .join(TradeUnion, TradeUnion.id == RoleGrant.union_id)
        .where(RoleGrant.staff_id.in_(staff_ids), RoleGrant.state == GrantState.GRANTED, RoleGrant.until > now())
        .order_by(RoleGrant.created_at)
    )
    held: dict[uuid.UUID, list[str]] = {}
    for staff_id, role, union_name in rows:
        held.setdefault(staff_id, []).append(f"{roles()[role].name}（{union_name}）")
    return held


def _requests(session: Session, *conditions: sa.ColumnElement[bool]) -> list[Request]:
    asking, deciding = aliased(StaffAccount), aliased(StaffAccount)
    rows = session.execute(
        sa.select(RoleGrant, StaffAccount.number, TradeUnion.name, asking.number, deciding.number)
        .join(StaffAccount, StaffAccount.id == RoleGrant.staff_id)
        .join(TradeUnion, TradeUnion.id == RoleGrant.union_id)
        .outerjoin(asking, asking.id == RoleGrant.requested_by_id)
        .outerjoin(deciding, deciding.id == RoleGrant.decided_by_id)
        .where(*conditions)
        .order_by(RoleGrant.created_at.desc(), RoleGrant.id.desc())
    )
    return [Request(grant, roles()[grant.role], *others) for grant, *others in rows]
