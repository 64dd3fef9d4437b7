"""Whether those who grant roles can go on granting: nobody approves what is for themselves or what they asked for, so
two cannot renew each other."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from msgspec import Struct

from server.core.clock import now
from server.core.db import db
from server.core.settings import settings
from server.unions.models import TradeUnion
from server.unions.staff.authority import offices_of
from server.unions.staff.directory import ENDING_WITHIN
from server.unions.staff.models import RoleGrant, StaffAccount
from server.unions.staff.roles import roles_with
from server.unions.staff.vocabulary import GrantState, Right
from server.unions.tree import subtree_of

FEWEST = 3
"""One whose role ends, one who asks and one who approves."""


class Thin(Struct, frozen=True):
    """A union whose roles may soon be granted by nobody."""

    union_id: uuid.UUID
    name: str
    holding: int
    """Persons who grant there, for it or for one above."""

    @property
    def wanted(self) -> int:
        """How many are to be found, or to be renewed where all of them end at about the same time."""
        return FEWEST - self.holding if self.holding < FEWEST else self.holding


def warnings_of_granters() -> list[str]:
    """For /status in production: where fewer than three grant roles, or the roles of all of them end soon."""
    if not settings().production:
        return []
    found = db.session.scalar(sa.select(sa.exists().where(*_holding())))
    if not found:
        return ["没有人有安全管理员的权限：谁也不能给权限，请看运维手册"]
    return [
        f"{one.name}：安全管理员只有 {one.holding} 个人，权限到期时不能互相续，请加到 {FEWEST} 个"
        if one.holding < FEWEST
        else f"{one.name}：安全管理员的权限 {ENDING_WITHIN.days} 天内全部到期，请马上申请接着用，由另一位批准"
        for one in _thin()
    ]


def count_granters_wanted(*, by: str) -> int:
    """The most that are wanted in one of the unions where somebody grants roles; 0 where there are enough.

    Raises:
        Problem: 403 for whoever grants no roles.
    """
    offices = offices_of(db.session(), number=by, right=Right.STAFF_GRANTS)
    theirs = TradeUnion.id.in_(subtree_of(*(office.id for office in offices)))
    return max((one.wanted for one in _thin(theirs)), default=0)


def _thin(*narrower: sa.ColumnElement[bool]) -> Sequence[Thin]:
    """Of the unions for which somebody grants roles, those where it may stop. One query."""
    held = (
        sa.select(RoleGrant.union_id, RoleGrant.staff_id, RoleGrant.until)
        .join(StaffAccount, StaffAccount.id == RoleGrant.staff_id)
        .where(*_holding())
        .cte("held")
    )
    climbing = sa.select(held.c.union_id.label("below"), held.c.union_id.label("id")).cte("reaching", recursive=True)
    # Whoever grants above grants here too. A union of rows ends by itself, also in a ring.
    reaching = climbing.union(
        sa.select(climbing.c.below, TradeUnion.parent_id).join(TradeUnion, TradeUnion.id == climbing.c.id)
    )
    persons = sa.func.count(held.c.staff_id.distinct())
    rows = db.session.execute(
        sa.select(TradeUnion.id, TradeUnion.name, persons)
        .join(reaching, reaching.c.below == TradeUnion.id)
        .join(held, held.c.union_id == reaching.c.id)
        .where(*narrower)
        .group_by(TradeUnion.id)
        .having(sa.or_(persons < FEWEST, sa.func.max(held.c.until) <= now() + ENDING_WITHIN))
        .order_by(TradeUnion.code)
    )
    return [Thin(*row) for row in rows]


def _holding() -> list[sa.ColumnElement[bool]]:
    return [
        StaffAccount.id == RoleGrant.staff_id,
        StaffAccount.closed_at.is_(None),
        RoleGrant.role.in_(roles_with(Right.STAFF_GRANTS)),
        RoleGrant.state == GrantState.GRANTED,
        RoleGrant.until > now(),
    ]
