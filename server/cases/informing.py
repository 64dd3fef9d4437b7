"""Telling the chair of the union that has a case of what a service declares in `tell`, at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.cases.authority import lets_pass
from server.cases.declaration import Service
from server.cases.forms.fields import Answers
from server.cases.heads import heads_for
from server.cases.homes import home_of
from server.cases.models import Case
from server.core.db import db
from server.notices.models import StaffNotice
from server.notices.staff import INFORMED, tell_staff
from server.unions.duty.service import roster
from server.unions.staff.authority import holders_by_union
from server.unions.staff.vocabulary import Right
from server.unions.tree import above

INBOX = "/reminders"
"""Whoever may not open the case reads of it there: to be told of something gives nobody a right."""


def inform(
    case: Case, service: Service, answers: Answers, *, before: Mapping[str, Any] | None = None, at: datetime
) -> None:
    """Tell whom the service names of what is so by these answers, and was not by those `before`.

    That is the chair, or a deputy, of the union that has the case, or of the nearest one above; where there is none,
    whoever heads that office. Where nobody is, it waits with what nobody was told.
    """
    said = [
        rule.say
        for rule in service.tell
        if rule.condition.holds(answers) and not (before is not None and rule.condition.holds(before))
    ]
    if not said:
        return
    told: list[str | None] = [*(_chairs(case) or heads_for(case, roster(), without=case.objected_to, at=at))]
    notices = [
        StaffNotice(
            staff_no=number,
            kind=INFORMED,
            text=f"{case.no}（{service.name}）{say}",
            link=_where(case, number),
            created_at=at,
        )
        for number in told or [None]
        for say in said
    ]
    tell_staff(notices, by_sms=False, urgent=False)


def _chairs(case: Case) -> list[str]:
    place = case.union_id or home_of(case)
    if place is None:
        return []
    chairs = holders_by_union(db.session(), Right.CASE_SIGN)
    found = (set(chairs.get(union, ())) - {*case.objected_to} for union in (place, *above(db.session(), place)))
    return sorted(next((numbers for numbers in found if numbers), set()))


def _where(case: Case, number: str | None) -> str:
    may_read = number is not None and lets_pass(case, staff_no=number, right=Right.CASE_READ)
    return f"/cases/{case.no}" if may_read or number is None else INBOX
