"""Which staff may open a case and work on it."""

import uuid

import sqlalchemy as sa

from server.cases.actions import Allowed
from server.cases.assigning.models import CaseAssignment
from server.cases.barring import out_of
from server.cases.catalogue import catalogue, version_of
from server.cases.homes import home_of, home_of_case
from server.cases.models import Case
from server.core.db import db
from server.core.errors import not_found
from server.unions.staff.authority import UPPER, holder_of, holds, nearest_held, not_allowed, reach_of
from server.unions.staff.roles import roles_by_services
from server.unions.staff.vocabulary import CASE_RIGHTS, Right


def require_staff(
    case: Case, *, staff_no: str, right: Right, upper: bool = False, here: bool = False, assigned: bool = False
) -> None:
    """Let pass who has this right for the service, in the subtree of the worker's union or of that it was sent to.

    What lies nowhere, since there was no district yet, is for nobody until `place_nobodys` gives it to one. An
    employer's own union counts as the employer's side: no role granted for one opens a case, unless the service says
    that it may. An office outside of the union has what was handed over, and only there: where its worker belongs it
    must not learn.

    Args:
        right, upper, here, assigned: as for `lets_pass`.

    Raises:
        Problem: 403 for everybody else.
    """
    if not lets_pass(case, staff_no=staff_no, right=right, upper=upper, here=here, assigned=assigned):
        raise not_allowed(right)


def readable_case(*, no: str, staff_no: str) -> Case:
    """A case that somebody may read: by their right, or because it is in their hands.

    Raises:
        Problem: 403 for whoever may not, 404.
    """
    case = db.session.scalar(sa.select(Case).where(Case.no == no))
    if case is None:
        raise not_found()
    require_staff(case, staff_no=staff_no, right=Right.CASE_READ, assigned=True)
    return case


def lets_pass(
    case: Case, *, staff_no: str, right: Right, upper: bool = False, here: bool = False, assigned: bool = False
) -> bool:
    """`require_staff` as a question, which refuses nobody.

    Args:
        upper: only for those whose role is granted for a district or a city.
        here: only where the case is now, not where its worker belongs.
        assigned: also whoever it is assigned to.
    """
    session = db.session()
    if right is Right.CASE_OUTSIDE:
        if not case.handed_over:
            return False
        here = True
    home = home_of(case)
    places = [case.union_id or home] if here else [case.union_id, home]
    service = version_of(case.service, case.service_version)
    if assigned and service.assignment is not None and is_assigned(case, staff_no=staff_no):
        return True
    return any(
        holder_of(
            session,
            number=staff_no,
            right=right,
            union_id=place,
            service=case.service if right in CASE_RIGHTS else None,
            neutral=not service.firm_side,
            only=UPPER if upper else None,
        )
        for place in places
        # Without a union it is nobody's business, not that of every district.
        if place is not None
    )


def acts_for(case: Case, *, staff_no: str) -> uuid.UUID | None:
    """The union for which somebody works on a case, the nearest to where it lies, else to where its worker belongs: not
    that where it lies, which may be an office outside or one below theirs. None for whoever does not work on it.
    """
    service = version_of(case.service, case.service_version)
    for place in (case.union_id, home_of(case)):
        if place is not None:
            found = nearest_held(
                db.session(),
                number=staff_no,
                right=Right.CASE_WORK,
                union_id=place,
                service=case.service,
                neutral=not service.firm_side,
            )
            if found is not None:
                return found
    return None


def is_assigned(case: Case, *, staff_no: str) -> bool:
    """Whether a case is in somebody's hands who may have it there."""
    return bool(db.session.scalar(sa.select(Case.id).where(Case.id == case.id, assigned_to(staff_no))))


def assigned_to(staff_no: str) -> sa.ColumnElement[bool]:
    """`is_assigned` as a condition: whether a row of `Case` is in the hands of this member of the staff."""
    theirs = Case.id.in_(
        sa.select(CaseAssignment.case_id).where(CaseAssignment.staff_no == staff_no, CaseAssignment.ended_at.is_(None))
    )
    conditions: list[sa.ColumnElement[bool]] = []
    for services, keys in roles_by_services(Right.CASE_ASSIGNED).items():
        held = sa.and_(theirs, holds(number=staff_no, roles=keys))
        conditions.append(held if services is None else sa.and_(Case.service.in_(services), held))
    return sa.or_(sa.false(), *conditions)


def in_reach(
    *, staff_no: str, right: Right, upper: bool = False, here: bool = False, assigned: bool = False
) -> sa.ColumnElement[bool]:
    """`require_staff` as a condition, for lists: whether it lets this member of the staff pass for a row of `Case`."""
    reach = reach_of(number=staff_no, right=right, only=UPPER if upper else None)
    home = home_of_case()
    outside = right is Right.CASE_OUTSIDE
    places = [sa.func.coalesce(Case.union_id, home)] if here or outside else [Case.union_id, home]
    for_firms = frozenset(service.key for service in catalogue().current.values() if service.firm_side)
    conditions: list[sa.ColumnElement[bool]] = []
    for services, keys in roles_by_services(right).items():
        held = sa.select(reach.c.union_id).where(reach.c.role.in_(keys))
        for covered, offices in (
            (services, held.where(reach.c.neutral)),
            (for_firms if services is None else for_firms & services, held),
        ):
            # What is the same for every case comes first: where it does not hold, no membership is looked up.
            lies = sa.and_(offices.exists(), sa.or_(*(place.in_(offices) for place in places)))
            conditions.append(lies if covered is None else sa.and_(Case.service.in_(covered), lies))
    if assigned:
        conditions.append(assigned_to(staff_no))
    found = sa.or_(sa.false(), *conditions)
    return sa.and_(Case.handed_over, found) if outside else found


def verifies(staff_no: str) -> sa.ColumnElement[bool]:
    """Whether this member of the staff works on a row of `Case`, is not out of it, and may verify people where it
    lies."""
    reach = reach_of(number=staff_no, right=Right.VERIFICATION)
    lies = sa.func.coalesce(Case.union_id, home_of_case())
    works = in_reach(staff_no=staff_no, right=Right.CASE_WORK)
    return sa.and_(works, ~out_of(staff_no), lies.in_(sa.select(reach.c.union_id)))


def may_verify(case_id: uuid.UUID, *, staff_no: str) -> bool:
    """`verifies` of one case."""
    return bool(db.session.scalar(sa.select(Case.id).where(Case.id == case_id, verifies(staff_no))))


def allowed_over(case_id: uuid.UUID, *, staff_no: str) -> Allowed:
    """How far somebody's rights over a case go. One query, which refuses nobody."""
    work, upper, here = (
        in_reach(staff_no=staff_no, right=Right.CASE_WORK, **narrower)
        for narrower in ({}, {"upper": True}, {"here": True})
    )
    decide, sign = (in_reach(staff_no=staff_no, right=right) for right in (Right.CASE_DECIDE, Right.CASE_SIGN))
    rights = (work, upper, here, assigned_to(staff_no), decide, verifies(staff_no), sign, out_of(staff_no))
    row = db.session.execute(sa.select(*rights).where(Case.id == case_id)).one()
    return Allowed(*map(bool, row))
