"""Codes by SMS. What protects a phone's owner is counted in PostgreSQL: what is sent to it, and what is tried.

Asking never looks at accounts, so neither answer nor time tells whether a number is known. What is asked too often is
stored like everything else and only not sent.
"""

import hmac
import secrets
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.clock import now
from server.core.crypto import keyed_hmac, keyed_hmacs, one_at_a_time
from server.core.db import transaction
from server.core.errors import unprocessable
from server.core.jobs import defer
from server.identity import tasks
from server.identity.models import PHONE, SMS_CODE, SmsCode
from server.identity.rules import Invalid, normalise_phone
from server.identity.service import SignedIn, sign_in_by_phone

VALID = timedelta(minutes=5)
TRIES = 5
"""Wrong or right, for each code."""
AGAIN_AFTER = timedelta(minutes=1)
MOST_SENT = ((AGAIN_AFTER, 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
"""To one phone: within this time, at most so many."""


def read_phone(typed: str) -> str:
    """A phone of a request.

    Raises:
        Problem: 422 at `phone`.
    """
    try:
        return normalise_phone(typed)
    except Invalid as error:
        raise unprocessable({"phone": [error.said]}) from None


def request_code(*, phone: str) -> None:
    """Have a code sent, unless this phone was sent too many."""
    phone_hmac = keyed_hmac(phone, purpose=PHONE)
    code = f"{secrets.randbelow(10**6):06d}"
    at = now()
    with transaction() as session:
        one_at_a_time(session, keyed_hmacs(phone, purpose=PHONE))
        row = SmsCode(
            created_at=at,
            phone_hmac=phone_hmac,
            code_hmac=keyed_hmac(_bound(phone, code), purpose=SMS_CODE),
            phone=phone,
            code=code,
            withheld=_sent_too_often(session, phone, at),
            expires_at=at + VALID,
        )
        session.add(row)
        session.flush()
        defer(tasks.send_code, code_id=str(row.id))


def sign_in_with_code(*, phone: str, code: str) -> SignedIn | None:
    """Sign in with the newest code that was sent to a phone; None when it is not that code.

    The try is counted and committed either way, in the order in which PostgreSQL serves them, so guessing in parallel
    wins nothing.
    """
    with transaction() as session:
        return sign_in_by_phone(phone=phone) if redeem(session, phone=phone, code=code) else None


def _bound(phone: str, code: str) -> str:
    """A code is only good for the phone that it was sent to."""
    return f"{phone}:{code}"


def _sent_too_often(session: Session, phone: str, at: datetime) -> bool:
    longest = max(period for period, _ in MOST_SENT)
    counts = session.execute(
        sa.select(*(sa.func.count().filter(SmsCode.created_at > at - period) for period, _ in MOST_SENT)).where(
            SmsCode.phone_hmac.in_(keyed_hmacs(phone, purpose=PHONE)),
            SmsCode.created_at > at - longest,
            SmsCode.withheld.is_(False),
        )
    ).one()
    return any(count >= most for count, (_, most) in zip(counts, MOST_SENT, strict=True))


def redeem(session: Session, *, phone: str, code: str) -> bool:
    """Use the newest code that was sent to a phone. The try counts with the transaction, so let it commit."""
    newest = (
        sa.select(SmsCode.id)
        .where(SmsCode.phone_hmac.in_(keyed_hmacs(phone, purpose=PHONE)), SmsCode.withheld.is_(False))
        .order_by(SmsCode.created_at.desc(), SmsCode.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    tried = session.execute(
        sa.update(SmsCode)
        .where(SmsCode.id == newest, SmsCode.used_at.is_(None), SmsCode.expires_at > now(), SmsCode.tries < TRIES)
        .values(tries=SmsCode.tries + 1)
        .returning(SmsCode.id, SmsCode.code_hmac)
    ).one_or_none()
    if tried is None or not _matches(tried.code_hmac, phone, code):
        return False
    _use(session, tried.id)
    return True


def _matches(stored: bytes, phone: str, code: str) -> bool:
    return any(hmac.compare_digest(stored, digest) for digest in keyed_hmacs(_bound(phone, code), purpose=SMS_CODE))


def _use(session: Session, code_id: uuid.UUID) -> None:
    session.execute(sa.update(SmsCode).where(SmsCode.id == code_id).values(used_at=now()))
