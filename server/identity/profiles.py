"""Several workers on one phone: whom a session may switch to, and starting another person's account.

A session reaches whoever comes in by the same WeChat account as itself. Over a number alone it reaches only those who
set a PIN, and only shortly after a code was typed: numbers are passed on, and whoever has one now must not find in it
whoever had it before.
"""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core import audit
from server.core.access import Principal
from server.core.clock import now
from server.core.crypto import keyed_hmacs, one_at_a_time
from server.core.db import transaction
from server.core.errors import Problem, conflict, not_found, unprocessable
from server.core.private import Private
from server.identity import pins
from server.identity.models import OPENID, PHONE, LoginSession, SignInWay, WeChatLogin, Worker, WorkerPin
from server.identity.rules import mask_name
from server.identity.service import SignedIn, new_phone_worker, new_wechat_worker, open_by_wechat, refuse_frozen
from server.identity.sessions import open_session, revoke
from server.identity.sharing import make_room, on_number, on_wechat

JUST_NOW = timedelta(minutes=10)
"""How long a code by SMS says who holds the number."""


class Profile(Private, frozen=True):
    """Somebody on this phone, as the others on it may see them."""

    id: uuid.UUID
    name_masked: str | None
    """None for who is not verified yet."""
    has_pin: bool
    current: bool
    last_used_at: datetime | None
    """When WeChat last opened this account here; None over a number alone."""


class _Reached(Struct, frozen=True):
    worker: Worker
    login: WeChatLogin | None
    has_pin: bool


def profiles_of(session: Session, *, session_id: uuid.UUID) -> list[Profile]:
    """Who is on this phone, the caller first."""
    here = session.get_one(LoginSession, session_id)
    return [
        Profile(
            id=one.worker.id,
            name_masked=None if one.worker.name is None else mask_name(one.worker.name),
            has_pin=one.has_pin,
            current=one.worker.id == here.worker_id,
            last_used_at=None if one.login is None else one.login.used_at,
        )
        for one in _reached(session, here)
    ]


def count_by_number(session: Session, *, worker: Worker) -> int:
    """How many there are, with this worker, just after a code was typed."""
    others = sa.select(sa.func.count()).where(_sharing_number(worker), Worker.id != worker.id)
    return 1 + (session.scalar(others) or 0)


def switch(*, who: Principal, to: uuid.UUID, pin: str | None) -> SignedIn:
    """Sign out of this account and in to another one on this phone.

    Raises:
        Problem: 404 for anybody else; 422 without the PIN or for a wrong one, which counts; 429 while it is locked; 403
            for a frozen account.
    """
    with transaction() as session:
        here = _locked(session, who.session_id)
        reached = _reached(session, here)
        found = next((one for one in reached if one.worker.id == to), None)
        if found is None or found.worker.id == who.worker_id:
            raise not_found()
        refused = _refused(session, found, pin)
        if refused is None:
            signed_in = _enter(session, found, reached)
            revoke(session_id=who.session_id)
            if found.has_pin:
                pins.unlock(session, session_id=signed_in.session.id, until=now() + pins.LASTS)
            _record(signed_in.worker.id, "account.switched")
    if refused is not None:
        # Raised outside: the transaction that counts the try has to stand.
        raise refused
    return signed_in


def start_another(*, who: Principal) -> SignedIn:
    """Start another person's account on this phone and sign in to it.

    Raises:
        Problem: 409 for one too many, for who has something to hide and no PIN yet, and where neither WeChat nor a code
            just typed says whose phone it is.
    """
    with transaction() as session:
        here = _locked(session, who.session_id)
        worker = session.get_one(Worker, who.worker_id)
        if worker.phone_hmac is not None and not pins.has_pin(session, worker.id):
            raise conflict("pin_first", "请先给自己设一个解锁码，别人用这部手机时就看不到你的事")
        login = None if here.wechat_login_id is None else session.get_one(WeChatLogin, here.wechat_login_id)
        if login is not None:
            one_at_a_time(session, keyed_hmacs(login.openid, purpose=OPENID))
            already = make_room(session, on_wechat(login.openid))
            made = new_wechat_worker(session, login.openid)
            signed_in = open_by_wechat(session, *made, way=SignInWay.SWITCH, profiles=already + 1)
        elif worker.phone is not None and _number_proved(here):
            one_at_a_time(session, keyed_hmacs(worker.phone, purpose=PHONE))
            make_room(session, on_number(worker.phone))
            started = new_phone_worker(session, worker.phone)
            signed_in = SignedIn(started, open_session(worker_id=started.id, way=SignInWay.SWITCH))
        else:
            raise conflict("sign_in_again", "请先退出，再用微信或者短信验证码登录一次，然后马上来加人")
        revoke(session_id=who.session_id)
        _record(signed_in.worker.id, "account.started_here")
        return signed_in


