"""Closing an account: first a time to think it over, then everything goes that no law keeps.

What others wait for, a seat or a place to keep, is given back at once and does not come back when the closing is
called off.
"""

import uuid
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import SHANGHAI, now
from server.core.db import transaction
from server.core.signals import account_closing
from server.identity.models import Worker
from server.identity.sessions import revoke_all
from server.me.models import AccountClosing, ClosingCause
from server.notices.service import notify
from server.notices.worded import worded

COOLING_OFF = timedelta(days=15)
PAGE = "/me/closing"


UNDER_WAY = sa.and_(AccountClosing.cancelled_at.is_(None), AccountClosing.erased_at.is_(None))
"""Word for word the condition of the partial indexes."""


def closing_of(session: Session, worker_id: uuid.UUID) -> AccountClosing | None:
    """The closing that is under way."""
    return session.scalar(sa.select(AccountClosing).where(AccountClosing.worker_id == worker_id, UNDER_WAY))


def start(
    *, worker_id: uuid.UUID, cause: ClosingCause = ClosingCause.WORKER, session_id: uuid.UUID | None = None
) -> AccountClosing:
    """Start the closing; asking again changes nothing.

    Args:
        session_id: the device that asks, which stays signed in to call it off. All others are signed out.
    """
    with transaction() as session:
        session.get_one(Worker, worker_id, with_for_update={"key_share": True})
        under_way = closing_of(session, worker_id)
        if under_way is not None:
            return under_way
        at = now()
        closing = AccountClosing(worker_id=worker_id, cause=cause, requested_at=at, closes_at=at + COOLING_OFF)
        session.add(closing)
        session.flush()
        revoke_all(worker_id=worker_id, but=session_id)
        account_closing.send("me", worker_id=worker_id)
        _record(closing, "account.closing")
        day = closing.closes_at.astimezone(SHANGHAI)
        notify(
            worker_id=worker_id,
            kind="account.closing",
            title="账号正在注销",
            body=worded(
                "{day}删除你的信息。在那以前改主意，打开“我的”点“不注销了”，或者用短信验证码重新登录。",
                day=f"{day.month}月{day.day}日",
            ),
            link=PAGE,
        )
        return closing


def call_off(*, worker_id: uuid.UUID, actor: str | None = None) -> bool:
    """Keep the account after all; returns whether it was closing.

    Args:
        actor: who does it, as in the audit, where that is not who asked for the closing.
    """
    with transaction() as session:
        session.get_one(Worker, worker_id, with_for_update={"key_share": True})
        closing = closing_of(session, worker_id)
        if closing is None:
            return False
        closing.cancelled_at = now()
        _record(closing, "account.closing_called_off", actor=actor)
        return True


def on_person_seen(_sender: Any, *, worker_id: uuid.UUID) -> None:
    """Receiver of the signal: whoever came to the desk for an account does not lose it, with the case that was tied."""
    call_off(worker_id=worker_id, actor=audit.SYSTEM)


def _record(closing: AccountClosing, action: str, *, actor: str | None = None) -> None:
    asked = audit.SYSTEM if closing.cause is ClosingCause.WECHAT else f"worker:{closing.worker_id}"
    audit.record(actor=actor or asked, action=action, subject_kind="account_closing", subject_id=closing.id)
