"""A worker's PIN: six digits that keep the others on a shared phone out of what is private.

Whoever shares a phone also reads its SMS. A code by SMS therefore sets a first PIN, and a forgotten one only while no
other account has the number; else the desk removes it.
"""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from msgspec.structs import replace
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.core import audit
from server.core.access import Principal
from server.core.clock import now
from server.core.crypto import keyed_hmacs
from server.core.db import db, transaction
from server.core.errors import Problem, conflict, unprocessable
from server.identity.models import PHONE, LoginSession, Worker, WorkerPin
from server.identity.rules import Invalid, read_pin
from server.identity.sessions import outdate_sessions_of
from server.identity.step_up import require_step_up

LASTS = timedelta(minutes=10)
TRIES = 5
"""Wrong ones in a row."""
LOCKED = timedelta(minutes=15)

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def require_pin(who: Principal) -> None:
    """Let pass who has no PIN, and who typed it on this device a short while ago.

    Raises:
        Problem: 403 `pin_required`.
    """
    if not who.has_pin:
        return
    unlocked = sa.select(LoginSession.id).where(
        LoginSession.id == who.session_id, LoginSession.revoked_at.is_(None), LoginSession.pin_checked_until > now()
    )
    locked = sa.select(WorkerPin.worker_id).where(WorkerPin.worker_id == who.worker_id, ~unlocked.exists())
    if db.session.scalar(locked) is not None:
        raise Problem(403, "pin_required", "请先输入你的 6 位解锁码")


def check_pin(*, who: Principal, pin: str) -> datetime:
    """Let this device see what is private for a while; returns until when.

    Raises:
        Problem: 422 for a wrong PIN, which counts; 429 while it is locked; 409 without one.
    """
    with transaction() as session:
        if not has_pin(session, who.worker_id):
            raise conflict("no_pin", "你还没有设解锁码")
        refused = try_pin(session, worker_id=who.worker_id, pin=pin)
        until = now() + LASTS
        if refused is None:
            unlock(session, session_id=who.session_id, until=until)
    if refused is not None:
        # Raised outside: the transaction that counts the try has to stand.
        raise refused
    return until


def try_pin(session: Session, *, worker_id: uuid.UUID, pin: str) -> Problem | None:
    """Whether it is this worker's PIN: None if so, else what to say. The try counts with the transaction, so let it
    commit. Tries at the same moment wait for each other at the row, so guessing in parallel wins nothing.
    """
    at = now()
    open_again = sa.or_(WorkerPin.locked_until.is_(None), WorkerPin.locked_until <= at)
    tries = sa.case((WorkerPin.locked_until.is_not(None), 1), else_=WorkerPin.tries + 1)
    tried = session.execute(
        sa.update(WorkerPin)
        .where(WorkerPin.worker_id == worker_id, open_again)
        .values(tries=tries, locked_until=sa.case((tries >= TRIES, at + LOCKED), else_=None))
        .returning(WorkerPin.pin_hash, WorkerPin.tries)
    ).one_or_none()
    if tried is None:
        return _locked(session, worker_id, at)
    if _matches(tried.pin_hash, pin):
        session.execute(sa.update(WorkerPin).where(WorkerPin.worker_id == worker_id).values(tries=0, locked_until=None))
        return None
    if tried.tries >= TRIES:
        _record(worker_id, "account.pin_locked", actor=audit.SYSTEM)
        return _locked(session, worker_id, at)
    left = TRIES - tried.tries
    errors = {"pin": [f"解锁码不对，还可以试 {left} 次"]}
    return Problem(422, "pin_wrong", "解锁码不对，请再试一次", errors=errors, extra={"tries_left": left})


def unlock(session: Session, *, session_id: uuid.UUID, until: datetime) -> None:
    """Note that this device was given the PIN."""
    session.execute(sa.update(LoginSession).where(LoginSession.id == session_id).values(pin_checked_until=until))


