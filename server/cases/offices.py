"""Which union has a case, as its worker is told: by name, and whom one can call there.

Told to nobody but whoever holds the case's key, on its page; no notice names a union, for others look on a screen.
"""

import uuid
from typing import Any

from server.cases.declaration import Service
from server.cases.routing import office_of_union
from server.core.clock import today
from server.core.db import db
from server.unions.duty.service import person_at_desk
from server.unions.models import TradeUnion


def office_shown(service: Service, *, union_id: uuid.UUID | None, home_id: uuid.UUID | None) -> dict[str, Any] | None:
    """The union that has a case, with who is at its desk today.

    Args:
        union_id: where the case was sent; None while it is with the worker's own union.
        home_id: that union; None for who is nobody's member.

    Returns:
        None where it is nobody's in particular: the district and the city have it.
    """
    session = db.session()
    if union_id is None and home_id is not None:
        union_id = office_of_union(session, service, home_id)
    union = None if union_id is None else session.get(TradeUnion, union_id)
    if union is None or (union.firm_side and not service.firm_side):
        return None
    desk = person_at_desk(union.id, day=today(), neutral=not service.firm_side)
    return {
        "name": union.name,
        "person": None if desk is None else desk.name,
        "phone": None if desk is None else desk.phone,
    }
