"""Accounts: which one a sign-in opens, and what confirming a phone does to it."""

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.core import audit
from server.core.access import Level
from server.core.clock import now
from server.core.crypto import keyed_hmac, keyed_hmacs, one_at_a_time
from server.core.db import transaction
from server.core.errors import Problem
from server.core.private import Private
from server.identity.models import OPENID, PHONE, SignInWay, WeChatLogin, Worker
from server.identity.sessions import OpenedSession, open_session, outdate_sessions_of
from server.identity.sharing import make_room, on_number


class Reach(Private, frozen=True):
    """How a worker can be reached: by the WeChat account that signed in last, by phone."""

    openid: str | None
    phone: str | None
    name: str | None


class SignedIn(Struct, frozen=True):
    """A worker and the session that was opened for them."""

    worker: Worker
    session: OpenedSession
    profiles: int = 1
    """How many this device may change between, with this one."""


def sign_in_by_openid(*, openid: str, way: SignInWay = SignInWay.WECHAT) -> SignedIn:
    """Open the account behind a WeChat account, a new one of level L0 when there is none.

    Several workers may share a WeChat account: the one it opened last is opened again.

    Raises:
        Problem: 403 for a frozen account, when there is no other.
    """
    with transaction() as session:
        behind = _behind(session, openid) or _first_behind(session, openid)
        return open_by_wechat(session, *behind[0], way=way, profiles=len(behind))


def open_by_wechat(session: Session, login: WeChatLogin, worker: Worker, *, way: SignInWay, profiles: int) -> SignedIn:
    """Open one of the accounts behind a WeChat account, inside the caller's transaction.

    Raises:
        Problem: 403 for a frozen account.
    """
    refuse_frozen(worker)
    login.used_at = now()
    return SignedIn(worker, open_session(worker_id=worker.id, way=way, wechat_login_id=login.id), profiles)


def new_wechat_worker(session: Session, openid: str) -> tuple[WeChatLogin, Worker]:
    """An account of level L0 behind a WeChat account, whoever else it opens."""
    worker = Worker(level=Level.L0, created_at=now())
    session.add(worker)
    session.flush()
    login = WeChatLogin(worker_id=worker.id, openid=openid, openid_hmac=keyed_hmac(openid, purpose=OPENID))
    session.add(login)
    session.flush()
    return login, worker


def sign_in_by_phone(*, phone: str) -> SignedIn:
    """Open the account of a phone that was just confirmed by a code, a new one of level L1 when there is none.

    Phones are shared and passed on; of several accounts the one that confirmed the number last is opened.

    Raises:
        Problem: 403 for a frozen account.
    """
    with transaction() as session:
        one_at_a_time(session, keyed_hmacs(phone, purpose=PHONE))
        worker = session.scalar(
            sa.select(Worker)
            .where(Worker.phone_hmac.in_(keyed_hmacs(phone, purpose=PHONE)))
            .order_by(Worker.phone_confirmed_at.desc(), Worker.id.desc())
            .limit(1)
        )
        if worker is None:
            worker = new_phone_worker(session, phone)
        refuse_frozen(worker)
        return SignedIn(worker, open_session(worker_id=worker.id, way=SignInWay.SMS))


def new_phone_worker(session: Session, phone: str) -> Worker:
    """An account of level L1 for somebody who has just confirmed a number."""
    worker = Worker(
        level=Level.L1,
        phone=phone,
        phone_hmac=keyed_hmac(phone, purpose=PHONE),
        phone_confirmed_at=now(),
        created_at=now(),
    )
    session.add(worker)
    session.flush()
    return worker


def confirm_phone(*, worker_id: uuid.UUID, phone: str) -> bool:
    """Note that a worker holds this number; raises them to L1. Accounts that share a number stay apart.

    Returns:
        whether a person who was seen (L3) changed the number: they are L2 until they are seen again, since a taken-over
        account begins with another phone.

    Raises:
        Problem: 409 where too many have the number already.
    """
    with transaction() as session:
        # Before the row: whoever comes by a code waits at the number, too.
        one_at_a_time(session, keyed_hmacs(phone, purpose=PHONE))
        worker = session.get_one(Worker, worker_id, with_for_update={"key_share": True})
        if worker.phone != phone:
            make_room(session, on_number(phone), joining=worker_id)
        to_be_seen_again = worker.level >= Level.L3 and worker.phone is not None and worker.phone != phone
        worker.phone = phone
        worker.phone_hmac = keyed_hmac(phone, purpose=PHONE)
        worker.phone_confirmed_at = now()
        if worker.level < Level.L1:
            worker.level = Level.L1
            outdate_sessions_of(worker_id=worker_id)
        if to_be_seen_again:
            worker.level = Level.L2
            worker.seen_at = None
            outdate_sessions_of(worker_id=worker_id)
        return to_be_seen_again


