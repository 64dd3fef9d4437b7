"""Where a worker objects, whoever decided is out: that nobody else is left to do it is said, and told to the head."""

from datetime import datetime

from server.cases.declaration import Service
from server.cases.heads import heads_for, holders
from server.cases.models import Case
from server.notices.models import StaffNotice
from server.notices.staff import tell_staff
from server.unions.duty.service import roster
from server.unions.staff.vocabulary import Right

NOBODY_WORKS = "办过、定过的人这一次不能再办，这里没有别的同事能接着办"
NOBODY_DECIDES = "办过、定过的人这一次不能再定，这里没有别的同事能来定"


def too_few(case: Case, service: Service) -> str | None:
    """Why a case would stand still: nobody is left who may work on it, or decide it. None where that is not so."""
    out = {*case.objected_to, case.barred_no} - {None}
    if not out:
        return None
    workers, deciders = (holders(case, service, right) - out for right in (Right.CASE_WORK, Right.CASE_DECIDE))
    if not workers:
        return NOBODY_WORKS
    moving = [step for step in service.machine.steps.values() if step.target is not None]
    by_two = any(step.second and not step.peer and not step.signed for step in moving)
    decided = by_two or any(step.right is Right.CASE_DECIDE for step in moving)
    short = not deciders or (by_two and len(workers | deciders) < 2)
    return NOBODY_DECIDES if decided and short else None


def tell_of_too_few(case: Case, service: Service, *, at: datetime) -> None:
    """Tell the head of the office, or whoever arranges duties where nobody is on, that nobody is left for a case."""
    why = too_few(case, service)
    if why is None:
        return
    nobody: list[str | None] = [None]
    out = [*case.objected_to, *([case.barred_no] if case.barred_no else [])]
    text = f"{case.no}（{service.name}）{why}：请给别的同事权限，或者转给别的工会"
    tell_staff(
        [
            StaffNotice(staff_no=number, kind="case.too_few", text=text, link=f"/cases/{case.no}", created_at=at)
            for number in heads_for(case, roster(), without=out, at=at) or nobody
        ],
        by_sms=False,
        urgent=False,
    )
