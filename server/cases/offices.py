"""Which union has a case, as its worker is told: by name, and whom one can call there.

Told to nobody but whoever holds the case's key, on its page; no notice names a union, for others look on a screen.
"""

import uuid
from typing import Any

import sqlalchemy as sa

from server.cases.declaration import Service
from server.core.clock import today
from server.core.db import db
from server.unions.duty.service import person_at_desk
from server.unions.models import TradeUnion
from server.unions.staff.authority import staffed
from server.unions.staff.vocabulary import Right
from server.unions.tree import climbed


def office_shown(service: Service, *, union_id: uuid.UUID | None, home_id: uuid.UUID | None) -> dict[str, Any] | None:
    """The union that has a case, with who is at its desk today.

    Args:
        union_id: where the case was sent; None while it is with the worker's own union.
        home_id: that union; None for who is nobody's member.

    Returns:
        None where it is nobody's in particular: the district and the city have it.
    """
    where = _office(service, union_id=union_id, home_id=home_id)
    if where is None:
        return None
    desk = person_at_desk(TradeUnion.id, day=today(), neutral=not service.firm_side).lateral("desk")
    asked = sa.select(TradeUnion.name, TradeUnion.firm_side, desk.c.name, desk.c.phone)
    found = db.session.execute(asked.outerjoin(desk, sa.true()).where(where)).one_or_none()
    if found is None:
        return None
    name, firm_side, person, phone = found
    return None if firm_side and not service.firm_side else {"name": name, "person": person, "phone": phone}


def _office(
    service: Service, *, union_id: uuid.UUID | None, home_id: uuid.UUID | None
) -> sa.ColumnElement[bool] | None:
    """Which union it is, as a part of the one statement: where the case was sent, else as `office_of_union` says."""
    if union_id is not None:
        return TradeUnion.id == union_id
    if home_id is None:
        return None
    climbing = climbed(home_id)
    has_staff = climbing.c.id.in_(staffed(right=Right.CASE_WORK, service=service.key, neutral=not service.firm_side))
    nearest = sa.select(climbing.c.id).where(sa.or_(has_staff, climbing.c.height == 0), climbing.c.id.is_not(None))
    return TradeUnion.id == nearest.order_by(has_staff.desc(), climbing.c.height).limit(1).scalar_subquery()
