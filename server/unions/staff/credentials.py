"""How members of the staff prove who they are: a password, then a code of their authenticator or a recovery code.

Wrong ones are counted in PostgreSQL, passwords and codes together, until somebody is in: whoever knows the password
gets no new tries for the code by typing it again. No single administrator can get into another's account: one gives
passwords, another one lets go of authenticators.
"""

import hmac
import re
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

import pyotp
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import now, spoken_instant
from server.core.crypto import keyed_hmac, keyed_hmacs
from server.core.db import transaction
from server.core.errors import Problem, not_found, unprocessable
from server.unions.staff.authority import authorise
from server.unions.staff.models import RECOVERY_CODE, StaffAccount, StaffCredential, StaffRecoveryCode
from server.unions.staff.passwords import hashed, matches, take_as_long, temporary_password, weakness
from server.unions.staff.sessions import revoke_all
from server.unions.staff.vocabulary import Right

ACCOUNT = "staff_account"
TRIES = 5
"""Wrong ones in a row."""
LOCKED = timedelta(minutes=15)
TEMPORARY = timedelta(hours=72)
"""How long a temporary password is good for."""
RECOVERY_CODES = 8
STEP = 30
"""Seconds for which an authenticator shows a code."""
ISSUER = "暖蜂工作台"

_WRONG = f"工号或密码不对。连着错 {TRIES} 次，账号会锁 {LOCKED.seconds // 60} 分钟"


def give_password(*, number: str, by: str) -> str:
    """Make a temporary password, which has to be changed at the first sign-in; every session of theirs ends.

    Returns:
        the password. It is nowhere else: show it once.

    Raises:
        Problem: 403 for whoever may not, or for oneself; 404 for no such open account.
    """
    with transaction() as session:
        account = _account(session, number)
        authorise(session, number=by, right=Right.STAFF_ACCOUNTS, union_id=account.union_id)
        if number == by:
            raise Problem(403, "not_for_yourself", "自己的密码请在“我的账号”里改，临时密码由另一位管理员来发")
        return _new_temporary(session, account, actor=audit.staff(by))


def first_password(*, number: str) -> str:
    """A temporary password from whoever runs the service, for the first administrators.

    Raises:
        Problem: 404 for no such open account.
    """
    with transaction() as session:
        return _new_temporary(session, _account(session, number), actor=audit.SYSTEM)


def try_password(*, number: str, password: str) -> StaffAccount:
    """The account of whoever knows its password.

    Raises:
        Problem: 422 for a wrong number or password and while the account is locked, all in the same words; 409 for a
            temporary password that has run out.
    """
    with transaction() as session:
        account = session.scalar(
            sa.select(StaffAccount).where(StaffAccount.number == number, StaffAccount.closed_at.is_(None))
        )
        credential = None if account is None else _count_a_try(session, account.id)
        if account is None or credential is None:
            take_as_long(password)
        elif matches(credential.password_hash, password):
            _take_back(credential)
            if credential.temporary_until is not None and credential.temporary_until <= now():
                raise Problem(409, "password_expired", "这个临时密码过期了，请找系统管理员再要一个")
            return account
        else:
            _note_failure(account.id, credential, "password")
    # Raised outside: the transaction that counts the try has to stand.
    raise unprocessable({"password": [_WRONG]}, code="sign_in_refused", title=_WRONG)


def try_code(*, staff_id: uuid.UUID, code: str) -> None:
    """Take a code of the authenticator, or a recovery code; each is good once.

    Raises:
        Problem: 422 for a wrong or used one, which counts; 429 while the account is locked.
    """
    code = re.sub(r"[\s-]", "", code)
    with transaction() as session:
        credential = _count_a_try(session, staff_id)
        if credential is not None:
            if _take_totp(credential, code) or _take_recovery_code(session, staff_id, code):
                credential.tries = 0
                credential.locked_until = None
                return
            _note_failure(staff_id, credential, "code")
            left = TRIES - credential.tries
        else:
            left = 0
        until = session.scalar(sa.select(StaffCredential.locked_until).where(StaffCredential.staff_id == staff_id))
    if left <= 0 and until is not None:
        raise Problem(429, "locked", f"错的次数太多，账号锁到 {spoken_instant(until)}。到时候再试，或者请管理员解锁")
    raise unprocessable({"code": [f"验证码不对或者用过了，等它换一个新的再输。还可以试 {left} 次"]}, code="code_wrong")


