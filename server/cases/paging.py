"""Calling whoever is on duty: at any hour when a worker says that there is danger, and at once for what presses."""

from datetime import datetime

from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.forms.fields import Answers
from server.cases.homes import home_of
from server.cases.models import Case
from server.cases.wording import for_staff, spoken_due
from server.clocks.models import Clock, OwnerKind
from server.clocks.rules import COUNTED_IN_HOURS
from server.clocks.service import clocks_of
from server.core.clock import day_of
from server.notices.models import StaffNotice
from server.notices.staff import DANGER, URGENT, tell_staff
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind


def presses(service: Service, answers: Answers, *, at: datetime) -> bool:
    """Whether what was answered cannot wait: by what the service declares, or by a date that it finds."""
    declared = (service.urgent_if, service.page_if)
    return _by_date(service, answers, at=at) or any(
        condition is not None and condition.holds(answers) for condition in declared
    )


def _by_date(service: Service, answers: Answers, *, at: datetime) -> bool:
    found = (rule.find(answers, today=day_of(at)) for rule in service.computed)
    return any(finding is not None and finding.urgent for finding in found)


def page_who_is_on_duty(case: Case, service: Service, answers: Answers, *, at: datetime) -> bool | None:
    """Tell whoever is on duty for a new case's union of danger that the worker ticked, or of what presses.

    By SMS too, at any hour, where there is danger or what was promised is counted in hours: a desk that reads of two
    hours when they are nearly over cannot keep them. In the morning at the latest where a date of the law is days away:
    an inbox is not opened over a long weekend. Words alone call nobody. Nobody of the worker's employer is told,
    nor counts as somebody, unless the service is for them too.

    Returns:
        whether there is anybody; None when nothing was said of danger.
    """
    if service.page_if is not None and service.page_if.holds(answers):
        text = f"{case.no}（{service.name}）工友说现在有危险，请马上看"
        return _tell(case, service, kind=DANGER, text=text, by_sms=True, at_night=True, at=at)
    if presses(service, answers, at=at):
        clock = _promised(case)
        until = "" if clock is None else f"：{for_staff(clock.name)}，最晚 {spoken_due(clock.due_at)}"
        text = f"{case.no}（{service.name}）刚来的，要先办{until}"
        in_hours = clock is not None and clock.basis in COUNTED_IN_HOURS
        by_sms = in_hours or _by_date(service, answers, at=at)
        _tell(case, service, kind=URGENT, text=text, by_sms=by_sms, at_night=in_hours, at=at)
    return None


def _promised(case: Case) -> Clock | None:
    by = version_of(case.service, case.service_version).machine.states[case.state].by
    clocks = clocks_of(owner_kind=OwnerKind.CASE, owner_id=case.id)
    return next((one for one in clocks if one.key == by and one.stopped_at is None), None)


def _tell(case: Case, service: Service, *, kind: str, text: str, by_sms: bool, at_night: bool, at: datetime) -> bool:
    union_id = case.union_id or home_of(case)
    known = roster() if service.firm_side else roster().without_firms()
    on_duty = known.on_duty(DutyKind.DESK, union_id=union_id, day=day_of(at))
    nobody: list[str | None] = [None]
    notices = [
        StaffNotice(staff_no=number, kind=kind, text=text, link=f"/cases/{case.no}", created_at=at)
        for number in on_duty or nobody
    ]
    tell_staff(notices, by_sms=by_sms, urgent=at_night)
    return bool(on_duty)
