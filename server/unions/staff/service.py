"""Accounts of the staff and their roles: asked for by one administrator, approved by another, each step on record."""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import now
from server.core.db import transaction
from server.core.errors import Problem, conflict, not_found, unprocessable
from server.core.signals import staff_account_closed
from server.unions.models import TradeUnion
from server.unions.staff.authority import authorise
from server.unions.staff.models import RoleGrant, StaffAccount, StaffCredential, StaffRecoveryCode
from server.unions.staff.roles import Role, roles
from server.unions.staff.sessions import revoke_all
from server.unions.staff.vocabulary import GrantState, Right

ACCOUNT = "staff_account"
GRANT = "role_grant"
RENEWED_FROM = timedelta(days=30)
"""Before its end a role may be asked for anew."""
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}", re.ASCII)
FIRST = {"system_admin": 1, "security_admin": 2, "audit_admin": 1}
"""Role → how many there are to begin with: two who can check each other, and the other two apart."""


class Newcomer(Struct, frozen=True):
    """Somebody who is to get an account."""

    number: str
    name: str


def found(*, union: TradeUnion, administrators: Mapping[str, Sequence[Newcomer]]) -> None:
    """Make the first administrators, which happens once: after that every role takes two persons.

    Args:
        administrators: role → persons, as many as `FIRST` says.

    Raises:
        Problem: 409 once there is anybody, 422 for other administrators than these.
    """
    with transaction() as session:
        # Two operators at the same moment must not both begin.
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("staff.found"))))
        if is_founded(session):
            raise conflict("already_founded", "已经有工作人员账号了，新的权限请由一位安全管理员申请、另一位批准")
        if {role: len(persons) for role, persons in administrators.items()} != FIRST:
            raise unprocessable({"administrators": ["要一位系统管理员、两位安全管理员、一位审计管理员"]})
        for role, persons in administrators.items():
            for person in persons:
                account = _new_account(session, person, union, actor=audit.SYSTEM)
                session.add(
                    RoleGrant(
                        staff_id=account.id,
                        role=role,
                        apart=roles()[role].apart,
                        union_id=union.id,
                        state=GrantState.GRANTED,
                        until=now() + timedelta(days=roles()[role].days),
                        reason="初始管理员",
                        decided_at=now(),
                        created_at=now(),
                    )
                )
        session.flush()
        audit.record(actor=audit.SYSTEM, action="staff.found", subject_kind="union", subject_id=union.id)


def is_founded(session: Session) -> bool:
    """Whether there are any accounts of the staff."""
    return bool(session.scalar(sa.select(sa.exists().where(StaffAccount.id.is_not(None)))))


def open_account(*, person: Newcomer, union: TradeUnion, by: str) -> StaffAccount:
    """Make an account; it may do nothing until a role is granted.

    Raises:
        Problem: 403 for whoever may not, 409 for a number in use, 422 for what cannot be one.
    """
    with transaction() as session:
        authorise(session, number=by, right=Right.STAFF_ACCOUNTS, union_id=union.id)
        return _new_account(session, person, union, actor=audit.staff(by))


def close_account(*, number: str, by: str) -> None:
    """Close an account and end all its roles and sessions, at once; password, authenticator and filters are forgotten.

    Raises:
        Problem: 403 for whoever may not, 404 for no such open account.
    """
    with transaction() as session:
        account = _account(session, number)
        authorise(session, number=by, right=Right.STAFF_ACCOUNTS, union_id=account.union_id)
        account.closed_at = now()
        session.execute(
            sa.update(RoleGrant)
            .where(RoleGrant.staff_id == account.id, RoleGrant.state.in_([GrantState.GRANTED, GrantState.REQUESTED]))
            .values(state=GrantState.ENDED, ended_at=now())
        )
        revoke_all(session, staff_id=account.id)
        for secret in (StaffRecoveryCode, StaffCredential):
            session.execute(sa.delete(secret).where(secret.staff_id == account.id))
        staff_account_closed.send("staff", number=number)
        audit.record(actor=audit.staff(by), action="staff.close", subject_kind=ACCOUNT, subject_id=account.id)