def choose_password(*, staff_id: uuid.UUID, password: str, keep: uuid.UUID) -> None:
    """Set one's own password; all other sessions of theirs end.

    Args:
        keep: the session that asks.

    Raises:
        Problem: 422 for one that is easily guessed or the same as before.
    """
    with transaction() as session:
        account = session.get_one(StaffAccount, staff_id)
        credential = session.get_one(StaffCredential, staff_id, with_for_update=True)
        weak = weakness(password, number=account.number)
        if weak is None and matches(credential.password_hash, password):
            weak = "请换一个和现在不一样的"
        if weak is not None:
            raise unprocessable({"password": [weak]})
        _store(session, staff_id, password, temporary_until=None)
        revoke_all(session, staff_id=staff_id, but=keep)
        _record(audit.staff(account.number), "staff.password_change", staff_id)


def check_own_password(*, staff_id: uuid.UUID, password: str) -> None:
    """Ask somebody who is signed in for the password again.

    Raises:
        Problem: 422 for a wrong one, which counts.
    """
    with transaction() as session:
        credential = _count_a_try(session, staff_id)
        if credential is not None and matches(credential.password_hash, password):
            _take_back(credential)
            return
        if credential is not None:
            _note_failure(staff_id, credential, "password")
    raise unprocessable({"current": ["现在的密码不对"]})


def new_secret() -> str:
    """For an authenticator that is to be bound."""
    return pyotp.random_base32()


def provisioning_uri(*, secret: str, number: str) -> str:
    """What an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=number, issuer_name=ISSUER)


def bind_authenticator(*, staff_id: uuid.UUID, secret: str, code: str) -> list[str]:
    """Bind the authenticator that shows this code.

    Returns:
        recovery codes. They are nowhere else: show them once.

    Raises:
        Problem: 422 for a code that does not fit; 409 where one is bound already.
    """
    with transaction() as session:
        account = session.get_one(StaffAccount, staff_id)
        credential = session.get_one(StaffCredential, staff_id, with_for_update=True)
        if credential.totp_secret is not None:
            raise Problem(409, "bound_already", "已经绑定过验证器了")
        credential.totp_secret = secret
        if not _take_totp(credential, re.sub(r"\s", "", code)):
            raise unprocessable({"code": ["验证码不对。请看手机的时间准不准，再输一次新的"]}, code="code_wrong")
        credential.tries = 0
        credential.locked_until = None
        _record(audit.staff(account.number), "staff.authenticator_bind", staff_id)
        return _new_recovery_codes(session, staff_id)


def renew_recovery_codes(*, staff_id: uuid.UUID, password: str, code: str) -> list[str]:
    """Other recovery codes in place of all there are, for whoever knows the password and has the authenticator.

    Args:
        code: of the authenticator, or one of the old recovery codes.

    Returns:
        recovery codes. They are nowhere else: show them once.

    Raises:
        Problem: 422 for a wrong password or code, which counts; 429 while the account is locked.
    """
    check_own_password(staff_id=staff_id, password=password)
    try_code(staff_id=staff_id, code=code)
    with transaction() as session:
        account = session.get_one(StaffAccount, staff_id)
        _record(audit.staff(account.number), "staff.recovery_codes_renew", staff_id)
        return _new_recovery_codes(session, staff_id)


def count_recovery_codes(*, staff_id: uuid.UUID) -> int:
    """How many there are that nobody used."""
    with transaction() as session:
        unused = sa.select(sa.func.count()).where(
            StaffRecoveryCode.staff_id == staff_id, StaffRecoveryCode.used_at.is_(None)
        )
        return session.scalar(unused) or 0


def release_authenticator(*, number: str, by: str) -> None:
    """Let go of a lost authenticator: its owner binds another one at the next sign-in; all their sessions end.

    Raises:
        Problem: 403 for whoever may not, or for oneself; 404.
    """
    with transaction() as session:
        account = _account(session, number)
        authorise(session, number=by, right=Right.STAFF_GRANTS, union_id=account.union_id)
        if number == by:
            raise Problem(403, "not_for_yourself", "自己的验证器要请另一位安全管理员解绑")
        credential = session.get(StaffCredential, account.id, with_for_update=True)
        if credential is None:
            raise not_found()
        credential.totp_secret = credential.totp_step = None
        session.execute(sa.delete(StaffRecoveryCode).where(StaffRecoveryCode.staff_id == account.id))
        revoke_all(session, staff_id=account.id)
        _record(audit.staff(by), "staff.authenticator_release", account.id)


def unlock(*, number: str, by: str) -> None:
    """Give somebody new tries before the time is over. Raises as `give_password` does."""
    with transaction() as session:
        account = _account(session, number)
        authorise(session, number=by, right=Right.STAFF_ACCOUNTS, union_id=account.union_id)
        if number == by:
            raise Problem(403, "not_for_yourself", "自己的账号要请另一位管理员解锁")
        session.execute(
            sa.update(StaffCredential).where(StaffCredential.staff_id == account.id).values(tries=0, locked_until=None)
        )
        _record(audit.staff(by), "staff.unlock", account.id)


def shown_code(*, staff_id: uuid.UUID) -> str | None:
    """What somebody's authenticator shows now. Only for demonstrations."""
    with transaction() as session:
        credential = session.get(StaffCredential, staff_id)
        if credential is None or credential.totp_secret is None:
            return None
        return code_of(credential.totp_secret)


