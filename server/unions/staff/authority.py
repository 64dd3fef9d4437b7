"""May this member of the staff do this, here? Asked by everything that a member of the staff does."""

import uuid
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.core.clock import now
from server.core.errors import Problem
from server.unions.models import TradeUnion
from server.unions.responsible import responsible_for
from server.unions.staff.models import RoleGrant, StaffAccount
from server.unions.staff.roles import roles_with
from server.unions.staff.vocabulary import GrantState, Right
from server.unions.tree import OFFICES, climbed, lineage_of, subtree_of
from server.unions.vocabulary import UnionKind

log = structlog.get_logger(__name__)

UPPER = frozenset({UnionKind.CITY, UnionKind.DISTRICT})
_READ: ContextVar[dict[Hashable, Any] | None] = ContextVar("read_once", default=None)
T = TypeVar("T")


def authorise(
    session: Session,
    *,
    number: str,
    right: Right,
    union_id: uuid.UUID | None,
    service: str | None = None,
    neutral: bool = False,
) -> StaffAccount:
    """The account of somebody who holds a right now. One query.

    Args:
        number: of the member of the staff.
        right, union_id and the others: as for `holder_of`.

    Raises:
        Problem: 403; it does not tell whether the account exists.
    """
    account = holder_of(session, number=number, right=right, union_id=union_id, service=service, neutral=neutral)
    if account is None:
        raise not_allowed(right)
    return account


def holder_of(
    session: Session,
    *,
    number: str,
    right: Right,
    union_id: uuid.UUID | None,
    service: str | None = None,
    neutral: bool = False,
    only: Collection[UnionKind] | None = None,
) -> StaffAccount | None:
    """`authorise` as a question, which refuses nobody: None for whoever does not hold the right.

    Args:
        number: of the member of the staff.
        union_id: to which union the matter belongs; None for what belongs to none, which a district or a city has.
        service: whose case it is about, for the case rights.
        neutral: whether a role granted for an employer's own union does not count.
        only: kinds of unions for which the role has to be granted, wherever the matter belongs; None for all.
    """
    place = TradeUnion.kind.in_(UPPER) if union_id is None else TradeUnion.id.in_(lineage_of(union_id))
    return session.scalar(
        sa.select(StaffAccount)
        .join(RoleGrant, RoleGrant.staff_id == StaffAccount.id)
        .join(TradeUnion, TradeUnion.id == RoleGrant.union_id)
        .where(
            *_living(number=number, rights={right}, service=service),
            place,
            *([TradeUnion.firm_side.is_(False)] if neutral else []),
            *([TradeUnion.kind.in_(only)] if only is not None else []),
        )
        .limit(1)
    )


def authorise_about(session: Session, *, number: str, right: Right, worker_id: uuid.UUID | None) -> StaffAccount:
    """`authorise` for what is about a worker: for the one union that it lies with, and those above.

    Args:
        worker_id: None for what is about nobody that there is, which lies where all do who named no office: whoever may
            not see what is there learns no more from it than from what is elsewhere.

    Raises:
        Problem: 403.
    """
    union_id = session.scalar(sa.select(responsible_for(worker_id)))
    return authorise(session, number=number, right=right, union_id=union_id)


def offices_of(
    session: Session, *, number: str, right: Right, or_rights: Collection[Right] = ()
) -> Sequence[TradeUnion]:
    """The unions for which somebody holds a right now, to list what lies in their subtrees.

    Args:
        or_rights: others that do as well.

    Raises:
        Problem: 403 as for `authorise`, for whoever holds it nowhere.
    """
    roles = {role for one in (right, *or_rights) for role in roles_with(one)}
    offices = {union.id: union for role, union in _grants_of(session, number) if role in roles}
    if not offices:
        raise not_allowed(right)
    return list(offices.values())