def request_role(*, number: str, role: str, union: TradeUnion, until: datetime, reason: str, by: str) -> RoleGrant:
    """Ask that somebody be given a role; of one that they hold, from `RENEWED_FROM` before its end on, that it go on.

    Raises:
        Problem: 403 for whoever may not ask, 404 for no such account, 409 where it was asked for already, or is held
            for longer; 422 for a role, place or time that does not go.
    """
    with transaction() as session:
        asking = authorise(session, number=by, right=Right.STAFF_GRANTS, union_id=union.id)
        account = _account(session, number)
        found = roles().get(role)
        errors = _errors(found, union, until=until, reason=reason)
        if found is None or errors:
            raise unprocessable(errors)
        if account.id == asking.id:
            raise _not_for_yourself()
        _end_what_is_over(session, account)
        held = session.scalar(sa.select(RoleGrant.until).where(*_held(account.id, role, union.id)))
        if held is not None and held > now() + RENEWED_FROM:
            raise conflict("already_held", f"这个权限已经有了，到期前 {RENEWED_FROM.days} 天起可以申请接着用")
        grant = RoleGrant(
            staff_id=account.id,
            role=role,
            apart=found.apart,
            union_id=union.id,
            state=GrantState.REQUESTED,
            until=until,
            reason=reason.strip(),
            requested_by_id=asking.id,
            created_at=now(),
        )
        try:
            with session.begin_nested():
                session.add(grant)
        except IntegrityError:
            raise conflict("already_asked", "这个权限已经申请、等着批准") from None
        _record(grant, by=by, action="staff.role_request")
        return grant


def approve_role(*, grant_id: uuid.UUID, by: str) -> RoleGrant:
    """Give what another asked for.

    Raises:
        Problem: 403 for whoever may not, who asked for it or who would get it; 404 for what does not wait;
            409 where the person holds a role that this one excludes.
    """
    with transaction() as session:
        grant, approving = _deciding(session, grant_id, by)
        account = session.get_one(StaffAccount, grant.staff_id)
        if approving.id == grant.requested_by_id:
            raise Problem(403, "second_person_needed", "自己申请的权限要由另一位安全管理员批准")
        if approving.id == grant.staff_id:
            raise _not_for_yourself()
        if grant.until <= now() or account.closed_at is not None:
            raise conflict("too_late", "这个申请已经过期，或者账号已停用，请重新申请")
        _end_what_is_over(session, account)
        try:
            with session.begin_nested():
                # The one that it follows: from now on the new one counts.
                followed = sa.update(RoleGrant).where(*_held(account.id, grant.role, grant.union_id))
                session.execute(followed.values(state=GrantState.ENDED, ended_at=now()))
                grant.state = GrantState.GRANTED
                grant.decided_by_id = approving.id
                grant.decided_at = now()
        except IntegrityError:
            raise conflict("roles_apart", "这两种权限不能由同一个人担任，请换一个人，或者先收回原来的") from None
        _record(grant, by=by, action="staff.role_grant")
        return grant


def refuse_role(*, grant_id: uuid.UUID, by: str, reason: str) -> None:
    """Do not give what was asked for. Raises as `approve_role` does, and 422 without a reason; whoever asked may take
    it back this way.
    """
    if not reason.strip():
        raise unprocessable({"reason": ["请写明为什么退回，申请的人看得到"]})
    with transaction() as session:
        grant, deciding = _deciding(session, grant_id, by)
        grant.state = GrantState.REFUSED
        grant.refusal = reason.strip()
        grant.decided_by_id = deciding.id
        grant.decided_at = now()
        _record(grant, by=by, action="staff.role_refuse")


def revoke_role(*, grant_id: uuid.UUID, by: str) -> None:
    """Take a role back; this takes one person only, so that it is quick.

    Raises:
        Problem: 403 for whoever may not, 404 for no such living role.
    """
    with transaction() as session:
        grant = session.get(RoleGrant, grant_id, with_for_update=True)
        if grant is None or grant.state is not GrantState.GRANTED:
            raise not_found()
        authorise(session, number=by, right=Right.STAFF_GRANTS, union_id=grant.union_id)
        grant.state = GrantState.ENDED
        grant.ended_at = now()
        _record(grant, by=by, action="staff.role_revoke")


def names_of(session: Session, numbers: Collection[str]) -> Mapping[str, str]:
    """Number → name, of those that there are."""
    if not numbers:
        return {}
    rows = session.execute(sa.select(StaffAccount.number, StaffAccount.name).where(StaffAccount.number.in_(numbers)))
    return {row.number: row.name for row in rows}


