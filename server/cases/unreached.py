"""A message about a case in confidence reached nobody: whoever has the case hears of it.

Who it is stands in no list of whom to ring up. Whether to look at it is decided as always: with a reason, by two.
"""

import sqlalchemy as sa

from server.cases.catalogue import version_of
from server.cases.homes import home_of
from server.cases.models import Case
from server.cases.standing_in import tell_handler, whom_to_tell
from server.core.clock import day_of, now
from server.core.db import db
from server.notices.models import StaffNotice
from server.notices.plans import plans
from server.notices.staff import tell_staff
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind

LINK = "/cases/"
KIND = "case.unreached"
TEXT = (
    "{no}（{service}）给工友的消息没有送到：{line}。"
    "工友要求隐名，“要打的电话”里不列；要打电话，先在这一件里写明理由查看是谁"
)


def on_message_lost(sender: object, *, kind: str, link: str) -> None:
    """Tell whoever has the case in hand, else the desk on duty where it lies."""
    case = db.session.scalar(sa.select(Case).where(Case.no == link.removeprefix(LINK)))
    if case is None:
        return
    service, at = version_of(case.service, case.service_version), now()
    text = TEXT.format(no=case.no, service=service.name, line=plans()[kind].line)
    if whom_to_tell(case) is not None:
        tell_handler(case, kind=KIND, text=text, at=at)
        return
    known = roster() if service.firm_side else roster().without_firms()
    on_duty = known.on_duty(DutyKind.DESK, union_id=case.union_id or home_of(case), day=day_of(at))
    nobody: list[str | None] = [None]
    notices = [
        StaffNotice(staff_no=number, kind=KIND, text=text, link=link, created_at=at) for number in on_duty or nobody
    ]
    tell_staff(notices, by_sms=False, urgent=False)
