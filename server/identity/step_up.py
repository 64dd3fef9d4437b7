"""A step up: whoever holds the phone proves again that it is theirs, and may for a short time do what is sensitive.

The right belongs to one session and is always read from PostgreSQL, so it ends with the session, with or without Redis.
"""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa

from server.core import audit
from server.core.access import Level, Principal
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import Problem, conflict
from server.identity import codes
from server.identity.models import LoginSession, Worker

LASTS = timedelta(minutes=10)


def send_code(*, worker_id: uuid.UUID) -> None:
    """Have a code sent to the worker's own phone, as often as codes may be sent to a phone at all.

    Raises:
        Problem: 409 for an account without a phone.
    """
    codes.request_code(phone=_phone_of(worker_id))


def step_up(*, who: Principal, sms_code: str) -> datetime:
    """Give this session the right; returns until when.

    Raises:
        Problem: 401 for a code that is wrong, used or too old, which counts as a try; 409 without a phone.
    """
    phone = _phone_of(who.worker_id)
    until = now() + LASTS
    with transaction() as session:
        good = codes.redeem(session, phone=phone, code=sms_code)
        if good:
            session.execute(
                sa.update(LoginSession).where(LoginSession.id == who.session_id).values(stepped_up_until=until)
            )
            audit.record(
                actor=f"worker:{who.worker_id}",
                action="account.step_up",
                subject_kind="worker",
                subject_id=who.worker_id,
            )
    if not good:
        # Raised outside: the transaction that counts the try has to stand.
        raise Problem(401, "sms_code_invalid", "验证码不对或已经过期，请重新获取")
    return until


def require_step_up(who: Principal) -> None:
    """Let pass who stepped up a short while ago, and guests: without phone and name there is nothing to prove.

    Raises:
        Problem: 403 `step_up_required`.
    """
    if who.level is Level.L0 and _has_no_phone(who.worker_id):
        return
    until = db.session.scalar(
        sa.select(LoginSession.stepped_up_until).where(
            LoginSession.id == who.session_id, LoginSession.revoked_at.is_(None)
        )
    )
    if until is None or until <= now():
        raise Problem(403, "step_up_required", "为了保护你的信息，请先用短信验证码确认是你本人")


def _has_no_phone(worker_id: uuid.UUID) -> bool:
    return db.session.scalar(sa.select(Worker.phone_hmac).where(Worker.id == worker_id)) is None


def _phone_of(worker_id: uuid.UUID) -> str:
    phone = db.session.scalar(sa.select(Worker.phone).where(Worker.id == worker_id))
    if phone is None:
        raise conflict("no_phone", "这个账号还没有登记手机号，请先登记，再来确认是你本人")
    return phone