def waiting_grants(session: Session) -> Sequence[tuple[RoleGrant, StaffAccount, TradeUnion]]:
    """What waits for a second person, the oldest first."""
    return _grants(session, RoleGrant.state == GrantState.REQUESTED)


def living_grants(session: Session) -> Sequence[tuple[RoleGrant, StaffAccount, TradeUnion]]:
    """Roles that count now, by account."""
    return _grants(session, RoleGrant.state == GrantState.GRANTED, RoleGrant.until > now())


def _grants(
    session: Session, *conditions: sa.ColumnElement[bool]
) -> Sequence[tuple[RoleGrant, StaffAccount, TradeUnion]]:
    rows = session.execute(
        sa.select(RoleGrant, StaffAccount, TradeUnion)
        .join(StaffAccount, StaffAccount.id == RoleGrant.staff_id)
        .join(TradeUnion, TradeUnion.id == RoleGrant.union_id)
        .where(*conditions)
        .order_by(StaffAccount.number, RoleGrant.created_at)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _new_account(session: Session, person: Newcomer, union: TradeUnion, *, actor: str) -> StaffAccount:
    if not NUMBER.fullmatch(person.number):
        raise unprocessable({"number": ["工号只用字母、数字和连字符，例如 A1024"]})
    if not person.name.strip():
        raise unprocessable({"name": ["请填姓名"]})
    account = StaffAccount(number=person.number, name=person.name.strip(), union_id=union.id, created_at=now())
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:
        raise conflict("number_taken", "这个工号已经有人用了") from None
    audit.record(actor=actor, action="staff.open", subject_kind=ACCOUNT, subject_id=account.id)
    return account


def _account(session: Session, number: str) -> StaffAccount:
    """An open account, locked, so that two grants for one person are decided one after the other."""
    account = session.scalar(
        sa.select(StaffAccount)
        .where(StaffAccount.number == number, StaffAccount.closed_at.is_(None))
        .with_for_update(key_share=True)
    )
    if account is None:
        raise not_found()
    return account


def _deciding(session: Session, grant_id: uuid.UUID, by: str) -> tuple[RoleGrant, StaffAccount]:
    grant = session.get(RoleGrant, grant_id, with_for_update=True)
    if grant is None or grant.state is not GrantState.REQUESTED:
        raise not_found()
    return grant, authorise(session, number=by, right=Right.STAFF_GRANTS, union_id=grant.union_id)


def _end_what_is_over(session: Session, account: StaffAccount) -> None:
    """What ran out counts no more anyway; ended, it also keeps nobody from another role."""
    session.execute(
        sa.update(RoleGrant)
        .where(
            RoleGrant.staff_id == account.id,
            RoleGrant.until <= now(),
            RoleGrant.state.in_([GrantState.GRANTED, GrantState.REQUESTED]),
        )
        .values(state=GrantState.ENDED, ended_at=now())
    )


def _held(staff_id: uuid.UUID, role: str, union_id: uuid.UUID) -> list[sa.ColumnElement[bool]]:
    granted = RoleGrant.state == GrantState.GRANTED
    return [RoleGrant.staff_id == staff_id, RoleGrant.role == role, RoleGrant.union_id == union_id, granted]


def _errors(role: Role | None, union: TradeUnion, *, until: datetime, reason: str) -> dict[str, list[str]]:
    if role is None:
        return {"role": ["没有这种权限"]}
    errors = {}
    if union.kind not in role.at:
        errors["union"] = ["这种权限不能给这一级工会"]
    if not now() < until <= now() + timedelta(days=role.days):
        errors["until"] = [f"期限要在 {role.days} 天以内"]
    if not reason.strip():
        errors["reason"] = ["请写明为什么需要"]
    return errors


def _not_for_yourself() -> Problem:
    return Problem(403, "not_for_yourself", "不能给自己申请或批准权限，请让另一位安全管理员来办")


def _record(grant: RoleGrant, *, by: str, action: str) -> None:
    audit.record(
        actor=audit.staff(by),
        action=action,
        subject_kind=GRANT,
        subject_id=grant.id,
        detail={"staff_id": str(grant.staff_id), "role": grant.role, "union_id": str(grant.union_id)},
    )