def code_of(secret: str) -> str:
    """What the authenticator of this secret shows now."""
    return pyotp.TOTP(secret).at(now())


def _new_temporary(session: Session, account: StaffAccount, *, actor: str) -> str:
    password = temporary_password()
    _store(session, account.id, password, temporary_until=now() + TEMPORARY)
    revoke_all(session, staff_id=account.id)
    _record(actor, "staff.password_give", account.id)
    return password


def _take_totp(credential: StaffCredential, code: str) -> bool:
    """Whether it is a code of this or a neighbouring half minute, later than any that was taken. The row is locked."""
    if credential.totp_secret is None:
        return False
    generator = pyotp.TOTP(credential.totp_secret)
    current = int(now().timestamp()) // STEP
    for step in (current, current - 1, current + 1):
        fits = hmac.compare_digest(generator.generate_otp(step).encode(), code.encode())
        if fits and step > (credential.totp_step or 0):
            credential.totp_step = step
            return True
    return False


def _take_recovery_code(session: Session, staff_id: uuid.UUID, code: str) -> bool:
    taken = session.scalar(
        sa.update(StaffRecoveryCode)
        .where(
            StaffRecoveryCode.staff_id == staff_id,
            StaffRecoveryCode.code_hmac.in_(keyed_hmacs(f"{staff_id}:{code.lower()}", purpose=RECOVERY_CODE)),
            StaffRecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(StaffRecoveryCode.id)
    )
    if taken is not None:
        account = session.get_one(StaffAccount, staff_id)
        _record(audit.staff(account.number), "staff.recovery_code", staff_id)
    return taken is not None


def _new_recovery_codes(session: Session, staff_id: uuid.UUID) -> list[str]:
    session.execute(sa.delete(StaffRecoveryCode).where(StaffRecoveryCode.staff_id == staff_id))
    # Nobody is asked to read one out, so hexadecimal is good enough; 48 bits, each good once.
    codes = [secrets.token_hex(6) for _ in range(RECOVERY_CODES)]
    for code in codes:
        digest = keyed_hmac(f"{staff_id}:{code}", purpose=RECOVERY_CODE)
        session.add(StaffRecoveryCode(staff_id=staff_id, code_hmac=digest))
    return [f"{code[:6]}-{code[6:]}" for code in codes]


def _count_a_try(session: Session, staff_id: uuid.UUID) -> StaffCredential | None:
    """The row, locked, with one more try on it; None while it is locked out and where there is no password."""
    at = now()
    open_again = sa.or_(StaffCredential.locked_until.is_(None), StaffCredential.locked_until <= at)
    tries = sa.case((StaffCredential.locked_until.is_not(None), 1), else_=StaffCredential.tries + 1)
    return session.scalar(
        sa.update(StaffCredential)
        .where(StaffCredential.staff_id == staff_id, open_again)
        .values(tries=tries, locked_until=sa.case((tries >= TRIES, at + LOCKED), else_=None))
        .returning(StaffCredential)
        .execution_options(populate_existing=True)
    )


def _take_back(credential: StaffCredential) -> None:
    """It was right: that try counts no more, while earlier wrong ones still do."""
    credential.tries -= 1
    credential.locked_until = None


def _note_failure(staff_id: uuid.UUID, credential: StaffCredential, what: str) -> None:
    _record(audit.SYSTEM, "staff.sign_in_fail", staff_id, {"what": what})
    if credential.tries >= TRIES:
        _record(audit.SYSTEM, "staff.lock", staff_id)


def _store(session: Session, staff_id: uuid.UUID, password: str, *, temporary_until: datetime | None) -> None:
    row = insert(StaffCredential).values(
        staff_id=staff_id,
        password_hash=hashed(password),
        set_at=now(),
        temporary_until=temporary_until,
        tries=0,
    )
    new = {name: row.excluded[name] for name in ("password_hash", "set_at", "temporary_until")}
    session.execute(row.on_conflict_do_update(index_elements=[StaffCredential.staff_id], set_=new))


def _account(session: Session, number: str) -> StaffAccount:
    account = session.scalar(
        sa.select(StaffAccount).where(StaffAccount.number == number, StaffAccount.closed_at.is_(None))
    )
    if account is None:
        raise not_found()
    return account


def _record(actor: str, action: str, staff_id: uuid.UUID, detail: dict[str, Any] | None = None) -> None:
    audit.record(actor=actor, action=action, subject_kind=ACCOUNT, subject_id=staff_id, detail=detail)
