"""Calling staff at once: only when a worker says that there is danger now, and only where somebody is on duty."""

from datetime import datetime

from server.cases.declaration import Service
from server.cases.forms.fields import Answers
from server.cases.homes import home_of
from server.cases.models import Case
from server.core.clock import day_of
from server.notices.models import StaffNotice
from server.notices.staff import DANGER, tell_staff
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind


def page_who_is_on_duty(case: Case, service: Service, answers: Answers, *, at: datetime) -> bool | None:
    """Tell whoever is on duty for a new case's union, at any hour, if the worker says that there is danger.

    Nobody of the worker's employer is told, nor counts as somebody, unless the service is for them too.

    Returns:
        whether there is anybody; None when nothing was said of danger.
    """
    if service.page_if is None or not service.page_if.holds(answers):
        return None
    union_id = case.union_id or home_of(case)
    known = roster() if service.firm_side else roster().without_firms()
    on_duty = known.on_duty(DutyKind.DESK, union_id=union_id, day=day_of(at))
    text = f"{case.no}（{service.name}）工友说现在有危险，请马上看"
    nobody: list[str | None] = [None]
    notices = [
        StaffNotice(staff_no=number, kind=DANGER, text=text, link=f"/cases/{case.no}", created_at=at)
        for number in on_duty or nobody
    ]
    tell_staff(notices, by_sms=True, urgent=True)
    return bool(on_duty)