def desk_of(session: Session, *, number: str, right: Right, or_rights: Collection[Right] = ()) -> uuid.UUID:
    """For which office somebody receives people: their own if they hold a right there, else a street, district or city
    for which they do.

    Args:
        or_rights: others that do as well.

    Raises:
        Problem: 403 for who does so for none; a union of an employer, or of a trade, has no desk.
    """
    held = offices_of(session, number=number, right=right, or_rights=or_rights)
    desks = [one for one in held if one.kind in OFFICES]
    if not desks:
        raise not_allowed(right)
    own = sa.select(StaffAccount.union_id).where(
        StaffAccount.number == number, StaffAccount.union_id.in_(subtree_of(*(one.id for one in desks)))
    )
    found: uuid.UUID | None = session.scalar(own)
    return min(desks, key=lambda one: one.code).id if found is None else found


def nearest_held(
    session: Session, *, number: str, right: Right, union_id: uuid.UUID, service: str, neutral: bool
) -> uuid.UUID | None:
    """The first of a union and of those above it for which somebody holds a right now; None where it is none of them.
    One query.

    Args:
        service, neutral: as for `holder_of`.
    """
    climbing = climbed(union_id)
    return session.scalar(
        sa.select(climbing.c.id)
        .join(TradeUnion, TradeUnion.id == climbing.c.id)
        .join(RoleGrant, RoleGrant.union_id == TradeUnion.id)
        .join(StaffAccount, StaffAccount.id == RoleGrant.staff_id)
        .where(
            *_living(number=number, rights={right}, service=service),
            *([TradeUnion.firm_side.is_(False)] if neutral else []),
        )
        .order_by(climbing.c.height)
        .limit(1)
    )


@contextmanager
def asked_once() -> Iterator[None]:
    """Within, what is read by `read_once` is: what somebody was granted, who is away; for a page that asks often."""
    before = _READ.set({})
    try:
        yield
    finally:
        _READ.reset(before)


def read_once(key: Hashable, read: Callable[[], T]) -> T:
    """What `read` finds; within `asked_once` it is asked once for each key."""
    known = _READ.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    found: T = known[key]
    return found


def _grants_of(session: Session, number: str) -> Sequence[tuple[str, TradeUnion]]:
    """The roles that somebody holds now, each with its union."""
    return read_once(("grants", number), lambda: _read_grants(session, number))


def _read_grants(session: Session, number: str) -> Sequence[tuple[str, TradeUnion]]:
    rows = session.execute(
        sa.select(RoleGrant.role, TradeUnion)
        .join(TradeUnion, TradeUnion.id == RoleGrant.union_id)
        .join(StaffAccount, StaffAccount.id == RoleGrant.staff_id)
        .where(StaffAccount.number == number, *_now())
    ).all()
    return [(row[0], row[1]) for row in rows]


def in_reach_of(
    session: Session,
    *,
    number: str,
    right: Right,
    worker_id: InstrumentedAttribute[uuid.UUID],
    neutral: bool = False,
) -> sa.ColumnElement[bool]:
    """`authorise_about` as a condition, for lists: of rows that name a worker, those that are for this member of the
    staff.

    Args:
        neutral: whether a role granted for an employer's own union does not count.

    Raises:
        Problem: 403 for whoever holds the right nowhere.
    """
    held = offices_of(session, number=number, right=right)
    offices = [office for office in held if not (neutral and office.firm_side)]
    return responsible_for(worker_id).in_(subtree_of(*(office.id for office in offices)))


def staffed_unions(session: Session, *, right: Right, service: str, neutral: bool) -> frozenset[uuid.UUID]:
    """The unions for which somebody holds a right now for a service's cases; see `staffed`."""
    return frozenset(session.scalars(staffed(right=right, service=service, neutral=neutral)))


def staffed(
    *, right: Right, service: str, neutral: bool, at: sa.BindParameter[datetime] | None = None
) -> sa.Select[uuid.UUID]:
    """Their ids, to be put into `in_()`.

    Args:
        neutral: whether an employer's own union does not count.
        at: the moment, for a statement that is built once and asked often; without it, now.
    """
    return (
        sa.select(RoleGrant.union_id)
        .join(StaffAccount, StaffAccount.id == RoleGrant.staff_id)
        .join(TradeUnion, TradeUnion.id == RoleGrant.union_id)
        .where(
            *_granted(rights={right}, service=service, at=at),
            *([TradeUnion.firm_side.is_(False)] if neutral else []),
        )
        .distinct()
    )