def _locked(session: Session, session_id: uuid.UUID) -> LoginSession:
    """The session that asks. It ends with what it asks for: a second tap at the same moment finds it ended."""
    here = session.get_one(LoginSession, session_id, with_for_update=True, populate_existing=True)
    if here.revoked_at is not None:
        raise Problem(401, "token_invalid", "登录已过期，请重新登录")
    return here


def _reached(session: Session, here: LoginSession) -> list[_Reached]:
    """The caller first, then by when they were last here."""
    worker = session.get_one(Worker, here.worker_id)
    login = None if here.wechat_login_id is None else session.get_one(WeChatLogin, here.wechat_login_id)
    reached = {worker.id: _Reached(worker, login, pins.has_pin(session, worker.id))}
    if login is not None:
        siblings = (
            sa.select(Worker, WeChatLogin, WorkerPin.worker_id)
            .join(WeChatLogin, WeChatLogin.worker_id == Worker.id)
            .outerjoin(WorkerPin, WorkerPin.worker_id == Worker.id)
            .where(WeChatLogin.openid_hmac.in_(keyed_hmacs(login.openid, purpose=OPENID)))
            .order_by(WeChatLogin.used_at.desc())
        )
        for other, its_login, pin in session.execute(siblings):
            reached.setdefault(other.id, _Reached(other, its_login, pin is not None))
    if _number_proved(here):
        sharing = sa.select(Worker).where(_sharing_number(worker)).order_by(Worker.phone_confirmed_at.desc())
        for other in session.scalars(sharing):
            reached.setdefault(other.id, _Reached(other, None, has_pin=True))
    return list(reached.values())


def _sharing_number(worker: Worker) -> sa.ColumnElement[bool]:
    """Who has the worker's number and a PIN."""
    digests = [] if worker.phone is None else keyed_hmacs(worker.phone, purpose=PHONE)
    return sa.and_(Worker.phone_hmac.in_(digests), Worker.id.in_(sa.select(WorkerPin.worker_id)))


def _number_proved(here: LoginSession) -> bool:
    """Whether a code that was sent to the worker's number has just been typed on this device."""
    at = now()
    signed_in = here.way is SignInWay.SMS and here.created_at > at - JUST_NOW
    return signed_in or (here.stepped_up_until is not None and here.stepped_up_until > at)


def _refused(session: Session, found: _Reached, pin: str | None) -> Problem | None:
    if not found.has_pin:
        return None
    if pin is None:
        return unprocessable({"pin": ["请输入这个人自己的 6 位解锁码"]}, code="pin_missing")
    return pins.try_pin(session, worker_id=found.worker.id, pin=pin)


def _enter(session: Session, found: _Reached, reached: list[_Reached]) -> SignedIn:
    if found.login is not None:
        by_wechat = sum(one.login is not None for one in reached)
        return open_by_wechat(session, found.login, found.worker, way=SignInWay.SWITCH, profiles=by_wechat)
    refuse_frozen(found.worker)
    return SignedIn(found.worker, open_session(worker_id=found.worker.id, way=SignInWay.SWITCH))


def _record(worker_id: uuid.UUID, action: str) -> None:
    audit.record(actor=f"worker:{worker_id}", action=action, subject_kind="worker", subject_id=worker_id)
