"""What cannot wait, and what nobody has looked at: it goes on to those above, once.

Whoever is on duty may be asleep, or on another call. Of danger that a worker ticked, of what is urgent and of many
workers' dispute it is not enough that one inbox has it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from server.cases.catalogue import version_of
from server.cases.homes import home_of
from server.cases.models import Case
from server.cases.vocabulary import OVER
from server.core.clock import day_of
from server.core.db import transaction
from server.notices.models import StaffNotice
from server.notices.staff import DANGER, GROUP, UNREAD, URGENT, tell_staff
from server.unions.duty.rules import Roster
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind

PATIENCE: Mapping[str, timedelta] = {
    DANGER: timedelta(minutes=10),
    URGENT: timedelta(hours=1),
    GROUP: timedelta(hours=4),
}
"""How long those who were told first have to open it."""
SAID = {DANGER: "工友说现在有危险", URGENT: "刚来的，要先办", GROUP: "很多人一起的事"}
LINK = "/cases/"
WITHIN = timedelta(days=2)
"""Older ones were passed on, or lie where `/status` says so."""


def pass_on_unread(*, at: datetime) -> int:
    """Tell the chair of the street, the district's desk and its head of what none of those on duty has opened.

    A case that somebody has in hand, or did anything with, is being looked at. Can be stopped at any moment and begun
    again.

    Returns:
        of how many messages.
    """
    count = 0
    for kind, patience in PATIENCE.items():
        for no in _unread(kind, before=at - patience, since=at - WITHIN):
            with transaction() as session:
                case = session.scalar(sa.select(Case).where(Case.no == no).with_for_update())
                if case is not None and no in _unread(kind, before=at - patience, since=at - WITHIN, only=no):
                    _tell_those_above(case, kind, at=at)
                    count += 1
    return count


def _unread(kind: str, *, before: datetime, since: datetime, only: str | None = None) -> Sequence[str]:
    """Numbers of the cases of which a message of this kind was opened by nobody, and was not passed on."""
    first, other = aliased(StaffNotice), aliased(StaffNotice)
    same = sa.and_(other.link == first.link, other.created_at >= first.created_at)
    opened = sa.exists().where(same, other.kind == kind, other.read_at.is_not(None))
    passed_on = sa.exists().where(same, other.kind == UNREAD)
    untouched = sa.true() if kind == GROUP else sa.and_(Case.handler_no.is_(None), Case.version == 1)
    with transaction() as session:
        return session.scalars(
            sa.select(Case.no)
            .distinct()
            # So, and not the other way round, a case is found by its number.
            .join(first, Case.no == sa.func.substr(first.link, len(LINK) + 1))
            .where(
                first.kind == kind,
                first.created_at > since,
                first.created_at <= before,
                ~opened,
                ~passed_on,
                untouched,
                Case.phase.not_in(OVER),
                *([Case.no == only] if only is not None else []),
            )
            .order_by(Case.no)
        ).all()


def _tell_those_above(case: Case, kind: str, *, at: datetime) -> None:
    service = version_of(case.service, case.service_version)
    known = roster() if service.firm_side else roster().without_firms()
    nobody: list[str | None] = [None]
    text = f"{case.no}（{service.name}）{SAID[kind]}，值班的同事还没有打开，请你来看"
    tell_staff(
        [
            StaffNotice(staff_no=number, kind=UNREAD, text=text, link=f"{LINK}{case.no}", created_at=at)
            for number in _above(case, known, at=at) or nobody
        ],
        by_sms=True,
        urgent=kind != GROUP,
    )


def _above(case: Case, known: Roster, *, at: datetime) -> list[str]:
    union_id, day = case.union_id or home_of(case), day_of(at)
    district = known.district_of(union_id)
    return sorted(
        {
            *known.on_duty(DutyKind.CHAIR, union_id=union_id, day=day),
            *known.on_duty(DutyKind.DESK, union_id=district, day=day),
            *known.on_duty(DutyKind.HEAD, union_id=district, day=day),
        }
    )
