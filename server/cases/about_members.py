"""Cases that staff open about a member: nobody asked for them, and whoever they are about is heard first."""

import uuid

from sqlalchemy.orm import Session

from server.cases.asking import impossible_changes
from server.cases.catalogue import catalogue, keep_once
from server.cases.declaration import Service
from server.cases.forms.fields import Answers
from server.cases.models import Case
from server.cases.steps import By, open_case
from server.cases.submission import new_case
from server.cases.under_way import under_way
from server.cases.vocabulary import Actor, IdentityMode
from server.core.clock import now
from server.core.db import transaction
from server.core.errors import conflict, not_found, unprocessable
from server.unions.rules import COUNTED
from server.unions.service import membership_of
from server.unions.staff.authority import authorise
from server.unions.staff.vocabulary import Right
from server.unions.vocabulary import MembershipState


def services_about_members(staff_covers: frozenset[str] | None = None) -> list[Service]:
    """What staff can open about a member.

    Args:
        staff_covers: only these keys; None for all.
    """
    return [
        service
        for service in catalogue().current.values()
        if service.by_desk and not service.opened_from and (staff_covers is None or service.key in staff_covers)
    ]


def service_about_members(key: str) -> Service:
    """One of them.

    Raises:
        Problem: 404.
    """
    service = catalogue().current.get(key)
    if service is None or not service.by_desk or service.opened_from:
        raise not_found()
    return service


def open_about(*, service: str, worker_id: uuid.UUID, staff_no: str, answers: Answers) -> Case:
    """Open a case about a member, who is told and may answer.

    Raises:
        Problem: 403 for whoever works on no such cases there; 404; 409 for somebody who is no member, or about whom one
            is open; 422.
    """
    declared = service_about_members(service)
    with transaction() as session:
        state = _let_in(session, declared, worker_id=worker_id, staff_no=staff_no)
        accepted, errors = declared.form.accept(answers)
        errors = {**errors, **impossible_changes(declared, accepted, state)}
        if errors:
            raise unprocessable(errors)
        open_one = under_way(session, declared, worker_id)
        if open_one is not None:
            raise conflict("under_way", f"这位会员已经有一件在办：{open_one.no}，请在那里接着办")
        keep_once(declared)
        at = now()
        mode = IdentityMode.NAMED
        case = new_case(session, declared, mode=mode, answers=accepted, at=at, worker_id=worker_id, alarming=False)
        open_case(case, declared, items=(), at=at, by=By(Actor.STAFF, staff_no))
        return case


def _let_in(session: Session, service: Service, *, worker_id: uuid.UUID, staff_no: str) -> MembershipState:
    found = membership_of(session, worker_id)
    if found is None:
        raise not_found()
    membership, union = found
    neutral = not service.firm_side
    authorise(session, number=staff_no, right=Right.CASE_WORK, union_id=union.id, service=service.key, neutral=neutral)
    if membership.state not in COUNTED:
        raise conflict("not_a_member", "这位工友现在不是会员，会籍没有什么可以变动的")
    return membership.state
