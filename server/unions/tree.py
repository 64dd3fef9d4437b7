"""The union tree: who stands under whom. Both questions are one query over an index, whatever the tree's size."""

import uuid
from datetime import date

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core.db import db
from server.unions.models import TradeUnion
from server.unions.rules import term_end
from server.unions.vocabulary import UnionKind

OFFICES = (UnionKind.CITY, UnionKind.DISTRICT, UnionKind.STREET)
"""One of each for its area."""
HIGHEST = 10
"""More levels than any tree has."""


class EndingTerm(Struct, frozen=True):
    """A union whose officers have to be elected anew (换届)."""

    union: TradeUnion
    ends: date


def subtree_of(*union_ids: uuid.UUID) -> sa.Select[tuple[uuid.UUID]]:
    """Ids of a union, or several, and everything under them, to be put into `in_()`."""
    below = sa.select(TradeUnion.id).where(TradeUnion.id.in_(union_ids)).cte(recursive=True)
    # UNION, not UNION ALL: a ring, which no import makes, would end here too.
    below = below.union(sa.select(TradeUnion.id).join(below, TradeUnion.parent_id == below.c.id))
    return sa.select(below.c.id)


def lineage_of(union_id: uuid.UUID) -> sa.Select[tuple[uuid.UUID]]:
    """Ids of a union and everything above it, to be put into `in_()`."""
    above = sa.select(TradeUnion.id, TradeUnion.parent_id).where(TradeUnion.id == union_id).cte(recursive=True)
    above = above.union(sa.select(TradeUnion.id, TradeUnion.parent_id).join(above, TradeUnion.id == above.c.parent_id))
    return sa.select(above.c.id)


def above(session: Session, union_id: uuid.UUID) -> list[uuid.UUID]:
    """Ids of the unions above one, the nearest first."""
    climbing = climbed(union_id)
    higher = sa.select(climbing.c.id).where(climbing.c.id.is_not(None), climbing.c.height > 0)
    return list(session.scalars(higher.order_by(climbing.c.height)))


def climbed(union_id: uuid.UUID) -> sa.CTE:
    """`id` and `height` of a union (0) and of those above it; the last id is null."""
    start = sa.select(TradeUnion.id.label("id"), sa.literal(0).label("height"))
    climbing = start.where(TradeUnion.id == union_id).cte("climbing", recursive=True)
    step = sa.select(TradeUnion.parent_id, climbing.c.height + 1).join(climbing, TradeUnion.id == climbing.c.id)
    # A ring, which no import makes, would end at the limit.
    return climbing.union_all(step.where(climbing.c.height < HIGHEST))


def union_of_area(session: Session, area_code: str) -> TradeUnion | None:
    """The union that serves a street, else the one of its district: the deepest office whose area holds this one."""
    return session.scalar(
        sa.select(TradeUnion).where(serving(area_code)).order_by(sa.func.length(TradeUnion.area_code).desc()).limit(1)
    )


def serving(area_code: str) -> sa.ColumnElement[bool]:
    """Whether a row of `TradeUnion` is the office of an area: of its street, its district or its city."""
    return sa.and_(TradeUnion.area_code.in_(holders_of_area(area_code)), TradeUnion.kind.in_(OFFICES))


def holders_of_area(area_code: str) -> list[str]:
    """The codes of its city, its district and its street."""
    return [area_code[:digits] for digits in (4, 6, 9)]


def unions_by_code() -> dict[str, TradeUnion]:
    """All unions."""
    return {union.code: union for union in db.session.scalars(sa.select(TradeUnion))}


def ending_terms(session: Session, *, before: date) -> list[EndingTerm]:
    """Unions whose term is over before a day, the longest overdue first."""
    elected = session.scalars(sa.select(TradeUnion).where(TradeUnion.term_began < before))
    ending = [
        EndingTerm(union, term_end(union.term_began, union.term_years))
        for union in elected
        if union.term_began is not None and union.term_years is not None
    ]
    return sorted((one for one in ending if one.ends < before), key=lambda one: (one.ends, one.union.code))
