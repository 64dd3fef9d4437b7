"""How many workers may share one WeChat account or phone number: five, or as many as the desk confirmed."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core import audit
from server.core.crypto import keyed_hmacs
from server.core.db import transaction
from server.core.errors import conflict
from server.identity.models import OPENID, PHONE, WeChatLogin, Worker

MOST = 5
"""Without anybody's leave."""
MOST_CONFIRMED = 50
"""What the desk may confirm: a dormitory, and not a call centre."""


def on_wechat(openid: str) -> sa.ColumnElement[bool]:
    """Whoever comes in by this WeChat account."""
    logins = sa.select(WeChatLogin.worker_id).where(WeChatLogin.openid_hmac.in_(keyed_hmacs(openid, purpose=OPENID)))
    return Worker.id.in_(logins)


def on_number(phone: str) -> sa.ColumnElement[bool]:
    """Whoever has this number registered."""
    return Worker.phone_hmac.in_(keyed_hmacs(phone, purpose=PHONE))


def make_room(session: Session, sharing: sa.ColumnElement[bool], *, joining: uuid.UUID | None = None) -> int:
    """See that one more may share it; returns how many do so far. The caller keeps others from asking meanwhile.

    Args:
        joining: the account that comes to share it, where it exists already; what the desk confirmed for it counts too.

    Raises:
        Problem: 409 `too_many_here`.
    """
    already = session.scalar(sa.select(sa.func.count()).where(sharing, Worker.id != joining)) or 0
    confirmed = session.scalar(
        sa.select(sa.func.max(Worker.may_share_with)).where(sa.or_(sharing, Worker.id == joining))
    )
    most = max(MOST, confirmed or 0)
    if already >= most:
        raise conflict(
            "too_many_here", f"这里已经有 {most} 个人在用，不能再加。请用自己的微信或手机号登录，或者打工会电话问"
        )
    return already


def confirm_more(*, worker_id: uuid.UUID, most: int, by: str) -> bool:
    """The desk saw that more than five live with this worker's phone. Returns whether there is such an account."""
    with transaction() as session:
        confirmed = session.scalar(
            sa.update(Worker).where(Worker.id == worker_id).values(may_share_with=most).returning(Worker.id)
        )
        if confirmed is None:
            return False
        audit.record(
            actor=by,
            action="account.sharing_confirmed",
            subject_kind="worker",
            subject_id=worker_id,
            detail={"most": most},
        )
        return True