def get_worker(session: Session, worker_id: uuid.UUID) -> Worker:
    """The account behind a principal."""
    return session.get_one(Worker, worker_id)


def workers_of_openid(*, openid: str) -> list[uuid.UUID]:
    """Whose accounts a WeChat account opens, the one that it would open now first."""
    with transaction() as session:
        return [worker.id for _, worker in _behind(session, openid)]


def refuse_frozen(worker: Worker) -> None:
    """Raises a Problem, 403, for a frozen account."""
    if worker.frozen_at is not None:
        raise Problem(403, "account_frozen", "这个账号暂时停用了，里面的东西都还在。请打工会电话问")


def freeze_account(session: Session, worker_id: uuid.UUID, *, actor: str) -> bool:
    """Let nobody into an account, at once, and send nothing to its phone. Nothing in it is changed.

    Returns:
        whether there is such an account.
    """
    worker = session.get(Worker, worker_id, with_for_update={"key_share": True}, populate_existing=True)
    if worker is None:
        return False
    worker.frozen_at = worker.frozen_at or now()
    outdate_sessions_of(worker_id=worker_id)
    audit.record(actor=actor, action="account.freeze", subject_kind="worker", subject_id=worker_id)
    return True


def is_frozen(
    worker_id: InstrumentedAttribute[uuid.UUID] | InstrumentedAttribute[uuid.UUID | None],
) -> sa.ColumnElement[bool]:
    """Whether nobody gets into the account that a column names."""
    return sa.exists().where(Worker.id == worker_id, Worker.frozen_at.is_not(None))


def reach_of(session: Session, worker_id: uuid.UUID) -> Reach:
    """How to reach a worker; all None for one who is gone."""
    newest = (
        sa.select(WeChatLogin).where(WeChatLogin.worker_id == worker_id).order_by(WeChatLogin.used_at.desc()).limit(1)
    )
    worker, login = session.get(Worker, worker_id), session.scalar(newest)
    return Reach(
        openid=None if login is None else login.openid,
        phone=None if worker is None else worker.phone,
        name=None if worker is None else worker.name,
    )


def reaches_of(session: Session, worker_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Reach]:
    """`reach_of` of many, in two queries; who is gone is left out."""
    workers = session.scalars(sa.select(Worker).where(Worker.id.in_(worker_ids))).all()
    newest = (
        sa.select(WeChatLogin)
        .where(WeChatLogin.worker_id.in_(worker_ids))
        .order_by(WeChatLogin.worker_id, WeChatLogin.used_at.desc())
        .ext(distinct_on(WeChatLogin.worker_id))
    )
    openids = {login.worker_id: login.openid for login in session.scalars(newest)}
    return {one.id: Reach(openid=openids.get(one.id), phone=one.phone, name=one.name) for one in workers}


def _behind(session: Session, openid: str) -> list[tuple[WeChatLogin, Worker]]:
    """Who comes in by a WeChat account, who was used last first; a frozen account keeps nobody else out."""
    rows = session.execute(
        sa.select(WeChatLogin, Worker)
        .join(Worker, Worker.id == WeChatLogin.worker_id)
        .where(WeChatLogin.openid_hmac.in_(keyed_hmacs(openid, purpose=OPENID)))
        .order_by(Worker.frozen_at.is_not(None), WeChatLogin.used_at.desc(), WeChatLogin.id.desc())
    )
    return [(login, worker) for login, worker in rows]


def _first_behind(session: Session, openid: str) -> list[tuple[WeChatLogin, Worker]]:
    one_at_a_time(session, keyed_hmacs(openid, purpose=OPENID))
    # Two first sign-ins of the same person at the same moment: the other one may have made the account.
    return _behind(session, openid) or [new_wechat_worker(session, openid)]
