"""Which staff may open a case and work on it."""

from server.cases.models import Case
from server.core.db import db
from server.unions.service import membership_of
from server.unions.staff.authority import authorise
from server.unions.staff.vocabulary import Right


def require_staff(case: Case, *, staff_no: str, right: Right) -> None:
    """Let pass who has this right for the service, in the subtree of the worker's union.

    A case of somebody without a union is for the district and the city. An employer's own union counts as the
    employer's side, so no role granted for one ever opens a case.

    Raises:
        Problem: 403 for everybody else.
    """
    session = db.session()
    found = None if case.worker_id is None else membership_of(session, case.worker_id)
    authorise(
        session,
        number=staff_no,
        right=right,
        union_id=None if found is None else found[1].id,
        service=case.service,
        neutral=True,
    )
