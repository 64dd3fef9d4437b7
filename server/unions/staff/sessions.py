"""Sessions of the console: rows in PostgreSQL, ended by signing out, by idleness, by time, and from another device."""

import hashlib
import re
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session, aliased

from server.core import audit
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import not_found
from server.core.private import Private
from server.unions.models import TradeUnion
from server.unions.staff.models import RoleGrant, StaffAccount, StaffCredential, StaffSession
from server.unions.staff.roles import Role, roles
from server.unions.staff.vocabulary import GrantState, Right
from server.unions.vocabulary import UnionKind

IDLE = timedelta(minutes=15)
LIFE = timedelta(hours=12)
HALF_WAY = timedelta(minutes=20)
"""How long the second step may take; at the first sign-in an authenticator has to be installed."""
SEEN_EVERY = timedelta(minutes=1)
"""A request writes down that somebody is there no more often than this."""
KEPT = timedelta(days=31)
SUBJECT = "staff_session"


class Step(StrEnum):
    """What is still missing."""

    CODE = "code"
    PASSWORD = "password"  # noqa: S105  # a word, not a password
    """A temporary one has to be changed."""
    BIND = "bind"
    DONE = "done"


class Held(Struct, frozen=True):
    """A role that somebody holds now."""

    role: Role
    union_id: uuid.UUID
    union_name: str
    union_kind: UnionKind
    until: datetime


class SignedIn(Private, frozen=True):
    """Who a console session belongs to, and what they may do."""

    session_id: uuid.UUID
    staff_id: uuid.UUID
    number: str
    name: str
    union_id: uuid.UUID
    union_name: str
    step: Step
    held: tuple[Held, ...]

    @property
    def rights(self) -> frozenset[Right]:
        """What they may do somewhere; services ask for each thing where it is."""
        return frozenset(right for held in self.held for right in held.role.rights)

    @property
    def actor(self) -> str:
        """For the audit."""
        return audit.staff(self.number)


def open_session(*, account: StaffAccount, user_agent: str) -> str:
    """After the password: a session that can do nothing but take the next step.

    Returns:
        its token.
    """
    token = secrets.token_urlsafe(32)
    at = now()
    with transaction() as session:
        session.add(
            StaffSession(
                staff_id=account.id,
                token_hash=_hash(token),
                device=device_of(user_agent),
                created_at=at,
                seen_at=at,
                expires_at=at + HALF_WAY,
            )
        )
    return token


def complete(*, session_id: uuid.UUID) -> str:
    """After the second factor: the session is whole and has a new token, which is returned."""
    token = secrets.token_urlsafe(32)
    at = now()
    with transaction() as session:
        row = session.get_one(StaffSession, session_id, with_for_update=True)
        row.token_hash = _hash(token)
        row.code_at = row.seen_at = at
        row.expires_at = at + LIFE
        account = session.get_one(StaffAccount, row.staff_id)
        audit.record(
            actor=audit.staff(account.number), action="staff.sign_in", subject_kind=SUBJECT, subject_id=session_id
        )
    return token


