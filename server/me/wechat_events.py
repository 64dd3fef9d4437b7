"""What a person takes back in WeChat itself: what came through it goes, a closed WeChat account closes this one.

Several workers behind one WeChat account lose it together.
"""

import uuid
from typing import Any

import sqlalchemy as sa

from server.core import audit
from server.core.access import Level
from server.core.db import transaction
from server.identity.consents import withdraw
from server.identity.models import ConsentKey, LevelColumn, Worker
from server.identity.service import workers_of_openid
from server.identity.sessions import outdate_sessions_of
from server.me import closing
from server.me.models import ClosingCause
from server.wechat.events import AccountCancelled, AuthorizationRevoked, Event, Revoked

PLACES = frozenset({Revoked.LOCATION, Revoked.CHOSEN_PLACE})


def on_wechat_event(_sender: Any, *, event: Event) -> None:
    """Receiver of the signal, inside the transaction that counts the push."""
    if not isinstance(event, AccountCancelled | AuthorizationRevoked):
        return
    # In one order, so that two pushes never wait for each other crosswise.
    for worker_id in sorted(workers_of_openid(openid=event.openid)):
        match event:
            case AccountCancelled():
                closing.start(worker_id=worker_id, cause=ClosingCause.WECHAT)
            case AuthorizationRevoked():
                _take_back(worker_id, event.revoked)


def _take_back(worker_id: uuid.UUID, revoked: frozenset[Revoked]) -> None:
    """Pictures and files belong to the cases they were sent with, and microphone and camera leave nothing behind."""
    with transaction() as session:
        if Revoked.PHONE in revoked:
            session.execute(
                sa.update(Worker)
                .where(Worker.id == worker_id)
                .values(
                    phone=None,
                    phone_hmac=None,
                    phone_confirmed_at=None,
                    level=sa.case((Worker.level == Level.L1, sa.literal(Level.L0, LevelColumn())), else_=Worker.level),
                )
            )
            outdate_sessions_of(worker_id=worker_id)
        if revoked & PLACES:
            withdraw(worker_id=worker_id, key=ConsentKey.LOCATION)
        audit.record(
            actor=f"worker:{worker_id}",
            action="account.wechat_revoked",
            subject_kind="worker",
            subject_id=worker_id,
            detail={"kinds": sorted(revoked)},
        )
