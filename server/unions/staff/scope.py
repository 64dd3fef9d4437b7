"""Where a member of the staff may change something, for lists whose rows may lie anywhere."""

import uuid

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.unions.models import TradeUnion
from server.unions.staff.authority import UPPER, offices_of
from server.unions.staff.vocabulary import Right
from server.unions.tree import subtree_of, union_of_area


class Scope(Struct, frozen=True):
    """The subtrees of the unions for which somebody holds a right."""

    unions: frozenset[uuid.UUID]
    areas: tuple[str, ...]
    """Codes of the areas at their heads."""
    upper: bool
    """Whether one of the heads is a district or a city, which answer for what belongs to nobody."""

    def covers(self, union_id: uuid.UUID | None) -> bool:
        """Whether a union, or what belongs to none, lies in it."""
        return self.upper if union_id is None else union_id in self.unions

    def covers_area(self, code: str) -> bool:
        """Whether an area lies in one of its areas."""
        return code.startswith(self.areas)


def scope_of(session: Session, *, number: str, right: Right) -> Scope:
    """Where somebody holds a right now.

    Raises:
        Problem: 403 for whoever holds it nowhere.
    """
    offices = offices_of(session, number=number, right=right)
    below = session.scalars(sa.select(TradeUnion.id).where(TradeUnion.id.in_(subtree_of(*(one.id for one in offices)))))
    return Scope(
        unions=frozenset(below),
        areas=tuple(one.area_code for one in offices),
        upper=any(one.kind in UPPER for one in offices),
    )


class AreasInScope:
    """Whether areas lie in a scope, each asked once."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session, self._scope = session, scope
        self._known: dict[str, bool] = {}

    def __contains__(self, area_code: str) -> bool:
        if area_code not in self._known:
            union = union_of_area(self._session, area_code)
            self._known[area_code] = self._scope.covers(None if union is None else union.id)
        return self._known[area_code]
