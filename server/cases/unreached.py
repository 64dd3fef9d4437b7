"""A message about a case in confidence, or kept away from the worker's own union, reached nobody: whoever has it hears.

Who it is stands in no list of whom to ring up. Whether to look at it is decided as always: with a reason, by two.
"""

import sqlalchemy as sa

from server.cases.catalogue import version_of
from server.cases.handlers import tell_handler_or_desk
from server.cases.models import Case
from server.cases.vocabulary import IdentityMode
from server.core.clock import now
from server.core.db import db
from server.notices.plans import plans

LINK = "/cases/"
KIND = "case.unreached"
TEXT = "{no}（{service}）给工友的消息没有送到：{line}。{why}"
HIDDEN = "工友要求隐名，“要打的电话”里不列；要打电话，先在这一件里写明理由查看是谁"
AWAY = "这件事不让工友自己的工会知道，“要打的电话”里不列；请从这一件里打给工友"


def on_message_lost(sender: object, *, kind: str, link: str) -> None:
    """Tell whoever has the case in hand, else the desk on duty where it lies."""
    case = db.session.scalar(sa.select(Case).where(Case.no == link.removeprefix(LINK)))
    if case is None:
        return
    service, at = version_of(case.service, case.service_version), now()
    why = HIDDEN if case.identity_mode is IdentityMode.CONFIDENTIAL else AWAY
    text = TEXT.format(no=case.no, service=service.name, line=plans()[kind].line, why=why)
    tell_handler_or_desk(case, kind=KIND, text=text, at=at)