def set_pin(*, who: Principal, pin: str) -> None:
    """Set a PIN or another one; all other devices are asked for it.

    Raises:
        Problem: 422 for one that is easily guessed, 403 `pin_required` or `step_up_required`, 409 without a phone.
    """
    try:
        chosen = read_pin(pin)
    except Invalid as error:
        raise unprocessable({"pin": [error.said]}) from None
    with transaction() as session:
        _require_right(session, who)
        row = insert(WorkerPin).values(
            worker_id=who.worker_id, pin_hash=_hasher.hash(chosen), set_at=now(), tries=0, locked_until=None
        )
        new = {name: row.excluded[name] for name in ("pin_hash", "set_at", "tries", "locked_until")}
        session.execute(row.on_conflict_do_update(index_elements=[WorkerPin.worker_id], set_=new))
        _ask_everywhere(session, who.worker_id)
        unlock(session, session_id=who.session_id, until=now() + LASTS)
        _record(who.worker_id, "account.pin_set")


def remove_pin(*, who: Principal) -> None:
    """Ask for no PIN any more.

    Raises:
        Problem: 403 `pin_required` or `step_up_required`.
    """
    with transaction() as session:
        _require_right(session, who)
        session.execute(sa.delete(WorkerPin).where(WorkerPin.worker_id == who.worker_id))
        _ask_everywhere(session, who.worker_id)
        _record(who.worker_id, "account.pin_removed")


def forget_pin(*, worker_id: uuid.UUID, by: str) -> bool:
    """The desk removes a forgotten PIN; returns whether there was one."""
    with transaction() as session:
        gone = session.scalar(
            sa.delete(WorkerPin).where(WorkerPin.worker_id == worker_id).returning(WorkerPin.worker_id)
        )
        if gone is not None:
            _ask_everywhere(session, worker_id)
            _record(worker_id, "account.pin_forgotten", actor=by)
        return gone is not None


def has_pin(session: Session, worker_id: uuid.UUID) -> bool:
    """Whether sensitive pages ask for a PIN."""
    return session.scalar(sa.select(WorkerPin.worker_id).where(WorkerPin.worker_id == worker_id)) is not None


def hand_over(session: Session, *, old: uuid.UUID, new: uuid.UUID) -> None:
    """Give one account's PIN to another of the same person, who keeps the other's own if there is one."""
    if has_pin(session, new):
        session.execute(sa.delete(WorkerPin).where(WorkerPin.worker_id == old))
    else:
        session.execute(sa.update(WorkerPin).where(WorkerPin.worker_id == old).values(worker_id=new))
    # Asked for again on every device, whichever of the two was typed there.
    for worker_id in (old, new):
        _ask_everywhere(session, worker_id)


def _require_right(session: Session, who: Principal) -> None:
    phone = session.get_one(Worker, who.worker_id, with_for_update={"key_share": True}).phone
    if has_pin(session, who.worker_id):
        try:
            # What the session was when the request began is not what the row says now.
            require_pin(replace(who, has_pin=True))
        except Problem:
            # Forgotten: the phone proves who it is, unless others read its messages too.
            if phone is None or _shared(session, phone):
                raise
            require_step_up(who)
    elif phone is None:
        raise conflict("no_phone", "请先登记手机号，再来设解锁码")
    else:
        require_step_up(who)


def _shared(session: Session, phone: str) -> bool:
    having = sa.select(sa.func.count()).where(Worker.phone_hmac.in_(keyed_hmacs(phone, purpose=PHONE)))
    return (session.scalar(having) or 0) > 1


def _ask_everywhere(session: Session, worker_id: uuid.UUID) -> None:
    session.execute(sa.update(LoginSession).where(LoginSession.worker_id == worker_id).values(pin_checked_until=None))
    outdate_sessions_of(worker_id=worker_id)


def _matches(pin_hash: str, pin: str) -> bool:
    try:
        return _hasher.verify(pin_hash, pin)
    except VerifyMismatchError:
        return False


def _locked(session: Session, worker_id: uuid.UUID, at: datetime) -> Problem:
    until = session.scalar(sa.select(WorkerPin.locked_until).where(WorkerPin.worker_id == worker_id))
    seconds = LOCKED.total_seconds() if until is None else (until - at).total_seconds()
    return Problem(
        429,
        "pin_locked",
        "解锁码错了太多次，15 分钟后再试",
        detail="东西都还在。忘了解锁码：手机号只有你一个人用的，用短信验证码重新设；和别人合用的，请带证件到服务中心。",
        headers={"Retry-After": str(max(1, round(seconds)))},
    )


def _record(worker_id: uuid.UUID, action: str, *, actor: str | None = None) -> None:
    audit.record(actor=actor or f"worker:{worker_id}", action=action, subject_kind="worker", subject_id=worker_id)
