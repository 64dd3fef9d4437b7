"""Where a step sends a case: to a union that it names, along the service's own rules, home, or up."""

import uuid

from server.cases.declaration import Service
from server.cases.forms.fields import Answers
from server.cases.homes import home_of
from server.cases.models import Case
from server.cases.routing import Destination, district_over, next_above, routed
from server.cases.vocabulary import Office
from server.core.db import db


def send(case: Case, to: Destination) -> None:
    """Let it lie there."""
    case.union_id, case.meant_for_id = to.office, to.meant_for


def destination_of(
    case: Case, service: Service, office: Office, answers: Answers, *, named: uuid.UUID | None = None
) -> Destination:
    """Where a case goes.

    Args:
        named: the union that whoever makes the step writes down, where it takes one.
    """
    session = db.session()
    match office:
        case Office.TO:
            return Destination(named)
        case Office.BACK:
            return Destination(None)
        case Office.ROUTE:
            return routed(session, service, answers)
        case Office.HOME:
            return Destination(home_of(case))
        case Office.DISTRICT:
            # To say for whom it is.
            return Destination(district_over(session, service, case.union_id or home_of(case)))
        case Office.UP:
            # Who decides changes, not whom it is for.
            place = next_above(session, service, case.union_id or home_of(case))
            return Destination(place, case.meant_for_id or (case.union_id if case.union_id != place else None))
