"""Which staff may open a case and work on it."""

from server.cases.models import Case
from server.core.db import db
from server.core.errors import Problem
from server.unions.service import membership_of
from server.unions.staff.authority import UPPER, authorise
from server.unions.staff.vocabulary import Right


def require_staff(case: Case, *, staff_no: str, right: Right, upper: bool = False) -> None:
    """Let pass who has this right for the service, in the subtree of the worker's union or of that it was sent to.

    A case of somebody without a union is for the district and the city. An employer's own union counts as the
    employer's side, so no role granted for one ever opens a case.

    Args:
        upper: only for those whose role is granted for a district or a city.

    Raises:
        Problem: 403 for everybody else.
    """
    session = db.session()
    found = None if case.worker_id is None else membership_of(session, case.worker_id)
    home = None if found is None else found[1].id
    places = [home] if case.union_id is None else [case.union_id, home]
    for number, place in enumerate(places, start=1):
        try:
            authorise(
                session,
                number=staff_no,
                right=right,
                union_id=place,
                service=case.service,
                neutral=True,
                only=UPPER if upper else None,
            )
            return
        except Problem:
            if number == len(places):
                raise
