"""Telling whoever has a case in hand, in the inbox of the staff."""

from datetime import datetime

from server.cases.catalogue import version_of
from server.cases.heads import heads_at
from server.cases.homes import home_of
from server.cases.models import Case
from server.cases.standing_in import whom_to_tell
from server.core.clock import day_of
from server.notices.models import StaffNotice
from server.notices.staff import tell_staff
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind


def tell_handler(case: Case, *, kind: str, text: str, at: datetime) -> None:
    """Put a message into the inbox of whoever has a case in hand, or stands in; where nobody has it, into none."""
    told = whom_to_tell(case)
    if told is not None:
        _tell([told], case, kind=kind, text=text, at=at)


def tell_handler_or_desk(
    case: Case, *, kind: str, text: str, at: datetime, about: Case | None = None, by_sms: bool = False
) -> None:
    """`tell_handler`, and where nobody has it the desk on duty where it lies; where nobody is, it stands in `/status`.

    Args:
        about: the case that the message leads to, if that is another.
        by_sms: whether those on duty with an office phone get an SMS too, by day.
    """
    told: list[str | None] = [whom_to_tell(case)]
    if told == [None]:
        known = roster() if version_of(case.service, case.service_version).firm_side else roster().without_firms()
        on_duty = known.on_duty(DutyKind.DESK, union_id=case.union_id or home_of(case), day=day_of(at))
        told = [*on_duty] or told
    _tell(told, about or case, kind=kind, text=text, at=at, by_sms=by_sms)


def tell_desk_and_head(case: Case, *, kind: str, text: str, at: datetime) -> None:
    """Tell the desk on duty where a case lies and the head of that office; where nobody is, it stands in `/status`."""
    place = case.union_id or home_of(case)
    known = roster() if version_of(case.service, case.service_version).firm_side else roster().without_firms()
    told = {
        *known.on_duty(DutyKind.DESK, union_id=place, day=day_of(at)),
        *heads_at(place, case, known, without=(), at=at),
    }
    nobody: list[str | None] = [None]
    _tell(sorted(told) or nobody, case, kind=kind, text=text, at=at)


def _tell(
    numbers: list[str | None] | list[str], case: Case, *, kind: str, text: str, at: datetime, by_sms: bool = False
) -> None:
    notices = [
        StaffNotice(staff_no=number, kind=kind, text=text, link=f"/cases/{case.no}", created_at=at)
        for number in numbers
    ]
    tell_staff(notices, by_sms=by_sms, urgent=False)