def holders_of(
    session: Session, *, role: str, union_id: uuid.UUID | None, neutral: bool = False
) -> Sequence[StaffAccount]:
    """Who holds a role now for a union or one above it; for what belongs to none, for a district or a city.

    Args:
        neutral: whether a role granted for an employer's own union does not count.
    """
    place = TradeUnion.kind.in_(UPPER) if union_id is None else TradeUnion.id.in_(lineage_of(union_id))
    return session.scalars(
        sa.select(StaffAccount)
        .join(RoleGrant, RoleGrant.staff_id == StaffAccount.id)
        .join(TradeUnion, TradeUnion.id == RoleGrant.union_id)
        .where(*_by_roles({role}), place, *([TradeUnion.firm_side.is_(False)] if neutral else []))
        .distinct()
    ).all()


def holders_by_union(session: Session, right: Right) -> Mapping[uuid.UUID, list[str]]:
    """Staff numbers of those who hold a right now, by the union that it was granted for. One query."""
    found: dict[uuid.UUID, list[str]] = {}
    held = (
        sa.select(RoleGrant.union_id, StaffAccount.number)
        .join(StaffAccount, StaffAccount.id == RoleGrant.staff_id)
        .where(*_granted(rights={right}, service=None))
        .distinct()
    )
    for union_id, number in session.execute(held):
        found.setdefault(union_id, []).append(number)
    return found


def holds(*, number: str, roles: Collection[str]) -> sa.ColumnElement[bool]:
    """Whether somebody holds one of the roles now, wherever."""
    return (
        sa.select(RoleGrant.id)
        .join(StaffAccount, StaffAccount.id == RoleGrant.staff_id)
        .where(StaffAccount.number == number, *_by_roles(roles))
        .exists()
    )


def reach_of(*, number: str, right: Right, only: Collection[UnionKind] | None = None) -> sa.CTE:
    """`authorise` for lists: where somebody holds a right now, as `(role, union_id, neutral)` for every union in the
    subtrees.

    `neutral` says that the role was not granted for an employer's own union.

    Args:
        only: as for `authorise`.
    """
    heads = (
        sa.select(
            RoleGrant.role,
            TradeUnion.id.label("union_id"),
            TradeUnion.firm_side.is_(False).label("neutral"),
        )
        .join(StaffAccount, StaffAccount.id == RoleGrant.staff_id)
        .join(TradeUnion, TradeUnion.id == RoleGrant.union_id)
        .where(
            *_living(number=number, rights={right}),
            *([TradeUnion.kind.in_(only)] if only is not None else []),
        )
        .cte(recursive=True)
    )
    below = sa.select(heads.c.role, TradeUnion.id, heads.c.neutral)
    return heads.union(below.join(heads, TradeUnion.parent_id == heads.c.union_id))


def _living(*, number: str, rights: Collection[Right], service: str | None = None) -> list[sa.ColumnElement[bool]]:
    """Of an account and its grants: those by which somebody holds one of the rights now."""
    return [StaffAccount.number == number, *_granted(rights=rights, service=service)]


def _granted(
    *, rights: Collection[Right], service: str | None, at: sa.BindParameter[datetime] | None = None
) -> list[sa.ColumnElement[bool]]:
    """Of accounts and their grants: those by which anybody holds one of the rights now."""
    return _by_roles({role for right in rights for role in roles_with(right, service=service)}, at=at)


def _by_roles(roles: Collection[str], *, at: sa.BindParameter[datetime] | None = None) -> list[sa.ColumnElement[bool]]:
    """Of accounts and their grants: those by which anybody holds one of the roles now."""
    return [*_now(at), RoleGrant.role.in_(roles)]


def _now(at: sa.BindParameter[datetime] | None = None) -> list[sa.ColumnElement[bool]]:
    """Of accounts and their grants: those that hold now, or at a moment that the statement is given."""
    return [
        StaffAccount.closed_at.is_(None),
        RoleGrant.state == GrantState.GRANTED,
        RoleGrant.until > (now() if at is None else at),
    ]


def not_allowed(right: Right) -> Problem:
    log.warning("staff_refused", right=right.value)
    return Problem(
        403,
        "staff_not_allowed",
        "这个工号办不了这件事：没有这个账号、账号已停用，或者没有这里的权限。请找本单位的安全管理员",
    )
