"""Telling workers of a date by which something has to be done elsewhere, e.g. that arbitration be applied for.

The date is computed anew from the answers each time, so that whatever was corrected holds; it is never stored in the
open. What is kept is that a worker was told, once for each of the days that the service declares (`computed.remind`).
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from server.cases.catalogue import versions_in_use
from server.cases.declaration import Service
from server.cases.models import Case, DateReminder
from server.cases.steps import answers_of
from server.cases.telling import tell_worker
from server.clocks.rules import day_of
from server.core.db import db, transaction

BATCH = 200


def remind(*, at: datetime) -> int:
    """Tell all workers whose date has come near. Can be stopped at any moment and begun again.

    Returns:
        how many were told.
    """
    reminding = {
        (service.key, service.version): service
        for service in versions_in_use()
        if any(rule.reminder for rule in service.computed)
    }
    total, after = 0, uuid.UUID(int=0)
    while reminding:
        with transaction() as session:
            cases = session.scalars(
                sa.select(Case)
                .where(_awaited(reminding), Case.worker_id.is_not(None), Case.id > after)
                .order_by(Case.id)
                .limit(BATCH)
            ).all()
            if not cases:
                break
            after = cases[-1].id
            total += sum(_remind(case, reminding[case.service, case.service_version], at=at) for case in cases)
        db.session.expunge_all()
    return total


def _awaited(reminding: Mapping[tuple[str, int], Service]) -> sa.ColumnElement[bool]:
    return sa.or_(
        *(
            sa.and_(
                Case.service == key,
                Case.service_version == version,
                Case.state.in_({state for rule in service.computed if rule.reminder for state in rule.reminder.states}),
            )
            for (key, version), service in reminding.items()
        )
    )


def _remind(case: Case, service: Service, *, at: datetime) -> int:
    answers, told = answers_of(case), 0
    for rule in service.computed:
        reminder = rule.reminder
        if reminder is None or case.state not in reminder.states:
            continue
        if reminder.unless is not None and reminder.unless.holds(answers):
            continue
        found = rule.find(answers, today=day_of(at))
        if found is None or not found.value:
            continue
        last_day = date.fromisoformat(str(found.value))
        days = reminder.due(last_day, today=day_of(at))
        if days is not None and _first_time(case, key=rule.key, days=days, at=at):
            said = {"no": case.no, "told": found.text, "left": (last_day - day_of(at)).days}
            title, body = reminder.title.format_map(said), reminder.body.format_map(said)
            tell_worker(case, kind="case.last_day", title=title, body=body)
            told += 1
    return told


def _first_time(case: Case, *, key: str, days: int, at: datetime) -> bool:
    kept = db.session.scalar(
        insert(DateReminder)
        .values(case_id=case.id, key=key, days=days, at=at)
        .on_conflict_do_nothing()
        .returning(DateReminder.case_id)
    )
    return kept is not None
