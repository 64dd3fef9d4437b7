"""Telling workers of a date by which something has to be done elsewhere, e.g. that arbitration be applied for.

Of a case that was typed for somebody who has not taken it over, the desk is told, which rings them up; and of one
whose worker nobody reaches any more, since it is the heirs' or the representative's date then.

The date is computed anew from the answers each time, so that whatever was corrected holds; it is never stored in the
open. What is kept is that a worker was told, once for each of the days that the service declares (`computed.remind`).

On the last of these days whoever has the case is told as well, and it comes first from then on: a worker who reads that
a week is left can do little about papers that lie with us.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from server.cases.catalogue import versions_in_use
from server.cases.dates import Near, dates_near, reminders_of, steps_made
from server.cases.declaration import Service
from server.cases.handlers import tell_handler_or_desk
from server.cases.models import Case, DateReminder
from server.cases.proxies.dates import tell_desk, unclaimed
from server.cases.telling import tell_worker
from server.cases.vocabulary import Urgency
from server.core.db import db, transaction
from server.identity.service import get_worker
from server.notices.staff import URGENT

BATCH = 200
AFTER_THE_END = timedelta(days=3 * 366)
"""Cases that ended longer ago are not looked at: the longest of these dates is two years after what ended them."""


def remind(*, at: datetime) -> int:
    """Tell all workers whose date has come near. Can be stopped at any moment and begun again.

    Returns:
        how many were told.
    """
    reminding = {(service.key, service.version): service for service in versions_in_use() if reminders_of(service)}
    total, after = 0, uuid.UUID(int=0)
    while reminding:
        with transaction() as session:
            cases = session.scalars(
                sa.select(Case)
                .where(_awaited(reminding, at=at), sa.or_(Case.worker_id.is_not(None), unclaimed()), Case.id > after)
                .order_by(Case.id)
                .limit(BATCH)
            ).all()
            if not cases:
                break
            after = cases[-1].id
            made = steps_made([case.id for case in cases])
            for case in cases:
                total += _remind(case, reminding[case.service, case.service_version], made=made.get(case.id, ()), at=at)
        db.session.expunge_all()
    return total


def _awaited(reminding: Mapping[tuple[str, int], Service], *, at: datetime) -> sa.ColumnElement[bool]:
    awaited = []
    for (key, version), service in reminding.items():
        states = {state for _, reminder in reminders_of(service) for state in reminder.states}
        over = {state for state in states if service.machine.states[state].final}
        stands = sa.or_(
            Case.state.in_(states - over), sa.and_(Case.state.in_(over), Case.updated_at > at - AFTER_THE_END)
        )
        awaited.append(sa.and_(Case.service == key, Case.service_version == version, stands))
    return sa.or_(*awaited)


def _remind(case: Case, service: Service, *, made: Sequence[str], at: datetime) -> int:
    told = 0
    for near in dates_near(case, service, made=made, at=at):
        if near.mark is None or not _first_time(case, key=near.key, days=near.mark, at=at):
            continue
        if case.worker_id is not None and get_worker(db.session(), case.worker_id).frozen_at is None:
            tell_worker(case, kind="case.last_day", title=near.title, body=near.body)
            if near.mark == near.last_mark and not service.machine.states[case.state].final:
                _press(case, service, near, at=at)
        else:
            tell_desk(case, service, near, at=at)
        told += 1
    return told


def _press(case: Case, service: Service, near: Near, *, at: datetime) -> None:
    case.urgency = Urgency.URGENT
    text = f"{case.no}（{service.name}）有个日子快到了，还剩 {near.left} 天，请先办这件"
    tell_handler_or_desk(case, kind=URGENT, text=text, at=at, by_sms=True)


def _first_time(case: Case, *, key: str, days: int, at: datetime) -> bool:
    kept = db.session.scalar(
        insert(DateReminder)
        .values(case_id=case.id, key=key, days=days, at=at)
        .on_conflict_do_nothing()
        .returning(DateReminder.case_id)
    )
    return kept is not None