def load(token: str, *, seen: bool = True) -> SignedIn | None:
    """Who a token belongs to; None when it is unknown, expired, idle for too long or revoked. One query.

    Args:
        seen: whether this is somebody's doing; what a page asks for by itself keeps nobody signed in.
    """
    at = now()
    workplace, place = aliased(TradeUnion), aliased(TradeUnion)
    asked = (
        sa.select(StaffSession, StaffAccount, workplace.name, StaffCredential, RoleGrant, place.name, place.kind)
        .join(StaffAccount, StaffAccount.id == StaffSession.staff_id)
        .join(workplace, workplace.id == StaffAccount.union_id)
        .join(StaffCredential, StaffCredential.staff_id == StaffAccount.id)
        .outerjoin(
            RoleGrant,
            sa.and_(RoleGrant.staff_id == StaffAccount.id, RoleGrant.state == GrantState.GRANTED, RoleGrant.until > at),
        )
        .outerjoin(place, place.id == RoleGrant.union_id)
        .where(
            StaffSession.token_hash == _hash(token),
            StaffSession.revoked_at.is_(None),
            StaffSession.expires_at > at,
            StaffSession.seen_at > at - IDLE,
            StaffAccount.closed_at.is_(None),
        )
        .order_by(RoleGrant.created_at)
    )
    # A session of its own on AUTOCOMMIT: the view's transaction, or its reading only, is its own affair.
    with Session(db.engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False) as session:
        rows = session.execute(asked).all()
        if seen and rows and rows[0][0].seen_at <= at - SEEN_EVERY:
            session.execute(sa.update(StaffSession).where(StaffSession.id == rows[0][0].id).values(seen_at=at))
            session.commit()
    if not rows:
        return None
    row, account, union_name, credential = rows[0][:4]
    return SignedIn(
        session_id=row.id,
        staff_id=account.id,
        number=account.number,
        name=account.name,
        union_id=account.union_id,
        union_name=union_name,
        step=_step(row, credential),
        held=tuple(
            Held(roles()[grant.role], grant.union_id, place_name, place_kind, grant.until)
            for *_, grant, place_name, place_kind in rows
            if grant is not None
        ),
    )


def living(session: Session, *, staff_id: uuid.UUID) -> Sequence[StaffSession]:
    """Where somebody is signed in now, the latest first."""
    at = now()
    return session.scalars(
        sa.select(StaffSession)
        .where(
            StaffSession.staff_id == staff_id,
            StaffSession.code_at.is_not(None),
            StaffSession.revoked_at.is_(None),
            StaffSession.expires_at > at,
            StaffSession.seen_at > at - IDLE,
        )
        .order_by(StaffSession.seen_at.desc())
    ).all()


def revoke(*, session_id: uuid.UUID, who: SignedIn) -> None:
    """End one of one's own sessions; from the commit on its token opens nothing.

    Raises:
        Problem: 404 for what is not one of them.
    """
    with transaction() as session:
        ended = session.scalar(
            sa.update(StaffSession)
            .where(
                StaffSession.id == session_id,
                StaffSession.staff_id == who.staff_id,
                StaffSession.revoked_at.is_(None),
            )
            .values(revoked_at=now())
            .returning(StaffSession.id)
        )
        if ended is None:
            raise not_found()
        action = "staff.sign_out" if session_id == who.session_id else "staff.session_revoke"
        audit.record(actor=who.actor, action=action, subject_kind=SUBJECT, subject_id=session_id)


def revoke_all(session: Session, *, staff_id: uuid.UUID, but: uuid.UUID | None = None) -> None:
    """End all of somebody's sessions, except perhaps the one that asks."""
    ending = sa.update(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.revoked_at.is_(None))
    if but is not None:
        ending = ending.where(StaffSession.id != but)
    session.execute(ending.values(revoked_at=now()))


def forget_ended(*, before: datetime) -> int:
    """Delete sessions that ended before this instant; returns how many."""
    with transaction() as session:
        gone = session.execute(sa.delete(StaffSession).where(StaffSession.expires_at < before))
        return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it


_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "鸿蒙"),
    ("Android", "安卓手机"),
    ("iPhone|iPad", "苹果手机"),
    ("Windows", "Windows 电脑"),
    ("Mac OS", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)


def device_of(user_agent: str) -> str:
    """Browser and system in a few words."""
    browser = next((name for mark, name in _BROWSERS if re.search(mark, user_agent)), "浏览器")
    system = next((name for mark, name in _SYSTEMS if re.search(mark, user_agent)), "其他设备")
    return f"{system} · {browser}"


def _step(row: StaffSession, credential: StaffCredential) -> Step:
    if row.code_at is None and credential.totp_secret is not None:
        return Step.CODE
    if credential.temporary_until is not None:
        return Step.PASSWORD
    if credential.totp_secret is None:
        return Step.BIND
    return Step.DONE


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
