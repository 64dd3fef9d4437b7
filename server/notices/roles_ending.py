"""Roles of the staff end after a year at most: who holds one and who grants it are told before, the head at the end.

Fourteen days before, three days before and at the end, each time once. Whoever grants many gets one message for all
that came up since the last time.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from server.core.clock import day_of, now
from server.core.db import transaction
from server.core.jobs import periodic
from server.notices.models import StaffNotice
from server.notices.staff import ROLES, tell_staff
from server.unions.duty.rules import lineage
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.staff.authority import holders_by_union
from server.unions.staff.models import RoleGrant, StaffAccount
from server.unions.staff.roles import roles
from server.unions.staff.vocabulary import GrantState, Right

BEFORE = (timedelta(days=14), timedelta(days=3), timedelta(0))
LATEST = timedelta(days=14)
"""What ended longer ago is told to nobody: they know."""
NAMED = 3
"""Roles in one message; the page has them all."""
INBOX, GRANTING, LEFT = "/reminders", "/requests", "/cases?whose=left"


class Ending(Struct, frozen=True):
    """A role of which somebody has to be told."""

    number: str
    what: str
    until: datetime


@periodic(name="notices.warn_of_roles_ending", cron="37 1 * * *")
def warn_of_roles_ending() -> None:
    """Tell what came up since the last time; after half past nine in the morning here."""
    warn(at=now())


def warn(*, at: datetime) -> int:
    """Tell of all roles of which a day has come. Can be stopped at any moment and begun again.

    Returns:
        of how many.
    """
    told: dict[tuple[str | None, str], list[Ending]] = defaultdict(list)
    known, today = roster(), day_of(at)
    with transaction() as session:
        granters = holders_by_union(session, Right.STAFF_GRANTS)
        ending = session.execute(
            sa.select(RoleGrant, StaffAccount.number, TradeUnion.name)
            .join(StaffAccount, StaffAccount.id == RoleGrant.staff_id)
            .join(TradeUnion, TradeUnion.id == RoleGrant.union_id)
            .where(
                RoleGrant.state == GrantState.GRANTED,
                RoleGrant.until > at - LATEST,
                RoleGrant.until <= at + BEFORE[0],
                StaffAccount.closed_at.is_(None),
            )
            # In one order, as every two runs at once take them.
            .order_by(RoleGrant.id)
            .with_for_update(of=RoleGrant)
        )
        count = 0
        for grant, number, union in ending.all():
            mark = max(grant.until - before for before in BEFORE if grant.until - before <= at)
            if grant.warned_at is not None and grant.warned_at >= mark:
                continue
            grant.warned_at, count = at, count + 1
            one = Ending(number, f"“{roles()[grant.role].name}”（{union}）", grant.until)
            told[number, INBOX].append(one)
            levels = (granters[level] for level in lineage(known.parents, grant.union_id) if level in granters)
            present = {known.present(other, today) for other in next(levels, ()) if other != number}
            # What nobody is told of lies where it is shown that nobody was on duty.
            for other in present - {None} or {None}:
                told[other, GRANTING].append(one)
            if grant.until <= at:
                chair = known.on_duty(DutyKind.CHAIR, union_id=grant.union_id, day=today)
                head = known.on_duty(DutyKind.HEAD, union_id=known.district_of(grant.union_id), day=today)
                for other in {*(chair or head)} - {number}:
                    told[other, LEFT].append(one)
        tell_staff(
            [
                StaffNotice(staff_no=number, kind=ROLES, text=_said(link, found, at=at), link=link, created_at=at)
                for (number, link), found in told.items()
            ],
            by_sms=True,
            urgent=False,
        )
        return count


def _said(link: str, found: Sequence[Ending], *, at: datetime) -> str:
    named = "、".join(_named(link, found[:NAMED], at=at))
    more = f"等 {len(found)} 个权限" if len(found) > NAMED else ""
    match link:
        case "/reminders":
            return f"你的权限{named}{more}。接着用，请安全管理员申请，由另一位批准"
        case "/requests":
            return f"{named}{more}。接着用的，请在“权限申请”里申请，由另一位批准"
        case _:
            return f"{named}{more}。手上的事项没有人办，请安排同事接过来"


def _named(link: str, found: Sequence[Ending], *, at: datetime) -> Iterator[str]:
    for one in found:
        left = (day_of(one.until) - day_of(at)).days
        when = "到期了" if one.until <= at else "今天到期" if left == 0 else f"还有 {left} 天到期"
        yield f"{one.what}{when}" if link == INBOX else f"工号 {one.number} 的{one.what}{when}"
