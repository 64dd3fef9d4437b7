"""What a manager writes for all who come: WeChat looks at it first, and what it did not judge the union's desk reads.

What was not judged is shown all the same: who stands before a locked door must know.
"""

import uuid
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from server.core.clock import day_of
from server.core.errors import unprocessable
from server.identity.service import reach_of
from server.notices.models import StaffNotice
from server.notices.staff import tell_staff
from server.stations.models import Station
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind
from server.unions.tree import union_of_area
from server.wechat.errors import WeChatError
from server.wechat.events import Verdict
from server.wechat.rules import CheckScene
from server.wechat.service import check_text

log = structlog.get_logger(__name__)

TEXT = "{code} {name}：站长说今天不开，写的原因来的人都看得到，微信没有检查，请打开看看有没有不合适的话"


def passed(session: Session, reason: str, *, worker_id: uuid.UUID) -> bool:
    """Whether WeChat found a reason harmless. False: it could not say, or the worker is not there by WeChat.

    Raises:
        Problem: 422 for what must not be shown.
    """
    openid = reach_of(session, worker_id).openid
    if openid is None:
        return False
    try:
        verdict = check_text(reason, openid=openid, scene=CheckScene.COMMENT).verdict
    except WeChatError as error:
        log.warning("reason_not_checked", reason=str(error))
        return False
    if verdict is Verdict.RISKY:
        raise unprocessable({"reason": ["这句话微信不让显示，什么都没有保存。换个说法再说一次"]})
    return verdict is Verdict.PASS


def ask_union(session: Session, station: Station, *, at: datetime) -> None:
    """Ask the desk on duty, of the street that the place is in, to look at what its manager wrote."""
    union = union_of_area(session, station.area_code)
    union_id = None if union is None else union.id
    nobody: list[str | None] = [None]
    tell_staff(
        [
            StaffNotice(
                staff_no=number,
                kind="station.reason",
                text=TEXT.format(code=station.code, name=station.name),
                link=f"/stations/{station.code}",
                created_at=at,
            )
            for number in roster().on_duty(DutyKind.DESK, union_id=union_id, day=day_of(at)) or nobody
        ],
        by_sms=False,
        urgent=False,
    )
