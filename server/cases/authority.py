"""Which staff may open a case and work on it."""

import uuid

from server.cases.catalogue import version_of
from server.cases.models import Case
from server.core.db import db
from server.core.errors import Problem
from server.unions.service import membership_of
from server.unions.staff.authority import UPPER, authorise
from server.unions.staff.vocabulary import Right


def home_of(case: Case) -> uuid.UUID | None:
    """The union that its worker belongs to."""
    found = None if case.worker_id is None else membership_of(db.session(), case.worker_id)
    return None if found is None else found[1].id


def require_staff(case: Case, *, staff_no: str, right: Right, upper: bool = False, here: bool = False) -> None:
    """Let pass who has this right for the service, in the subtree of the worker's union or of that it was sent to.

    A case of somebody without a union is for the district and the city. An employer's own union counts as the
    employer's side: no role granted for one opens a case, unless the service says that it may.

    Args:
        upper: only for those whose role is granted for a district or a city.
        here: only where the case is now, not where its worker belongs.

    Raises:
        Problem: 403 for everybody else.
    """
    session = db.session()
    home = home_of(case)
    places = [home] if case.union_id is None else [case.union_id] if here else [case.union_id, home]
    neutral = not version_of(case.service, case.service_version).firm_side
    for number, place in enumerate(places, start=1):
        try:
            authorise(
                session,
                number=staff_no,
                right=right,
                union_id=place,
                service=case.service,
                neutral=neutral,
                only=UPPER if upper else None,
            )
            return
        except Problem:
            if number == len(places):
                raise
