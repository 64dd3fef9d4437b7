"""Computed dates of a case by which something has to be done elsewhere, in words. Computed anew each time."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from server.cases.catalogue import catalogue
from server.cases.declaration import Service
from server.cases.forms.computed import Computed, Reminder
from server.cases.models import Case, CaseEvent
from server.cases.steps import answers_of
from server.core.clock import day_of
from server.core.db import db
from server.core.private import Private
from server.notices.worded import Worded, worded


class Near(Private, frozen=True):
    """A date that still asks for something to be done."""

    key: str
    """Of the computed value."""
    day: date
    left: int
    """Days; negative once it has passed."""
    mark: int | None
    """So many days before it its worker is to be told, if that has come."""
    last_mark: int
    """The last of the days on which its worker is told."""
    title: str
    body: Worded


def reminders_of(service: Service) -> Sequence[tuple[Computed, Reminder]]:
    """The dates of a version of a service, and when to tell of each.

    Cases keep the version that they began with, and its way of finding the date. Where that version is from before
    there were reminders of it, today's say when, in which states and in which words: the date passes for them as well.
    """
    current = catalogue().current.get(service.key)
    of_today = {} if current is None else {rule.key: rule.reminder for rule in current.computed}
    return [
        (rule, reminder)
        for rule in service.computed
        if (reminder := rule.reminder or of_today.get(rule.key)) is not None
    ]


def steps_made(case_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[str]]:
    """Codes of the steps of each case, the earliest first. One query."""
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    asked = sa.select(CaseEvent.case_id, CaseEvent.step).where(CaseEvent.case_id.in_(case_ids))
    for case_id, step in db.session.execute(asked.order_by(CaseEvent.case_id, CaseEvent.number)):
        found[case_id].append(step)
    return found


def dates_near(case: Case, service: Service, *, made: Sequence[str], at: datetime) -> Iterator[Near]:
    """Those of which a service reminds, while a case is where something can still be done about them.

    Args:
        made: its steps, as `steps_made` finds them.
    """
    answers, today = answers_of(case), day_of(at)
    for rule, reminder in reminders_of(service):
        if case.state not in reminder.states:
            continue
        if reminder.unless is not None and reminder.unless.holds(answers):
            continue
        found = rule.find(answers, today=today)
        if found is None or not found.value or reminder.is_done(made):
            continue
        last_day = date.fromisoformat(str(found.value))
        left = (last_day - today).days
        said = {"no": case.no, "told": found.text, "left": left}
        yield Near(
            key=rule.key,
            day=last_day,
            left=left,
            mark=reminder.due(last_day, today=today),
            last_mark=min(reminder.days),
            title=reminder.title.format_map(said),
            body=worded(reminder.body, **said),
        )


def pressing(case: Case, service: Service, *, at: datetime) -> set[str]:
    """Keys of the computed values of a case that are urgent."""
    answers, today = answers_of(case), day_of(at)
    found = {rule.key: rule.find(answers, today=today) for rule in service.computed}
    return {key for key, finding in found.items() if finding is not None and finding.urgent}
