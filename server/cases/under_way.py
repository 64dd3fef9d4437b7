"""Asking a second time while the first is under way, where a service allows one at a time: the second is led to it.

Of an account it is the account's own. Somebody for whom others type has none: there the phone that is left stands for
the household. A phone may be shared by several households, so what is found by a phone alone can be passed.

Whoever types for others learns of it only what they may read anyhow: a phone must not tell who asked for help. What
they type beside it is taken like any other, and whoever handles one of the two is shown the other.
"""

import uuid
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.authority import in_reach
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.models import Case
from server.cases.proxies.models import CaseProxy
from server.cases.vocabulary import OVER, IdentityMode, Phase, Who
from server.core import audit
from server.core.crypto import keyed_hmacs, one_at_a_time
from server.core.db import db
from server.core.errors import Problem
from server.identity.models import PHONE, Worker
from server.identity.service import get_worker
from server.identity.sharing import on_number
from server.unions.staff.vocabulary import Right

UNDER_WAY = "under_way"
TYPED = "under_way_typed"
"""Code of the refusal that may be passed: it was typed for somebody with this phone."""


def refuse_second(session: Session, service: Service, worker_id: uuid.UUID, *, apart: bool = False) -> None:
    """Let a worker pass who has nothing of this service under way. Nobody asks twice at the same moment.

    Args:
        apart: whether they said that what was typed for somebody with their phone is not theirs.

    Raises:
        Problem: 409 `under_way` or `under_way_typed`, with the number as `no`.
    """
    phone = get_worker(session, worker_id).phone
    _wait_for_each_other(session, service, str(worker_id), phone)
    own = _first(session, service, Case.worker_id == worker_id)
    if own is not None:
        title = f"你已经交过一份，正在办，不用再交。打开 {own.no} 看进展、补充情况"
        raise Problem(409, UNDER_WAY, title, extra={"no": own.no})
    typed = None if apart or phone is None else _first(session, service, _typed_for(phone))
    if typed is not None:
        title = f"工会已经替用这个手机号的人交过一份，正在办：{typed.no}。是你的，凭编号认领就能看，不用再交"
        raise Problem(409, TYPED, title, extra={"no": typed.no})


def refuse_second_typed(session: Session, service: Service, phone: str, *, staff_no: str) -> None:
    """Let pass what a member of the staff types for a household that has nothing of this service under way that they
    may read. That somebody was refused, and so learnt of a case, is recorded.

    Raises:
        Problem: 409 `under_way`, with the number as `no`.
    """
    _wait_for_each_other(session, service, phone)
    readable = in_reach(staff_no=staff_no, right=Right.CASE_READ)
    found = _first(session, service, *_by_phone(phone), besides=readable)
    if found is None:
        return
    audit.record_apart(
        actor=audit.staff(staff_no), action="case.read_under_way", subject_kind="case", subject_id=found.id
    )
    title = (
        f"这个手机号已经有一件在办：{found.no}。同一家人不用再交；几家合用这个号码、是另一家人的，勾上“另一家人”再交"
    )
    raise Problem(409, UNDER_WAY, title, extra={"no": found.no})


def beside(case: Case, service: Service, *, staff_no: str) -> list[Case]:
    """What else of a service that is asked for one at a time is under way for the phone of a named case, of what a
    member of the staff may read; the earliest first."""
    if not service.one_at_a_time or case.identity_mode is not IdentityMode.NAMED or case.phase in OVER:
        return []
    session = db.session()
    proxy = session.get(CaseProxy, case.id)
    worker = None if case.worker_id is None else get_worker(session, case.worker_id)
    phone = (worker.phone if worker else None) or (proxy.phone if proxy else None)
    if phone is None:
        return []
    readable = sa.and_(in_reach(staff_no=staff_no, right=Right.CASE_READ), Case.id != case.id)
    return sorted(_open(session, service, *_by_phone(phone), besides=readable), key=lambda one: one.created_at)


def refuse_beside_own(session: Session, service: Service, worker_id: uuid.UUID) -> None:
    """Let a worker take over what was typed for them who has nothing of this service under way themselves.

    Raises:
        Problem: 409 `under_way`, with the number as `no`.
    """
    own = under_way(session, service, worker_id) if service.one_at_a_time else None
    if own is not None:
        title = f"你自己交过一份，正在办：{own.no}。一次只办一份：要办代填的这一份，先撤回自己那一份，再来认领"
        raise Problem(409, UNDER_WAY, title, extra={"no": own.no})


def under_way(session: Session, service: Service, worker_id: uuid.UUID) -> Case | None:
    """A worker's case of a service that is not answered yet. Who asks waits for who asked at the same moment."""
    _wait_for_each_other(session, service, str(worker_id))
    return _first(session, service, Case.worker_id == worker_id)


def _first(
    session: Session, service: Service, *whose: sa.ColumnElement[bool], besides: sa.ColumnElement[bool] | None = None
) -> Case | None:
    """The earliest case of a service that is neither over nor answered, by the first of these that finds one."""
    return next(_open(session, service, *whose, besides=besides), None)


def _open(
    session: Session, service: Service, *whose: sa.ColumnElement[bool], besides: sa.ColumnElement[bool] | None = None
) -> Iterator[Case]:
    # One after the other: no index serves several at once.
    for one in whose:
        conditions = [one, Case.service == service.key, Case.phase.not_in(OVER)]
        if besides is not None:
            conditions.append(besides)
        cases = session.scalars(sa.select(Case).where(*conditions).order_by(Case.created_at)).all()
        yield from (case for case in cases if not _is_answered(case))


def _by_phone(phone: str) -> list[sa.ColumnElement[bool]]:
    """Whether a row of `Case` was typed for somebody with this phone, or lies in the account of such."""
    return [_typed_for(phone), Case.worker_id.in_(sa.select(Worker.id).where(on_number(phone)))]


def _typed_for(phone: str) -> sa.ColumnElement[bool]:
    """Whether a row of `Case` was typed for somebody with this phone, and lies in no account."""
    digests = keyed_hmacs(phone, purpose=PHONE)
    return sa.and_(
        Case.worker_id.is_(None), Case.id.in_(sa.select(CaseProxy.case_id).where(CaseProxy.phone_hmac.in_(digests)))
    )


def _is_answered(case: Case) -> bool:
    """Whoever may say how it went, or may still object to an answer, may as well ask anew."""
    state = version_of(case.service, case.service_version).machine.states[case.state]
    return state.final or state.rating or (state.phase is Phase.DECIDED and state.next is Who.WORKER)


def _wait_for_each_other(session: Session, service: Service, *values: str | None) -> None:
    digests = [
        digest
        for value in values
        if value is not None
        for digest in keyed_hmacs(f"{service.key}:{value}", purpose=PHONE)
    ]
    one_at_a_time(session, digests)
